"""Saved slices and filters: one view for every verb."""

from __future__ import annotations

import sqlite3

import pytest

from core.errors import FieldcheckError
from core.project import recent, remember
from core.records import Folder, SliceRule, State
from core.workflows import (
    compare,
    confidence,
    export,
    filters,
    narrow,
    overview,
    queue,
    saved_slices,
    scores,
    slices,
    stress,
    weak_spots,
)

NIGHT = SliceRule(where=(("light", ("night",)),))
SPOT = SliceRule(where=(("camera", ("cam3",)), ("light", ("night",))))


def test_every_verb_sees_only_the_frames_of_the_slice(patchy_project, patchy_frames):
    spot = narrow.narrowed(patchy_project, SPOT)

    assert overview.overview(spot).field.of == patchy_frames.spot
    assert overview.overview(spot).field.right == patchy_frames.spot_right
    assert len(confidence.confidence(spot).frames) == patchy_frames.spot
    assert len(scores.dial_frames(spot)) == patchy_frames.spot
    assert queue.queue(spot, order="random").total == patchy_frames.spot
    assert slices.slices(spot, by="label").overall.of == patchy_frames.spot
    assert stress.plan(spot).frames == patchy_frames.spot
    assert stress.plan(spot).folder is Folder.FIELD
    assert len(export.export(spot, choice="frames").table) == patchy_frames.spot
    assert weak_spots.weak_spots(spot).headline.state is not State.CONFIRMED


def test_the_reference_stays_whole_and_so_does_the_project_itself(patchy_project, patchy_frames):
    spot = narrow.narrowed(patchy_project, SPOT)

    assert overview.overview(spot).reference.of == 60
    assert len(scores.scores(patchy_project).of(Folder.FIELD)) == patchy_frames.field
    assert spot.whole == patchy_project


def test_a_slice_of_no_frames_shows_none_not_all(patchy_project):
    nothing = narrow.narrowed(patchy_project, SliceRule(where=(("camera", ("cam9",)),)))

    assert scores.dial_frames(nothing).empty
    assert queue.queue(nothing).total == 0
    assert overview.overview(nothing).field.of == 0


def test_a_saved_slice_is_kept_listed_used_and_dropped(patchy_project, patchy_frames):
    saved = saved_slices.save_slice(patchy_project, "  Night   shift ", (NIGHT,))
    within = narrow.within(patchy_project, "Night shift")

    assert saved.name == "Night shift"
    assert [kept.rules for kept in saved_slices.saved_slices(patchy_project)] == [(NIGHT,)]
    assert len(scores.scores(within).of(Folder.FIELD)) == patchy_frames.field / 2

    saved_slices.drop_slice(patchy_project, "Night shift")
    assert saved_slices.saved_slices(patchy_project) == []
    with pytest.raises(FieldcheckError, match="no saved slice “Night shift”"):
        scores.scores(within)
    with sqlite3.connect(patchy_project.database) as db:
        assert db.execute("SELECT count(*) FROM saved_slices").fetchone() == (1,)
    saved_slices.save_slice(patchy_project, "Night shift", (SPOT,))


def test_a_slice_within_a_slice_outlives_the_one_it_came_from(patchy_project, patchy_frames):
    saved_slices.save_slice(patchy_project, "night", (NIGHT,))
    within = SliceRule(slices=("night",))
    saved_slices.save_slice(
        patchy_project, "spot", (within, SliceRule(where=(("camera", ("cam3",)),)))
    )
    saved_slices.drop_slice(patchy_project, "night")
    spot = scores.scores(narrow.within(patchy_project, "spot"))

    assert len(spot.of(Folder.FIELD)) == patchy_frames.spot


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_slice_needs_a_name(patchy_project, name):
    with pytest.raises(FieldcheckError, match="1 to 60 letters"):
        saved_slices.save_slice(patchy_project, name, (NIGHT,))


def test_a_name_is_taken_once_and_every_frame_is_no_slice(patchy_project):
    saved_slices.save_slice(patchy_project, "night", (NIGHT,))

    with pytest.raises(FieldcheckError, match="already"):
        saved_slices.save_slice(patchy_project, "night", (SPOT,))
    with pytest.raises(FieldcheckError, match="every frame"):
        saved_slices.save_slice(patchy_project, "all", (SliceRule(),))
    with pytest.raises(FieldcheckError, match="no saved slice"):
        saved_slices.drop_slice(patchy_project, "day")


