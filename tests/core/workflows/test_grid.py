"""The grid: any table of frames sorted, filtered, paged; many tagged and taken back at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import FieldcheckError, ReviewError
from core.records import Action, Folder
from core.workflows import filters, grid, narrow, queue, scores


def table(**columns) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"content_hash": [f"h{n}" for n in range(count)], **columns})


@pytest.fixture
def digests(tiny_project) -> list[str]:
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    return list(frames["content_hash"])


def order(frames: pd.DataFrame, **how) -> list[str]:
    return list(grid.arranged(frames, **how)["content_hash"])


def test_sorts_both_ways_with_what_is_unknown_last_and_ties_as_they_came():
    frames = table(brightness=[0.5, np.nan, 0.1, 0.5])

    assert order(frames, sort="brightness") == ["h2", "h0", "h3", "h1"]
    assert order(frames, sort="brightness", descending=True) == ["h0", "h3", "h2", "h1"]
    assert order(frames) == ["h0", "h1", "h2", "h3"]


def test_sorts_a_column_of_mixed_things_and_refuses_one_that_is_not_there():
    frames = table(is_right=np.array([True, None, False], dtype=object))

    assert order(frames, sort="is_right") == ["h2", "h0", "h1"]
    with pytest.raises(FieldcheckError, match="no column 'speed'"):
        grid.arranged(frames, sort="speed")


def test_several_ranges_must_all_hold_and_include_both_ends():
    frames = table(lux=[1, 2, 3, 4], blur=[0.1, np.nan, 0.3, 0.4])

    ranges = [grid.Range("lux", 2, 4), grid.Range("blur", 0.3, 0.35)]

    assert order(frames, ranges=ranges[:1]) == ["h1", "h2", "h3"]
    assert order(frames, ranges=ranges) == ["h2"]
    with pytest.raises(FieldcheckError, match="not a column of numbers"):
        grid.arranged(frames, ranges=[grid.Range("content_hash", 0, 1)])


def test_offers_numbers_of_the_metadata_and_of_the_picture_but_no_inner_columns(tiny_project):
    frames = scores.scores(tiny_project).of(Folder.FIELD).assign(lux=range(len(
        scores.scores(tiny_project).of(Folder.FIELD))))  # fmt: skip

    offered = grid.numeric_columns(frames)

    assert {"confidence", "brightness", "lux"} <= set(offered)
    assert offered["confidence"] == "How sure it is"
    assert not {"modified_ns", "entropy", "is_right", "path"} & set(offered)
    assert "path" in grid.sort_columns(frames)


def test_pages_hold_every_frame_once():
    frames = table(lux=range(50))

    found = [h for page in (1, 2, 3) for h in grid.page_of(frames, page)["content_hash"]]

    assert grid.pages(frames) == 3
    assert found == list(frames["content_hash"])
    assert list(grid.page_of(frames, 9)["content_hash"]) == ["h48", "h49"]
    assert len(grid.page_of(frames.head(0), 1)) == 0


def test_a_tag_is_one_review_a_frame_and_shows_in_the_filter_and_the_cards(tiny_project, digests):
    act = grid.tag_frames(tiny_project, digests[:3], "  glare ")

    assert act.frames == 3
    written = [row for row in queue.reviews_list(tiny_project) if row["value"] == "glare"]
    assert [row["content_hash"] for row in written] == digests[:3]
    assert len({row["id"] for row in written}) == 3
    assert filters.tags(tiny_project) == ["glare"]
    frames = scores.scores(tiny_project).of(Folder.FIELD)
    shown = {c["hash"]: c["tags"] for c in grid.cards(tiny_project, frames)}
    assert shown[digests[0]] == ["glare"]
    assert shown[digests[3]] == []


def test_only_frames_without_the_tag_get_one(tiny_project, digests):
    grid.tag_frames(tiny_project, digests[:2], grid.HARD_CASE)

    act = grid.tag_frames(tiny_project, digests[:3], grid.HARD_CASE)

    assert act.frames == 1
    assert queue.progress(tiny_project)["hard_cases"] == 3
    with pytest.raises(FieldcheckError, match="already"):
        grid.tag_frames(tiny_project, digests[:3], grid.HARD_CASE)


def test_one_undo_takes_the_last_act_back_whole_and_leaves_the_one_before(tiny_project, digests):
    grid.tag_frames(tiny_project, digests[:2], "glare")
    grid.tag_frames(tiny_project, digests[1:4], grid.HARD_CASE)

    last = grid.last_act(tiny_project)

    assert (last.value, last.frames) == (grid.HARD_CASE, 3)
    assert grid.undo_act(tiny_project, last) == 3
    assert set(narrow.tags_of(tiny_project).values()) == {("glare",)}
    assert grid.last_act(tiny_project).value == "glare"
    with pytest.raises(FieldcheckError, match="not the last"):
        grid.undo_act(tiny_project, last)
    grid.undo_act(tiny_project, grid.last_act(tiny_project))
    assert grid.last_act(tiny_project) is None
    undone = [row for row in queue.reviews_list(tiny_project) if row["is_undone"]]
    assert len(undone) == 5  # nothing was deleted


def test_undo_passes_over_what_the_queue_took_back_already(tiny_project, digests):
    grid.tag_frames(tiny_project, digests[:3], "glare")
    queue.undo_last(tiny_project)

    assert grid.undo_act(tiny_project, grid.last_act(tiny_project)) == 2
    assert narrow.tags_of(tiny_project) == {}


def test_one_bad_frame_stores_nothing(tiny_project, digests):
    with pytest.raises(ReviewError, match="1 of these pictures"):
        grid.tag_frames(tiny_project, [*digests[:2], "gone"], "glare")
    with pytest.raises(ReviewError, match="needs a word"):
        grid.tag_frames(tiny_project, digests[:2], "  ")
    with pytest.raises(FieldcheckError, match="No frame is chosen"):
        grid.tag_frames(tiny_project, [], "glare")

    assert queue.reviews_list(tiny_project) == []


def test_a_failure_in_the_middle_stores_nothing(tiny_project, digests):
    events = [
        {"id": f"00000000-0000-0000-0000-00000000000{n}", "client": "grid-x", "sequence": 1,
         "content_hash": digest, "action": Action.TAG, "value": "glare"}
        for n, digest in enumerate(digests[:2])
    ]  # fmt: skip

    with pytest.raises(ReviewError, match="already stored"):
        queue.record_all(tiny_project, events)

    assert queue.reviews_list(tiny_project) == []
