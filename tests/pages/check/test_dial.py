"""The dial: one frame, one damage; the component asks for exactly these."""

from __future__ import annotations

import json

import pytest

from core.workflows import dial, scores
from pages._shared.keys import K
from tests.pages.reading import visible_text


def asked(page) -> dict[str, object]:
    """What the dial component was given."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_it_asks_for_the_frame_by_content_hash(show, tiny_project):
    first = scores.dial_frames(tiny_project)["content_hash"].iloc[0]

    page = show("dial")

    assert f"/{first}?corruption={next(iter(dial.corruptions()))}" in asked(page)["src"]


@pytest.mark.usefixtures("tiny_project")
def test_another_damage_is_another_question(show):
    page = show("dial")

    page.selectbox(key=K.DIAL_CORRUPTION).select("low_light").run()

    given = asked(page)
    assert given["src"].endswith("?corruption=low_light&mark=none")
    assert given["title"] == dial.corruptions()["low_light"].title


def test_the_next_frame_is_the_next_one_and_the_last_wraps(show, tiny_project):
    digests = list(scores.dial_frames(tiny_project)["content_hash"])
    page = show("dial")

    page.button(key=K.DIAL_NEXT).click().run()
    second = asked(page)["src"]
    page.button(key=K.DIAL_PREVIOUS).click().run()
    page.button(key=K.DIAL_PREVIOUS).click().run()

    assert digests[1] in second
    assert digests[-1] in asked(page)["src"]


def test_the_frame_of_a_link_is_shown(show, tiny_project):
    wanted = scores.dial_frames(tiny_project)["content_hash"].iloc[7]
    page = show("slices")

    page.query_params["frame"] = wanted
    page.switch_page("pages/check/dial.py").run()

    assert wanted in asked(page)["src"]


def test_the_breaking_point_is_told_in_words(show, tiny_project):
    digest = scores.dial_frames(tiny_project)["content_hash"].iloc[0]
    name = next(iter(dial.corruptions()))
    point = dial.frame_breaking_point(tiny_project, digest, name=name)

    said = " ".join(visible_text(show("dial")))

    assert ("does not tip this frame" if point is None else f"severity {point:.1f} of 5") in said


def test_a_picture_that_is_gone_is_a_plain_error(show, fresh_project, own_frames):
    from core.workflows import scoring

    scoring.prepare(fresh_project)
    first = scores.dial_frames(fresh_project)["path"].iloc[0]
    (own_frames.field_folder / first).unlink()

    page = show("dial")

    assert [error.value for error in page.error if "picture's file is gone" in error.value]
    assert not page.exception
