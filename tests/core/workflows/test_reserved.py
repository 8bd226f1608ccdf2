"""The leak test: what a hold-out locks, and that no fit ever sees it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from core.errors import HoldoutError
from core.records import Folder
from core.store.choices import bump_revision
from core.store.database import connect
from core.workflows import (
    class_frequency,
    confidence,
    holdout,
    label_doubts,
    reserved,
    scores,
    scoring,
    thresholds,
)
from core.workflows.holdout_plan import planned


def lock(project, **other) -> holdout.Holdout:
    return holdout.write_holdout(
        project, holdout.ask(project, corruptions=["contrast"], severities=[1], **other)
    )


def digests(project, *paths: str) -> set[str]:
    frames = scores.scores(project).frames
    return set(frames.loc[frames["path"].isin(paths), "content_hash"])


def paths_of(project, hashes) -> set[str]:
    frames = scores.scores(project).frames
    return set(frames.loc[frames["content_hash"].isin(hashes), "path"])


# ---- no fit sees a reserved frame -------------------------------------------------------------


def mislead(project, hashes: set[str]) -> None:
    """Give pictures answers so sure and so wrong that any fit on them shows."""
    found = scores.scores(project)
    classes = found.choices.spec.classes
    labels = found.frames.set_index("content_hash")["label"]
    with connect(project.database) as db, db.atomic():
        for digest in hashes:
            logits = np.zeros(len(classes), dtype="<f4")
            logits[(classes.index(labels[digest]) + 1) % len(classes)] = 60.0
            db.execute(
                "UPDATE predictions SET logits = ?, embedding = ? WHERE content_hash = ?",
                [logits.tobytes(), logits.tobytes(), digest],
            )
        bump_revision(db)


def temperature(project) -> float:
    return confidence.confidence(project).temperature


def bar(project) -> float:
    """How far the bars go to find 95 in 100 of each class, set from five frames a class on."""
    frequency = class_frequency.class_frequency(project)
    fitted = thresholds.set_bars(scores.scores(project), frequency, recall=0.95, least=5)
    return float(np.abs(np.log(fitted.bars)).sum())


def doubt(project) -> float:
    """How improbable the reference's labels are to a learner taught by others of them."""
    label_doubts.prepare(project, folder=Folder.REFERENCE)
    frames = scores.scores(project).labelled(Folder.REFERENCE).drop_duplicates("content_hash")
    rows, told = label_doubts._answers(project, frames, Folder.REFERENCE, "crossed")
    numbers = label_doubts._numbers(project, frames)[rows]
    return float(-np.log(told[np.arange(len(rows)), numbers]).mean())


PROOFS: dict[str, Callable] = {"label_doubts": doubt, "temperature": temperature, "thresholds": bar}
"""What is fitted: the number that comes out of it. One for each of reserved.FITTERS."""


def test_every_fitter_has_a_proof():
    assert set(PROOFS) == set(reserved.FITTERS)


@pytest.mark.parametrize("fitted", PROOFS.values(), ids=PROOFS)
def test_a_reserved_frame_never_reaches_a_fit(fitted, tiny_project):
    found = lock(tiny_project)
    taken = {picture.content_hash for picture in found.made.recipe.pictures}
    before = fitted(tiny_project)
    mislead(tiny_project, taken)

    assert fitted(tiny_project) == before

    holdout.unlock(tiny_project, found.name)  # the same frames, let through: this is what leaks

    assert abs(fitted(tiny_project) - before) > 0.2 * abs(before)


def test_the_fit_says_how_many_frames_it_went_without(tiny_project):
    assert "left out of the fit" not in confidence.technical(confidence.confidence(tiny_project))
    found = lock(tiny_project)
    report = confidence.confidence(tiny_project)

    assert report.reserved == found.locked[Folder.REFERENCE]
    assert f"{report.reserved} labelled reference frames were left out of the fit" in (
        confidence.technical(report)
    )


