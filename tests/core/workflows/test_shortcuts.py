"""The exam on planted shortcuts: what carries the answer is found, and nothing else is claimed."""

from __future__ import annotations

import pytest

from core.engines import local
from core.errors import NothingYetError
from core.records import Cue, Folder, State
from core.store import shortcuts as store
from core.store.database import connect
from core.workflows import projects, scoring, shortcuts
from tests import planted


@pytest.fixture
def plant(tmp_path):
    """plant(painter, labels, model) is a scored project with that shortcut in it."""

    def make(paint, labels, write_model, *, of: int = 48) -> projects.Project:
        frames = planted.write_set(tmp_path / "frames", paint, tuple(labels), of=of)
        project = projects.create_project(
            model=write_model(tmp_path / "model.onnx"), field=frames, folder=tmp_path / "project"
        )
        scoring.prepare(project)
        return project

    return make


def examined(project, **changes) -> shortcuts.ShortcutReport:
    asked = shortcuts.exam(project, **changes)
    assert shortcuts.take_exam(project, asked) == ()
    return shortcuts.shortcuts(project, asked)


def test_a_planted_background_shortcut_is_found(plant):
    project = plant(planted.on_coloured_ground, planted.COLOURS, planted.rim_colour_model)
    report = examined(project)

    assert report.table.iloc[0]["clean_right"] >= 46, "the model looks perfect untouched"
    assert report.cue is Cue.BACKGROUND
    assert report.headline.state is State.CONFIRMED
    assert report.headline.headline.startswith("The background carries the answer, not the object")


def test_a_model_that_goes_by_the_object_s_colour_is_found(plant):
    report = examined(plant(planted.coloured_thing, planted.COLOURS, planted.colour_model))

    assert (report.cue, report.headline.state) == (Cue.COLOUR, State.CONFIRMED)


def test_a_model_that_goes_by_texture_is_found(plant):
    report = examined(plant(planted.striped_thing, planted.STRIPES, planted.stripe_model))

    assert (report.cue, report.headline.state) == (Cue.TEXTURE, State.CONFIRMED)


def test_a_model_that_goes_by_shape_is_found(plant):
    report = examined(plant(planted.formed_thing, planted.FORMS, planted.form_model))

    assert (report.cue, report.headline.state) == (Cue.SHAPE, State.CONFIRMED)


def test_where_nothing_is_planted_no_cue_is_claimed(plant):
    """It needs shape and brightness at once: no cue alone is enough."""
    report = examined(
        plant(
            planted.bright_formed_thing, planted.FORMS,
            lambda path: planted.form_model(path, bright=True),
        )
    )  # fmt: skip

    assert (report.cue, report.headline.state) == (None, State.NONE_FOUND)
    assert "No single cue" in report.headline.headline
    assert "no background shortcut was found" in report.headline.next_step


def test_the_same_background_under_a_model_that_ignores_it_is_not_claimed(plant):
    """Coloured grounds and a model that goes by shape: the shortcut is there but not taken."""

    def paint(label, rng):
        image = planted.formed_thing(label, rng)
        colour = planted.COLOURS["red" if label == "wide" else "blue"]
        tinted = image.astype(float)
        is_ground = image.min(axis=2) > 100
        tinted[is_ground] = [90 + 0.5 * c for c in colour]
        return tinted.astype("uint8")

    report = examined(plant(paint, planted.FORMS, planted.form_model))

    assert report.cue is not Cue.BACKGROUND
    assert report.headline.state is not State.SUSPECTED or report.cue is Cue.SHAPE


def test_frames_without_an_object_sit_out_what_needs_one(tiny_project):
    report = examined(tiny_project)

    assert list(report.table["change"][:3]) == ["grey", "hue_swap", "patch_shuffle"]
    assert sum(report.left_out.values()) >= 50
    assert "the object was not found for sure" in report.left_out_sentence
    assert (report.cue, report.headline.state) == (Cue.COLOUR, State.SUSPECTED)
    assert "the object's or the background's" in report.headline.next_step


@pytest.fixture
def small(plant):
    return plant(planted.coloured_thing, planted.COLOURS, planted.colour_model, of=9)