def test_tags_given_in_the_queue_make_a_slice(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "tag", "blurry")
    decide(tiny_project, "cam1/004.jpg", "hard_case", "on")

    for tag, path in (("blurry", "cam1/003.jpg"), (narrow.HARD_CASE, "cam1/004.jpg")):
        tagged = narrow.narrowed(tiny_project, SliceRule(tags=(tag,)))
        assert list(scores.scores(tagged).of(Folder.FIELD)["path"]) == [path]
    assert filters.tags(tiny_project) == ["blurry", narrow.HARD_CASE]


def test_a_tag_given_while_narrowed_counts_at_once(tiny_project, decide):
    tagged = narrow.narrowed(tiny_project, SliceRule(tags=("blurry",)))
    before = len(scores.scores(tagged).of(Folder.FIELD))
    decide(tiny_project, "cam1/003.jpg", "tag", "blurry")

    assert (before, len(scores.scores(tagged).of(Folder.FIELD))) == (0, 1)


def test_filters_offer_what_differs(tiny_project):
    offered = filters.filters_of(tiny_project)

    assert offered.values["camera"] == ["cam1", "cam2"] or "(none)" in offered.values["camera"]
    assert set(offered.values["answer"]) == {"red", "green", "blue"}
    assert offered.days == ("2026-03-02", "2026-03-02")
    assert filters.describe(tiny_project, SliceRule(where=(("camera", ("cam2",)),))) == (
        "camera cam2: 24 of 49 frames"
    )


def test_two_slices_are_compared_in_a_sentence(patchy_project, patchy_frames):
    rest = SliceRule(where=(("light", ("day",)),))
    found = compare.compare(patchy_project, rest, SPOT, names=("day", "the corner"))

    assert found.statement.state is State.CONFIRMED
    assert "more often on day than on the corner" in found.statement.headline
    assert f"right in {patchy_frames.spot_right} of {patchy_frames.spot} frames" in (
        found.statement.headline
    )
    assert found.low > 0
    turned = compare.compare(patchy_project, SPOT, rest, names=("the corner", "day"))
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert "more often on day than on the corner" in turned.statement.headline


def test_a_slice_is_compared_with_everything_else(patchy_project, patchy_frames):
    found = compare.compare(patchy_project, SPOT, None, names=("the corner", "the rest"))

    assert found.shared == 0
    assert found.accuracies[1].of == patchy_frames.field - patchy_frames.spot
    assert "more often on the rest than on the corner" in found.statement.headline


def test_slices_that_share_frames_or_have_few_are_told_so(patchy_project):
    few = SliceRule(where=(("hour", ("08:00",)), ("camera", ("cam1",))))
    shared = compare.compare(patchy_project, NIGHT, SPOT, names=("night", "spot"))
    thin = compare.compare(patchy_project, NIGHT, few, names=("night", "few"))
    none = compare.compare(
        patchy_project, NIGHT, SliceRule(where=(("camera", ("cam9",)),)), names=("night", "none")
    )

    assert "60 frames in both" in shared.statement.headline
    assert thin.statement.state is State.NOT_ENOUGH
    assert none.statement.state is State.NOT_ENOUGH


def test_a_slice_can_be_exported_by_name(patchy_project, patchy_frames):
    saved_slices.save_slice(patchy_project, "Night: cam 3", (SPOT,))
    found = export.export(patchy_project, choice="Night: cam 3")

    assert len(found.table) == patchy_frames.spot
    name, content = export.export_bytes(found)
    assert name.startswith("fieldcheck-Night-cam-3-")
    assert len(content.splitlines()) == patchy_frames.spot + 1
    with pytest.raises(FieldcheckError, match=r"no export 'dusk'.*Night: cam 3"):
        export.export(patchy_project, choice="dusk")


def test_a_narrowed_project_is_remembered_as_itself(patchy_project):
    remember(narrow.narrowed(patchy_project, NIGHT))

    assert recent()[0] == patchy_project
    assert len([p for p in recent() if p.folder == patchy_project.folder]) == 1


def test_a_filter_that_cannot_be_read_is_told(patchy_project):
    with pytest.raises(FieldcheckError, match="cannot be read"):
        narrow.narrowed_by_text(patchy_project, '{"colour": 1}')