def test_too_few_frames_left_is_no_fit_rather_than_a_leak(tiny_project):
    lock(tiny_project, share=0.3)
    report = confidence.confidence(tiny_project)

    assert report.temperature is None
    assert report.reserved >= 18
    assert "were left out of the fit" in confidence.technical(report)


# ---- what is locked ---------------------------------------------------------------------------


def test_originals_and_the_damaged_pictures_themselves_are_locked(tiny_project):
    found = lock(tiny_project)
    pictures = found.made.recipe.pictures
    frames = scores.scores(tiny_project).frames

    hashes = reserved.reserved_hashes(tiny_project)
    assert {picture.content_hash for picture in pictures} <= hashes
    assert {picture.file_sha256 for picture in pictures} <= hashes
    left = reserved.without_reserved(tiny_project, frames)
    assert 0 < len(frames) - len(left) == sum(found.locked.values())
    assert not set(left["content_hash"]) & hashes


def test_nothing_is_locked_without_a_hold_out(tiny_project):
    frames = scores.scores(tiny_project).frames

    assert reserved.reserved_hashes(tiny_project) == frozenset()
    assert len(reserved.without_reserved(tiny_project, frames)) == len(frames)


def lock_some(project, wanted: set[str], **other) -> set[str]:
    """Lock by the first seed whose hold-out takes one of the wanted frames; the taken ones."""
    for seed in range(100):
        asked = holdout.ask(project, corruptions=["contrast"], severities=[1], seed=seed, **other)
        taken = {picture.original for picture in planned(project, asked, "try").pictures} & wanted
        if taken:
            holdout.write_holdout(project, asked)
            return taken
    raise AssertionError("no seed of 100 takes any of those frames")


@pytest.fixture
def locked_field(fresh_project):
    """A hold-out of the field that took cam1/003.jpg, whose clip mate 002.jpg it cannot take."""
    scoring.index_frames(fresh_project)
    lock_some(fresh_project, {"cam1/003.jpg"}, folder=Folder.FIELD)
    return fresh_project


