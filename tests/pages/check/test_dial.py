"""The dial: one frame, one damage; the component asks for exactly these."""

from __future__ import annotations

import json

import pytest

from core.workflows import dial, presets, scores
from pages._shared.keys import K
from tests.pages.reading import visible_text


def asked(page) -> dict[str, object]:
    """What the dial component was given."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_it_asks_for_the_frame_by_content_hash(show, tiny_project):
    first = scores.dial_frames(tiny_project)["content_hash"].iloc[0]

    given = asked(show("dial"))

    assert f"/{first}?size=448" in given["src"]
    assert [damage["name"] for damage in given["damages"]] == [next(iter(dial.corruptions()))]


@pytest.mark.usefixtures("tiny_project")
def test_more_damages_are_a_longer_chain(show):
    page = show("dial")

    page.multiselect(key=K.DIAL_CORRUPTIONS).set_value(["low_light", "motion_blur"]).run()

    given = asked(page)
    assert given["damages"] == [
        {
            "name": name,
            "title": dial.corruptions()[name].title,
            "looks": f"{dial.corruptions()[name].looks_like} {made}",
        }
        for name, made in (
            ("low_light", "Made by Fieldcheck."),
            ("motion_blur", "Made exactly as in ImageNet-C."),
        )
    ]


@pytest.mark.usefixtures("tiny_project")
def test_no_damage_asks_for_one(show):
    page = show("dial")

    page.multiselect(key=K.DIAL_CORRUPTIONS).set_value([]).run()

    assert "Choose at least one damage." in visible_text(page)
    assert not page.exception


@pytest.mark.usefixtures("tiny_project")
def test_a_preset_sets_damages_and_sliders(show):
    page = show("dial")
    before = asked(page)

    page.pills(key=K.DIAL_PRESET).set_value("Night").run()

    given = asked(page)
    chain = presets.preset("Night").chain
    assert [damage["name"] for damage in given["damages"]] == [c.name for c in chain]
    assert given["levels"] == [c.severity for c in chain]
    assert given["round"] != before["round"]


def test_what_is_on_the_sliders_is_kept_as_a_preset_and_forgotten_again(show, tiny_project):
    page = show("dial")
    page.pills(key=K.DIAL_PRESET).set_value("Rain").run()
    page.text_input(key=K.DIAL_PRESET_NAME).set_value("Loading bay").run()
    page.button(key=K.DIAL_PRESET_KEEP).click().run()
    kept = presets.preset("loading bay", tiny_project)

    assert kept.chain == presets.preset("Rain").chain
    assert "Loading bay" in page.pills(key=K.DIAL_PRESET).options

    page.button(key=f"{K.DIAL_PRESET_DROP}_0").click().run()
    assert [preset for preset in presets.presets(tiny_project) if preset.is_own] == []


@pytest.mark.usefixtures("tiny_project")
def test_a_preset_without_a_name_or_damage_is_refused_plainly(show):
    page = show("dial")

    page.button(key=K.DIAL_PRESET_KEEP).click().run()
    nameless = [error.value for error in page.error]
    page.text_input(key=K.DIAL_PRESET_NAME).set_value("Nothing on").run()
    page.button(key=K.DIAL_PRESET_KEEP).click().run()

    assert nameless == ["A preset's name has 1 to 40 characters; found 0."]
    assert next(error.value for error in page.error).startswith("A chain holds one to 3")


def test_a_direction_is_chosen_kept_in_a_preset_and_taken_from_it(show, tiny_project):
    page = show("dial")
    page.multiselect(key=K.DIAL_CORRUPTIONS).set_value(["field_motion_blur"]).run()
    assert asked(page)["damages"][0]["name"] == "field_motion_blur"

    page.select_slider(key=f"{K.DIAL_OPTION}_field_motion_blur_angle").set_value(30.0).run()
    assert asked(page)["damages"][0]["name"] == "field_motion_blur(angle=30)"

    presets.keep_preset(tiny_project, "Belt", dial.parse_chain("box(x=0.5):2+hand:1"))
    page.run()
    page.pills(key=K.DIAL_PRESET).set_value("Belt").run()
    names = [damage["name"] for damage in asked(page)["damages"]]
    assert names == ["box(x=0.5)", "hand"]


@pytest.mark.usefixtures("tiny_project")
def test_imagenet_c_mode_asks_for_the_smaller_size(show):
    page = show("dial")

    page.toggle(key=K.DIAL_SIZE).set_value(True).run()

    assert asked(page)["src"].endswith("?size=224&mark=none")


@pytest.mark.usefixtures("tiny_project")
def test_covering_says_where_the_answer_flips(show):
    page = show("dial")

    page.button(key=K.DIAL_COVER).click().run()

    said = " ".join(visible_text(page))
    assert "Covered at" in said or "Covering one spot flips" in said
    assert page.image[0].proto.imgs[0].alt.startswith("The frame: bright")


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
    chain = dial.chain_of([next(iter(dial.corruptions()))], [0.0])
    wanted = dial.breaking_words(tiny_project, digest, chain=chain)

    said = " ".join(visible_text(show("dial")))

    assert wanted.headline in said


def test_a_picture_that_is_gone_is_a_plain_error(show, fresh_project, own_frames):
    from core.workflows import scoring

    scoring.prepare(fresh_project)
    first = scores.dial_frames(fresh_project)["path"].iloc[0]
    (own_frames.field_folder / first).unlink()

    page = show("dial")

    assert [error.value for error in page.error if "picture's file is gone" in error.value]
    assert not page.exception
