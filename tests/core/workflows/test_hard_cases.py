"""Hard cases: counted by mode; frozen in versions that are held against today."""

from __future__ import annotations

import json
import shutil

import pytest

from core.errors import FieldcheckError
from core.records import Folder, SliceRule, State
from core.store import choices as choice_store
from core.store.database import connect
from core.workflows import (
    compare,
    export,
    filters,
    frozen_sets,
    grid,
    hard_cases,
    merging,
    narrow,
    overview,
    projects,
    saved_slices,
    scores,
)


@pytest.fixture
def field(patchy_project):
    return scores.scores(patchy_project).of(Folder.FIELD)


@pytest.fixture
def dusk(patchy_project, field) -> list[str]:
    """Forty frames tagged dusk: camera 3 at night, thirty of them; ten of camera 1."""
    spot = field[(field["camera"] == "cam3") & (field["light"] == "night")].head(30)
    chosen = [*spot["content_hash"], *field[field["camera"] == "cam1"].head(10)["content_hash"]]
    grid.tag_frames(patchy_project, chosen, "dusk")
    return chosen


def tag_off(project, digests, tag="dusk"):
    grid.untag_frames(project, digests, tag)


def test_a_mode_counts_its_frames_and_names_the_camera_that_lacks(patchy_project, dusk):
    found = hard_cases.hard_cases(patchy_project)

    first = found.modes[0]
    assert (first.mode.name, first.found.frames, first.found.clips) == ("dusk", len(dusk), 40)
    assert "camera cam2" in first.next_step
    assert hard_cases.furthest_behind(patchy_project).startswith("Collect more of “dusk”: 40 of")


def test_hard_cases_without_a_mode_are_told_until_someone_says_why(patchy_project, dusk, field):
    grid.tag_frames(patchy_project, list(field["content_hash"][-5:]), grid.HARD_CASE)
    grid.tag_frames(patchy_project, dusk[:3], grid.HARD_CASE)
    kept = len({*field["content_hash"][-5:], *dusk[:3]})
    unsaid = len({*field["content_hash"][-5:]} - set(dusk))

    found = hard_cases.hard_cases(patchy_project)
    assert (found.kept, found.unsaid) == (kept, unsaid)
    assert unsaid > 0
    assert found.headline.state is State.NOT_ENOUGH

    grid.tag_frames(
        patchy_project, list(hard_cases.unsaid_frames(patchy_project)["content_hash"]), "GLARE"
    )
    assert hard_cases.hard_cases(patchy_project).unsaid == 0


def test_a_tag_taken_off_is_off_and_comes_back_with_one_undo(patchy_project, dusk):
    act = grid.untag_frames(patchy_project, dusk[:7], "dusk")

    assert act.words == "“dusk” off 7 frames"
    assert hard_cases.hard_cases(patchy_project).modes[0].found.frames == len(dusk) - 7
    assert grid.last_act(patchy_project) == act
    grid.undo_act(patchy_project, act)
    assert hard_cases.hard_cases(patchy_project).modes[0].found.frames == len(dusk)
    with pytest.raises(FieldcheckError, match="None of these carries"):
        grid.untag_frames(patchy_project, dusk, "rain")


def test_a_frozen_set_keeps_frames_and_labels_whatever_comes_later(
    patchy_project, dusk, decide, field
):
    path = field.set_index("content_hash").loc[dusk[0], "path"]
    decide(patchy_project, path, "label", "red")
    title = hard_cases.freeze(patchy_project, "dusk")
    before = hard_cases.report(patchy_project, title)

    decide(patchy_project, path, "label", "blue")
    tag_off(patchy_project, dusk[:4])

    assert title == "dusk v1"
    after = hard_cases.report(patchy_project, title)
    assert (after.now, after.kept) == (before.now, before.kept)
    assert (before.labels_changed, after.labels_changed) == (0, 1)
    assert any("1 label was changed since" in note for note in after.notes)


def test_a_picture_said_to_be_wrong_without_the_right_label_has_none(
    patchy_project, dusk, decide, field
):
    decide(patchy_project, field.set_index("content_hash").loc[dusk[0], "path"], "unsure")

    found = hard_cases.report(patchy_project, hard_cases.freeze(patchy_project, "dusk"))

    assert found.labelled == len(dusk) - 1
    assert found.now.of == len(dusk) - 1
    assert "1 of its 40 frames had no label" in found.statements[0].headline


