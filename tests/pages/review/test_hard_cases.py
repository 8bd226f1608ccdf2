"""The Hard cases page: what to collect, saying why, freezing, versions held side by side."""

from __future__ import annotations

import json

import pytest

from core.records import Folder
from core.workflows import failure_modes, grid, hard_cases, scores
from pages._shared.keys import K
from tests.pages.reading import visible_text

SCRIPT = "<script>alert(1)</script> [x](javascript:alert(1))"


@pytest.fixture
def digests(patchy_project) -> list[str]:
    return list(scores.scores(patchy_project).of(Folder.FIELD)["content_hash"])


@pytest.fixture
def dusk(patchy_project, digests) -> list[str]:
    grid.tag_frames(patchy_project, digests[:24], "dusk")
    return digests[:24]


def said(page) -> str:
    assert not page.exception and not page.error
    return " ".join(visible_text(page))


def opened(show, /, **address: str):
    page = show("hard_cases")
    if section := address.pop("section", None):
        page = page.segmented_control(key=K.HARD_SECTION).select(section)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def in_grid(page) -> list[str]:
    return [item["hash"] for item in json.loads(page.get("bidi_component")[0].proto.json)["items"]]


@pytest.mark.usefixtures("dusk")
def test_each_mode_has_its_count_its_state_and_its_next_step(show):
    text = said(show("hard_cases"))

    assert "24 of 200 frames, from 24 clips." in text
    assert "Collect 176 more frames." in text
    assert text.count("nothing yet") == len(failure_modes.DEFAULTS) - 1
    assert "No hard case is kept yet." in text


def test_a_mode_opens_its_frames_and_the_way_back(show, dusk):
    page = show("hard_cases")
    page = page.button(key=f"{K.HARD_OPEN}_0").click().run()

    assert page.query_params["mode"] == ["dusk"] or page.query_params["mode"] == "dusk"
    assert set(in_grid(page)) == set(dusk)

    page = page.button(key=K.HARD_BACK).click().run()
    assert "mode" not in page.query_params
    assert "glare" in said(page)


def test_why_is_said_in_the_grid_and_nothing_is_left(show, patchy_project, digests):
    grid.tag_frames(patchy_project, digests[:3], "hard case")
    page = show("hard_cases")
    assert "of 3 of them (3 clips) nobody said" in said(page)

    page = page.button(key=K.HARD_UNSAID).click().run()
    assert set(in_grid(page)) == set(digests[:3])
    key = K.HARD_UNSAID
    page = page.button(key=f"{K.GRID_ALL}_{key}").click().run()
    tags = page.selectbox(key=f"{K.GRID_TAG}_{key}")
    assert {"dusk", "motion blur"} <= set(tags.options)  # the modes are offered unasked
    page = tags.select("motion blur").run()
    page.button(key=f"{K.GRID_TAG_DO}_{key}").click().run()

    assert hard_cases.hard_cases(patchy_project).unsaid == 0
    assert "Every hard case says what makes it hard." in said(opened(show, show="unsaid"))


def test_a_mode_is_added_changed_and_dropped(show, patchy_project, dusk):
    page = show("hard_cases")
    page = page.text_input(key=K.HARD_NAME).set_value("fog bank").run()
    page = page.number_input(key=K.HARD_TARGET).set_value(300).run()
    page = page.button(key=K.HARD_ADD).click().run()
    assert failure_modes.modes(patchy_project)[-1].target == 300
    assert "None of 300 frames yet." in said(page)

    page = opened(show, mode="dusk")
    page = page.text_input(key=K.HARD_NAME).set_value("twilight").run()
    page = page.button(key=K.HARD_SAVE).click().run()
    assert failure_modes.mode_of(patchy_project, "twilight").also == ("dusk",)
    assert set(in_grid(page)) == set(dusk)

    page = page.button(key=K.HARD_DROP).click().run()
    assert "twilight" not in failure_modes.mode_names(patchy_project)
    assert "twilight" not in said(page)


@pytest.mark.parametrize("name", ["", "dusk", "hard case"])
@pytest.mark.usefixtures("patchy_project")
def test_a_bad_name_is_told_in_a_sentence(show, patchy_project, name):
    page = show("hard_cases")
    page = page.text_input(key=K.HARD_NAME).set_value(name).run()
    page = page.button(key=K.HARD_ADD).click().run()

    assert len(page.error) == 1 and not page.exception
    assert failure_modes.modes(patchy_project) == list(failure_modes.DEFAULTS)


def test_a_set_is_frozen_chosen_everywhere_and_its_versions_compared(
    show, patchy_project, dusk, digests
):
    page = opened(show, section="Frozen to compare")
    assert "Nothing is frozen yet." in said(page)
    page = page.selectbox(key=K.HARD_SOURCE).select("mode: dusk").run()
    assert page.button(key=K.HARD_FREEZE).label == "Freeze 24 frames"
    page = page.button(key=K.HARD_FREEZE).click().run()
    assert "24 frames from 24 clips, frozen on" in said(page)
    grid.tag_frames(patchy_project, [*dusk, *digests[24:27]], "dusk")
    page = page.button(key=K.HARD_FREEZE).click().run()

    text = said(page)
    assert hard_cases.titles(patchy_project) == ["dusk v2", "dusk v1"]
    assert "says nothing of the field at large" in text
    assert "From “dusk v1” to “dusk v2”: 3 added; 24 frames in both." in text
    assert set(in_grid(page)) == set(digests[24:27])

    page = page.button(key=f"{K.HARD_ONLY}_1").click().run()
    assert page.query_params["slice"] in ("dusk v1", ["dusk v1"])
    text = said(page)
    assert "slice dusk v1: 24 of 360 frames" in text
    assert "its share right is not the field's" in text
    assert not [b for b in page.button if b.key in (K.NARROW_DROP, K.NARROW_KEEP)]


def test_freezing_the_same_again_says_so(show, patchy_project, dusk):
    assert dusk
    hard_cases.freeze(patchy_project, "dusk")
    page = opened(show, section="Frozen to compare")
    page = page.selectbox(key=K.HARD_SOURCE).select("mode: dusk").run()
    page = page.button(key=K.HARD_FREEZE).click().run()

    assert ["exactly these frames" in error.value for error in page.error] == [True]


def test_names_run_nowhere(show, patchy_project, digests):
    failure_modes.add_mode(patchy_project, SCRIPT, about=SCRIPT)
    grid.tag_frames(patchy_project, digests[:2], SCRIPT)
    hard_cases.freeze(patchy_project, SCRIPT)

    for page in (
        show("hard_cases"),
        opened(show, section="Frozen to compare"),
        opened(show, mode=SCRIPT),
    ):
        assert "<script>alert(1)</script>" in said(page)
        for block in page.get("html"):
            assert "<script" not in block.proto.body


@pytest.mark.usefixtures("patchy_project")
@pytest.mark.parametrize("address", [{"mode": "x" * 10_000}, {"show": "?"}, {"mode": "\x00"}])
def test_an_address_that_means_nothing_opens_the_list(show, address):
    assert "glare" in said(opened(show, **address))
