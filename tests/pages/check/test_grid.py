"""The grid on the Slices page: sorted, narrowed by numbers, chosen, tagged, taken back."""

from __future__ import annotations

import json

import pytest

from core.records import Folder
from core.workflows import narrow, scores
from pages._shared.keys import K

KEY = f"{K.SLICES_FRAMES}_every"


@pytest.fixture
def opened(show, tiny_project):  # noqa: ARG001 - the project it opens
    page = show("slices")
    return page.segmented_control(key=K.SLICES_QUESTION).select("Frames").run()


def shown(page) -> list[dict]:
    return json.loads(page.get("bidi_component")[0].proto.json)["items"]


def test_sorts_by_a_column_both_ways(opened, tiny_project):
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    paths = sorted(frames["path"])

    page = opened.selectbox(key=f"{K.GRID_SORT}_{KEY}").select("path").run()
    assert [item["path"] for item in shown(page)] == paths[:24]

    page = page.toggle(key=f"{K.GRID_DOWN}_{KEY}").set_value(True).run()
    assert [item["path"] for item in shown(page)] == paths[::-1][:24]
    assert not page.exception and not page.error


def test_a_range_of_numbers_leaves_only_frames_within(opened, tiny_project):
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    middle = float(frames["confidence"].median())
    within = set(frames.loc[frames["confidence"] >= middle, "content_hash"])

    page = opened.multiselect(key=f"{K.GRID_NUMBERS}_{KEY}").select("confidence").run()
    page = page.number_input(key=f"{K.GRID_RANGE}_{KEY}_confidence_from").set_value(middle).run()

    assert {item["hash"] for item in shown(page)} <= within
    assert any(f"{len(within)} of {len(frames)} frames" in m.value for m in page.markdown)


def test_all_are_chosen_tagged_shown_and_taken_back_in_one_step(opened, tiny_project):
    page = opened.button(key=f"{K.GRID_ALL}_{KEY}").click().run()
    of = scores.scores(tiny_project).of(Folder.FIELD)["content_hash"].nunique()
    tag = page.button(key=f"{K.GRID_TAG_DO}_{KEY}")
    assert tag.label == f"Tag {of}"

    page = tag.click().run()
    assert all(item["tags"] == ["hard case"] for item in shown(page))
    assert len(narrow.tags_of(tiny_project)) == of

    page = page.button(key=f"{K.GRID_UNDO}_{KEY}").click().run()
    assert all(item["tags"] == [] for item in shown(page))
    assert narrow.tags_of(tiny_project) == {}
    assert not page.exception and not page.error