def test_the_second_version_lists_what_was_added_removed_and_relabelled(
    patchy_project, dusk, decide, field
):
    first = hard_cases.freeze(patchy_project, "dusk")
    with pytest.raises(FieldcheckError, match="exactly these frames"):
        hard_cases.freeze(patchy_project, "dusk")
    by_hash = field.set_index("content_hash")
    new = [h for h in field["content_hash"] if h not in dusk][:3]
    grid.tag_frames(patchy_project, new, "dusk")
    tag_off(patchy_project, dusk[:2])
    old = by_hash.loc[dusk[5], "label"]
    label = next(one for one in ("red", "green", "blue") if one != old)
    decide(patchy_project, by_hash.loc[dusk[5], "path"], "label", label)

    second = hard_cases.freeze(patchy_project, "dusk")

    told = hard_cases.difference(patchy_project, first, second)
    assert (set(told.added), set(told.removed)) == (set(new), set(dusk[:2]))
    assert told.relabelled == ((dusk[5], old, label),)
    assert told.same == len(dusk) - 2
    back = hard_cases.difference(patchy_project, second, first)
    assert (back.added, back.removed) == (told.removed, told.added)
    assert hard_cases.before(patchy_project, second) == first
    assert hard_cases.report(patchy_project, "dusk").title == second
    assert hard_cases.report(patchy_project, first).kept.frames == len(dusk)


def test_its_accuracy_is_of_its_own_frames_only_and_says_so(patchy_project, dusk, field):
    title = hard_cases.freeze(patchy_project, "dusk")
    rows = field[field["content_hash"].isin(dusk)]

    found = hard_cases.report(patchy_project, title)

    assert (found.now.right, found.now.of) == (int(rows["is_right"].sum()), len(rows))
    assert found.now.clips == rows["clip"].nunique()
    assert found.change is None
    assert "nothing of the field at large" in hard_cases.show_lines(patchy_project, title)[-1]


def test_another_model_is_held_against_the_one_of_its_day_on_the_same_frames(patchy_project, dusk):
    title = hard_cases.freeze(patchy_project, "dusk")
    with connect(patchy_project.database) as db:
        db.execute(
            "INSERT INTO predictions SELECT 'next', content_hash, answer, confidence, entropy, "
            "top3, logits, embedding FROM predictions"
        )
        marks = ", ".join("?" * len(dusk))
        db.execute(
            f"UPDATE predictions SET answer = 'green' WHERE model_id = 'next' "
            f"AND content_hash IN ({marks})", dusk,
        )  # fmt: skip
        choice_store.choose(db, model_id="next")
    table = scores.scores(patchy_project).of(Folder.FIELD)
    rows = table[table["content_hash"].isin(dusk)]

    found = hard_cases.report(patchy_project, title)

    assert found.change.before.of == found.change.after.of == len(dusk)
    assert found.change.after.right == int((rows["label"] == "green").sum())
    assert found.change.before.right == int(
        sum(frame.answer == frame.label for frame in
            frozen_sets.frames_of(patchy_project, found.kept.id)))  # fmt: skip
    assert len(found.statements) == 2
    data = hard_cases.show_json(patchy_project, title)
    assert data["before"]["right"] == found.change.before.right
    assert data["gain"] == pytest.approx(
        (found.change.after.right - found.change.before.right) / len(dusk)
    )


def test_it_can_be_chosen_wherever_a_saved_slice_can(patchy_project, dusk):
    title = hard_cases.freeze(patchy_project, "dusk")

    spot = narrow.within(patchy_project, title)

    assert title in filters.filters_of(patchy_project).slices
    assert overview.overview(spot).field.of == len(dusk)
    assert "not the field's" in hard_cases.sidebar_words(spot)
    assert hard_cases.sidebar_words(patchy_project) == ""
    told = compare.compare(
        patchy_project, SliceRule(slices=(title,)), None, names=(title, "the rest")
    )
    assert told.accuracies[0].of == len(dusk)
    kept = saved_slices.save_slice(patchy_project, "mine", (SliceRule(slices=(title,)),))
    assert set(kept.rules[0].hashes) == set(dusk)
    with pytest.raises(FieldcheckError, match="frozen"):
        saved_slices.drop_slice(patchy_project, title)
    with pytest.raises(FieldcheckError, match="frozen set"):
        saved_slices.save_slice(patchy_project, title, (SliceRule(outcome="wrong"),))


def test_an_export_of_it_says_the_label_of_that_day_and_of_today(
    patchy_project, dusk, decide, field
):
    title = hard_cases.freeze(patchy_project, "dusk")
    path = field.set_index("content_hash").loc[dusk[0], "path"]
    old = field.set_index("content_hash").loc[dusk[0], "label"]
    new = next(one for one in ("red", "green", "blue") if one != old)
    decide(patchy_project, path, "label", new)

    found = export.export(patchy_project, choice=title)

    assert len(found.table) == len(dusk)
    row = found.table.set_index("path").loc[path]
    assert (row["label_frozen"], row["label_today"], row["label_now"]) == (old, new, new)
    rest = found.table[found.table["path"] != path]
    assert (rest["label_frozen"] == rest["label_today"]).all()
    assert found.choice == "dusk-v1"
    for format_name in ("csv", "jsonl"):
        assert export.export_bytes(found, format_name=format_name)[1]