@pytest.fixture
def counted(monkeypatch) -> list[int]:
    """How many pictures the model is given, batch by batch."""
    batches: list[int] = []
    score = local._score_tensors

    def count(classifier, tensors):
        batches.append(len(tensors))
        return score(classifier, tensors)

    monkeypatch.setattr(local, "_score_tensors", count)
    return batches


def test_an_exam_that_was_stopped_goes_on_where_it_was(small, counted):
    asked = shortcuts.exam(small)
    calls = []

    def stop_soon() -> bool:
        calls.append(1)
        return len(calls) > 3

    shortcuts.take_exam(small, asked, should_stop=stop_soon)
    first = sum(counted)
    shortcuts.take_exam(small, asked)
    whole = sum(counted)
    shortcuts.take_exam(small, asked)

    assert 0 < first < whole == sum(counted), "nothing is asked twice"
    assert whole == shortcuts.shortcuts(small, asked).table["of"].sum()


def test_an_exam_that_died_keeps_every_frame_it_answered(small, counted, monkeypatch):
    asked = shortcuts.exam(small)
    save = store.save_cue_answers
    saved = []

    def die_later(db, **row):
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(row)
        save(db, **row)

    monkeypatch.setattr(store, "save_cue_answers", die_later)
    with pytest.raises(KeyboardInterrupt):
        shortcuts.take_exam(small, asked)
    monkeypatch.setattr(store, "save_cue_answers", save)
    counted.clear()
    told = []
    shortcuts.take_exam(small, asked, on_progress=lambda *n: told.append(n))

    assert (told[0], told[-1]) == ((2, 9), (9, 9))
    kept = sum(len(row["answers"]) for row in saved)
    assert sum(counted) == shortcuts.shortcuts(small, asked).table["of"].sum() - kept


def test_a_larger_sample_holds_the_smaller_one_and_another_seed_is_another_exam(small, counted):
    shortcuts.take_exam(small, shortcuts.exam(small, frames=4))
    first = sum(counted)
    shortcuts.take_exam(small, shortcuts.exam(small, frames=6))

    assert sum(counted) <= first + 2 * 6
    assert shortcuts.shortcuts(small, shortcuts.exam(small, seed=1)).table.empty


def test_a_vanished_and_a_changed_file_cost_themselves_only(small, tmp_path):
    asked = shortcuts.exam(small)
    files = sorted((tmp_path / "frames").rglob("*.png"))
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes() + b"more")

    broken = shortcuts.take_exam(small, asked)

    assert sorted(item.reason.split(";")[0] for item in broken) == [
        "the file has changed", "the file is gone",
    ]  # fmt: skip
    assert shortcuts.shortcuts(small, asked).table["of"].max() == 7


def test_measuring_the_pace_stores_nothing_and_the_last_offer_is_everything(small):
    found = shortcuts.offers(small, shortcuts.exam(small))

    assert found[-1].frames == 9
    with connect(small.database) as db:
        assert next(db.query("SELECT count(*) AS n FROM cue_answers"))["n"] == 0


def test_examples_show_every_change_of_a_frame_whose_object_was_found(small, tmp_path):
    asked = shortcuts.exam(small)
    shortcuts.take_exam(small, asked)
    pairs = shortcuts.examples(small, asked)

    assert list(pairs) == list(shortcuts.shortcuts(small, asked).table["change"])
    assert all(before != after for before, after in pairs.values())
    assert all(after.startswith(b"\xff\xd8") for _, after in pairs.values())
    for path in (tmp_path / "frames").rglob("*.png"):
        path.unlink()
    assert shortcuts.examples(small, asked) == {}


def test_without_answered_frames_there_is_nothing_to_examine(fresh_project):
    with pytest.raises(NothingYetError, match="No frames have an answer yet"):
        shortcuts.exam(fresh_project)


def test_the_exam_takes_the_frames_of_the_sweep(tiny_project):
    assert shortcuts.exam(tiny_project).folder is Folder.REFERENCE
    assert shortcuts.exam(tiny_project, folder=Folder.FIELD, frames=5).frames == 5
    assert shortcuts.exam(tiny_project, frames=10_000).frames == 60