def add_frame(project, own_frames, name: str, moment: str, image: Path | None = None) -> str:
    """A new field frame with a time of its own; its content hash."""
    path = own_frames.field_folder / "cam1" / name
    if image is None:
        noise = np.random.default_rng([*name.encode()]).integers(
            0, 255, (48, 64, 3), dtype=np.uint8
        )
        PIL.Image.fromarray(noise).save(path)
    else:
        PIL.Image.open(image).save(path, quality=60)
    with own_frames.metadata.open(newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with own_frames.metadata.open("a", newline="", encoding="utf-8") as file:
        row = {"path": f"field/cam1/{name}", "camera": "cam1", "taken_at": moment}
        csv.DictWriter(file, columns, restval="").writerow(row)
    scoring.index_frames(project)
    (digest,) = digests(project, f"cam1/{name}")
    return digest


def test_the_whole_clip_is_locked_with_the_frames_no_test_can_use(locked_field):
    hashes = reserved.reserved_hashes(locked_field)

    assert digests(locked_field, "cam1/002.jpg") <= hashes  # a label the model does not know
    assert digests(locked_field, "cam1/003.jpg") <= hashes


def moment_of(project, path: str) -> datetime:
    frames = scores.scores(project).frames.set_index("path")
    return frames.loc[path, "taken_at"].to_pydatetime()


def test_a_frame_that_later_falls_into_a_locked_clip_is_locked(locked_field, own_frames):
    moment = moment_of(locked_field, "cam1/003.jpg") + timedelta(seconds=15)
    inside = add_frame(locked_field, own_frames, "later.png", moment.isoformat(sep=" "))
    outside = add_frame(locked_field, own_frames, "night.jpg", "2026-03-02 23:00:00")

    hashes = reserved.reserved_hashes(locked_field)
    assert inside in hashes
    assert outside not in hashes


def test_a_near_copy_that_comes_later_is_locked_in_either_folder(locked_field, own_frames):
    original = own_frames.field_folder / "cam1" / "003.jpg"
    copy = add_frame(locked_field, own_frames, "copy.jpg", "2026-03-02 22:00:00", original)
    other = own_frames.reference_folder / "red" / "copy.png"
    PIL.Image.open(original).save(other)
    scoring.index_frames(locked_field)

    hashes = reserved.reserved_hashes(locked_field)
    assert copy in hashes
    assert digests(locked_field, "red/copy.png") <= hashes


def test_the_clip_of_a_near_copy_is_locked_whole(locked_field, own_frames):
    original = own_frames.field_folder / "cam1" / "003.jpg"
    add_frame(locked_field, own_frames, "copy.jpg", "2026-03-02 22:00:00", original)
    mate = add_frame(locked_field, own_frames, "mate.png", "2026-03-02 22:00:20")

    assert mate in reserved.reserved_hashes(locked_field)


def test_a_near_copy_of_a_later_clip_mate_is_locked(locked_field, own_frames):
    moment = moment_of(locked_field, "cam1/003.jpg") + timedelta(seconds=15)
    add_frame(locked_field, own_frames, "later.png", moment.isoformat(sep=" "))
    later = own_frames.field_folder / "cam1" / "later.png"
    copy = add_frame(locked_field, own_frames, "copy.jpg", "2026-03-02 22:00:00", later)

    assert copy in reserved.reserved_hashes(locked_field)


def test_mates_and_copies_stay_locked_when_the_original_is_gone(locked_field, own_frames):
    original = own_frames.field_folder / "cam1" / "003.jpg"
    mates = digests(locked_field, "cam1/002.jpg")
    copy = add_frame(locked_field, own_frames, "copy.jpg", "2026-03-02 22:00:00", original)
    original.unlink()
    scoring.index_frames(locked_field)

    assert not digests(locked_field, "cam1/003.jpg")
    assert mates | {copy} <= reserved.reserved_hashes(locked_field)


def test_a_blank_picture_locks_no_other_blank(fresh_project, own_frames):
    for number, level in enumerate((10, 200, 90)):
        blank = np.full((48, 64, 3), level, np.uint8)
        PIL.Image.fromarray(blank).save(own_frames.reference_folder / "red" / f"b{number}.png")
    scoring.index_frames(fresh_project)
    blanks = {f"red/b{number}.png" for number in range(3)}
    taken = lock_some(fresh_project, blanks)

    assert paths_of(fresh_project, reserved.reserved_hashes(fresh_project)) & blanks == taken
    assert len(taken) < len(blanks)


# ---- unlocking --------------------------------------------------------------------------------


def test_unlocking_is_on_purpose_said_and_remembered(tiny_project):
    found = lock(tiny_project)
    said = holdout.unlock(tiny_project, found.name)

    assert "proves nothing" in said
    assert reserved.reserved_hashes(tiny_project) == frozenset()
    (row,) = holdout.holdouts(tiny_project)
    assert row["unlocked_at"] and row["locked"]["reference"] == 0
    assert "was unlocked on" in holdout.holdout_line(row)
    assert (found.path / "recipe.json").is_file()


def test_an_unlocked_name_is_not_locked_again_as_if_nothing_was(tiny_project):
    found = lock(tiny_project)
    holdout.unlock(tiny_project, found.name)
    asked = holdout.ask(tiny_project, corruptions=["contrast"], severities=[1])

    with pytest.raises(HoldoutError, match="was unlocked on"):
        holdout.write_holdout(tiny_project, asked, name=found.name)
    with pytest.raises(HoldoutError, match="was unlocked on"):
        holdout.unlock(tiny_project, found.name)
    with pytest.raises(HoldoutError, match=f"There are: {found.name}"):
        holdout.unlock(tiny_project, "nothing")
    assert holdout.write_holdout(tiny_project, asked).name == f"{found.name}-2"


def test_two_hold_outs_lock_what_either_locks(tiny_project):
    first, second = lock(tiny_project, seed=0), lock(tiny_project, seed=1)
    both = reserved.reserved_hashes(tiny_project)
    holdout.unlock(tiny_project, first.name)
    one = reserved.reserved_hashes(tiny_project)

    assert one < both
    assert {picture.content_hash for picture in second.made.recipe.pictures} <= one