def test_pictures_that_are_gone_are_told_by_count_and_go_out_with_a_reason(patchy_project, dusk):
    title = hard_cases.freeze(patchy_project, "dusk")
    with connect(patchy_project.database) as db, db.atomic():
        db.execute("DELETE FROM frames WHERE content_hash IN (?, ?)", dusk[:2])
        db.execute("UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'")

    found = hard_cases.report(patchy_project, title)
    table = export.export(patchy_project, choice=title).table

    assert (found.missing, found.now.of, found.kept.frames) == (2, len(dusk) - 2, len(dusk))
    assert "2 of its 40 frames are gone" in found.statements[0].headline
    assert table["missing"].notna().sum() == 2
    assert len(table) == len(dusk)
    assert hard_cases.hard_cases(patchy_project).gone == 2
    assert "2 of its 40 frames are gone" in hard_cases.sidebar_words(
        narrow.within(patchy_project, title)
    )
    assert json.loads(json.dumps(hard_cases.list_json(patchy_project), allow_nan=False))


def two_laptops(project, dusk, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(project.folder, other)
    bo = projects.open_project(other)
    hard_cases.freeze(project, "dusk")
    tag_off(bo, dusk[:1])
    hard_cases.freeze(bo, "dusk")
    return bo


def test_two_sets_of_one_name_are_told_apart_the_same_way_on_both_sides(
    patchy_project, dusk, tmp_path
):
    bo = two_laptops(patchy_project, dusk, tmp_path)

    found = merging.merge(patchy_project, bo.database)
    merging.merge(bo, patchy_project.database)

    assert found.frozen == 1
    assert any("1 frozen set" in line for line in merging.merge_lines(found))
    known = hard_cases.titles(patchy_project)
    assert sorted(known) == sorted(hard_cases.titles(bo))
    assert len(known) == 2
    assert all(title.startswith("dusk v1 (") for title in known)
    for asked in ("dusk v1", "dusk"):
        with pytest.raises(FieldcheckError, match="different laptops"):
            hard_cases.report(patchy_project, asked)
    with pytest.raises(FieldcheckError, match="no saved slice"):
        narrow.within(patchy_project, "dusk v1")
    tag_off(patchy_project, dusk[4:6])
    assert hard_cases.freeze(patchy_project, "dusk") == "dusk v2"


@pytest.mark.usefixtures("dusk")
def test_a_frozen_set_that_comes_by_merge_never_takes_a_saved_slices_name(patchy_project, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(patchy_project.folder, other)
    bo = projects.open_project(other)
    hard_cases.freeze(bo, "dusk")
    saved_slices.save_slice(patchy_project, "dusk v1", (SliceRule(outcome="wrong"),))

    merging.merge(patchy_project, bo.database)

    kept = {one.name: one for one in saved_slices.saved_slices(patchy_project)}
    assert kept["dusk v1"].origin == "filter"
    assert len(kept) == 2


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 61, "x" * 10_000, "dusk v3", "v1", "a\x07b", "\udfff"]
)
@pytest.mark.usefixtures("dusk")
def test_a_bad_name_freezes_nothing(patchy_project, name):
    with pytest.raises(FieldcheckError):
        hard_cases.freeze(patchy_project, name, source="mode: dusk")

    assert hard_cases.titles(patchy_project) == []


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "👩🏽‍🔬🧲", "=1+1", "a/b\\c"])
def test_a_hostile_name_stays_as_typed_and_finds_its_set(patchy_project, dusk, name):
    title = hard_cases.freeze(patchy_project, name, source="mode: dusk")

    assert title == f"{name} v1"
    assert len(export.export(patchy_project, choice=title).table) == len(dusk)
    assert "/" not in export.export_bytes(export.export(patchy_project, choice=title))[0]


def test_what_is_frozen_unless_one_says(patchy_project, dusk):
    grid.tag_frames(patchy_project, dusk[:5], grid.HARD_CASE)

    assert hard_cases.usual_source(patchy_project, "DUSK") == "mode: dusk"
    assert hard_cases.usual_source(patchy_project, "exam") == "hard cases"
    hard_cases.freeze(patchy_project, "exam", source="mode: dusk")
    assert hard_cases.usual_source(patchy_project, "exam") == "mode: dusk"
    with pytest.raises(FieldcheckError, match="no frame in “mode: rain”"):
        hard_cases.freeze(patchy_project, "rain")
    with pytest.raises(FieldcheckError, match="nothing called"):
        hard_cases.freeze(patchy_project, "x", source="elsewhere")


def test_a_saved_slice_can_be_frozen(patchy_project, patchy_frames):
    rule = SliceRule(where=(("camera", ("cam3",)), ("light", ("night",))))
    saved_slices.save_slice(patchy_project, "corner", (rule,))

    title = hard_cases.freeze(patchy_project, "corner", source="slice: corner")

    assert hard_cases.report(patchy_project, title).kept.frames == patchy_frames.spot
    assert "slice “corner”" in hard_cases.show_lines(patchy_project, title)[0]
