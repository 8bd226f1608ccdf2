from __future__ import annotations

import csv
import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.corruptions import corrupt_chain, frame_seed, parse_chain
from core.errors import CorruptionError, DiskError, HoldoutError, NothingYetError
from core.exports import holdout as folders
from core.frames.hashing import content_hash
from core.frames.images import decode, working_image
from core.records import Folder
from core.store.database import connect
from core.workflows import holdout, projects, scores, scoring
from core.workflows.holdout_plan import labelled


def written(project, **other) -> holdout.Holdout:
    keep = {name: other.pop(name) for name in ("name", "out", "should_stop") if name in other}
    return holdout.write_holdout(project, holdout.ask(project, **other), **keep)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def own_project(fresh_project):
    """A project of frames that may be changed, indexed but not scored: no answer is needed."""
    scoring.index_frames(fresh_project)
    return fresh_project


@pytest.fixture
def count_damages(monkeypatch) -> list[str]:
    """The chains damaged from here on."""
    done: list[str] = []

    def counting(image, chain, *, seed):
        done.append(str(chain))
        return corrupt_chain(image, chain, seed=seed)

    monkeypatch.setattr("core.workflows.holdout_make.corrupt_chain", counting)
    return done


# ---- writing ----------------------------------------------------------------------------------


def test_it_holds_the_share_of_each_label_with_a_table_and_a_recipe(tiny_project):
    found = written(tiny_project)
    with (found.path / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert found.path == tiny_project.folder / "holdouts" / "reference-10-percent-seed-0"
    assert holdout.holdout_json(found)["labels"] == {"red": 2, "green": 2, "blue": 2}
    assert found.made.is_finished and not found.made.problems
    assert [row["path"] for row in rows] == [one.file for one in found.made.recipe.pictures]
    assert set(files(found.path)) == {"labels.csv", "recipe.json", *(row["path"] for row in rows)}
    assert "made of 6 of 60 labelled reference frames (10 %) in 6 clips" in found.sentence


def test_every_picture_is_its_original_at_the_working_size_under_its_chain(own_project):
    found = written(own_project, share=0.2, seed=3)
    root = Path(holdout.choices_of(own_project).folders[Folder.REFERENCE])

    for picture in found.made.recipe.pictures:
        original = root / picture.original
        assert content_hash(original) == picture.content_hash
        seed = frame_seed(picture.content_hash, 3)
        wanted = corrupt_chain(
            working_image(decode(original)), parse_chain(picture.chain), seed=seed
        )
        np.testing.assert_array_equal(decode(found.path / picture.file), wanted)
        assert content_hash(found.path / picture.file) == picture.file_sha256
    assert len({picture.chain for picture in found.made.recipe.pictures}) > 4


def test_chains_keep_the_severities_they_name_and_draw_the_others(tiny_project):
    found = written(tiny_project, corruptions=["low_light+contrast:2"], severities=[1, 4])

    chains = {picture.chain for picture in found.made.recipe.pictures}
    assert chains == {"low_light:1+contrast:2", "low_light:4+contrast:2"}
    assert {picture.severity for picture in found.made.recipe.pictures} == {2.0, 4.0}


def test_the_field_can_be_asked_and_no_clip_is_split(tiny_project, tiny_frames):
    found = written(tiny_project, folder=Folder.FIELD, share=0.3)
    frames = labelled(tiny_project, Folder.FIELD)
    taken = {picture.content_hash for picture in found.made.recipe.pictures}

    assert len(frames) == tiny_frames.labelled
    assert abs(len(taken) - 0.3 * len(frames)) <= 2
    split = frames["content_hash"].isin(taken).groupby(frames["clip"]).nunique()
    assert (split == 1).all()


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_asked(tiny_project, tmp_path):
    first = written(tiny_project, corruptions=["contrast", "fog"], severities=[3, 1], name="one")
    shutil.copytree(tiny_project.folder, tmp_path / "other")
    (tmp_path / "other" / "fieldcheck.db").unlink()
    other = projects.create_project(
        model=projects.choices_of(tiny_project).model_path,
        field=projects.choices_of(tiny_project).folders[Folder.FIELD],
        reference=projects.choices_of(tiny_project).folders[Folder.REFERENCE],
        folder=tmp_path / "fresh",
    )
    scoring.index_frames(other)
    with connect(other.database) as db:  # the rows in another order
        db.execute("CREATE TEMP TABLE turned AS SELECT * FROM frames ORDER BY path DESC")
        db.execute("DELETE FROM frames")
        db.execute("INSERT INTO frames SELECT * FROM turned")
        db.conn.commit()
    second = written(other, corruptions=["fog", "contrast"], severities=[1, 3], name="one")

    assert files(first.path) == files(second.path)
    third = written(other, corruptions=["fog"], severities=[1, 3], seed=1, name="two")
    assert {p.original for p in third.made.recipe.pictures} != {
        p.original for p in first.made.recipe.pictures
    }


def test_the_set_opens_as_frames_with_its_labels(tiny_project, tiny_model, tmp_path):
    found = written(tiny_project, share=0.3)
    other = projects.create_project(
        model=tiny_model, field=found.path / "pictures", metadata=found.path / "labels.csv",
        folder=tmp_path / "tested",
    )  # fmt: skip
    scoring.prepare(other)
    frames = scores.scores(other).labelled(Folder.FIELD)

    assert len(frames) == len(found.made.recipe.pictures) == 18
    assert not scores.scores(other).rows_without_frame


def test_a_picture_under_two_labels_is_not_taken(own_project, own_frames):
    twin = own_frames.reference_folder / "red" / "005.jpg"
    shutil.copy(twin, own_frames.reference_folder / "blue" / "twin.jpg")
    scoring.index_frames(own_project)

    assert content_hash(twin) not in set(labelled(own_project, Folder.REFERENCE)["content_hash"])
    assert len(labelled(own_project, Folder.REFERENCE)) == 59


def test_a_frame_that_is_gone_costs_itself_only(own_project, own_frames):
    gone = written(own_project, name="look").made.recipe.pictures[0].original
    (own_frames.reference_folder / gone).unlink()
    found = written(own_project, name="again")

    assert found.made.is_finished
    assert len(found.made.recipe.pictures) == 5
    assert [gone in problem.reason for problem in found.made.problems] == [True]
    assert any("gone" in line and gone in line for line in holdout.written_lines(found))


@pytest.mark.parametrize(
    ("share", "message"),
    [
        ("0%", "more than nothing"), ("150%", "more than nothing"), ("100%", "leave frames"),
        ("-5%", "more than nothing"), ("10", r"Did you mean 10%\?"), ("ten", "not a share"),
        ("nan", "more than nothing"), ("", "not a share"), ("%", "not a share"),
    ],
)  # fmt: skip
def test_a_share_that_cannot_be_is_said(share, message):
    with pytest.raises(HoldoutError, match=message):
        holdout.parse_share(share)


@pytest.mark.parametrize(("text", "share"), [("10%", 0.1), ("0.1", 0.1), (" 2.5 % ", 0.025)])
def test_shares_are_read_as_people_write_them(text, share):
    assert holdout.parse_share(text) == pytest.approx(share)


def test_a_share_below_one_clip_or_above_the_rest_is_said(tiny_project):
    with pytest.raises(HoldoutError, match="less than one whole clip: the smallest has 1 frame"):
        written(tiny_project, share=0.001)
    with pytest.raises(HoldoutError, match="lock all 60 labelled frames"):
        written(tiny_project, share=0.999)

    assert holdout.holdouts(tiny_project) == []


def test_without_labels_it_says_what_brings_them(tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.index_frames(project)

    with pytest.raises(NothingYetError, match="Add labels by class folders"):
        holdout.ask(project)
    with pytest.raises(NothingYetError, match="No reference frame has a label"):
        holdout.ask(project, folder=Folder.REFERENCE)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"corruptions": ["fgo"]}, "No corruption"), ({"corruptions": []}, "at least one"),
        ({"severities": [0]}, "untouched"), ({"severities": [6]}, "6"),
        ({"corruptions": ["fog:0"]}, "untouched"), ({"corruptions": ["fog+fog"]}, "twice"),
    ],
)  # fmt: skip
def test_a_damage_that_cannot_be_is_said(tiny_project, other, message):
    with pytest.raises(CorruptionError, match=message):
        holdout.ask(tiny_project, **other)


# ---- going on ---------------------------------------------------------------------------------


def test_a_stopped_write_is_unfinished_and_goes_on_where_it_was(tiny_project, count_damages):
    asked = iter([False, False, False, True])
    stopped = written(tiny_project, should_stop=lambda: next(asked))

    assert not stopped.made.is_finished
    assert "not finished: 3 of 6 pictures" in stopped.sentence
    assert "not finished" in holdout.holdout_line(holdout.holdouts(tiny_project)[0])
    assert not (stopped.path / "recipe.json").exists()

    done = written(tiny_project)

    assert done.made.is_finished and len(count_damages) == 6
    assert sorted(files(done.path)) == sorted(
        ["labels.csv", "recipe.json", *(one.file for one in done.made.recipe.pictures)]
    )


def test_what_a_kill_left_half_is_made_again(tiny_project, count_damages):
    whole = files(written(tiny_project, name="whole").path)
    asked = iter([False] * 4 + [True])
    half = written(tiny_project, name="half", should_stop=lambda: next(asked))
    first = half.made.recipe.pictures[0].file
    (half.path / first).write_bytes(b"torn")
    count_damages.clear()
    done = files(written(tiny_project, name="half").path)

    assert len(count_damages) == 3
    assert {k: v for k, v in done.items() if k != "recipe.json"} == {
        k: v for k, v in whole.items() if k != "recipe.json"
    }


def test_a_full_disk_costs_nothing_already_done(tiny_project, monkeypatch, count_damages):
    real, left = os.fsync, iter([True] * 7)  # the draft, then two a picture: three pictures

    def fsync(number: int) -> None:
        if not next(left, False):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(DiskError, match=r"No space left on device.*kept"):
        written(tiny_project)
    folder = tiny_project.folder / "holdouts" / "reference-10-percent-seed-0"
    assert len(list(folder.rglob("*.png"))) == 3
    assert not list(folder.rglob("*.tmp"))
    assert holdout.holdouts(tiny_project)[0]["locked"]["reference"] >= 6
    monkeypatch.setattr(os, "fsync", real)
    count_damages.clear()

    done = written(tiny_project)

    assert done.made.is_finished and len(count_damages) == 3


def test_asked_again_it_only_looks_and_mends(tiny_project, count_damages):
    first = written(tiny_project)
    before = files(first.path)
    picture = first.made.recipe.pictures[2]
    (first.path / picture.file).unlink()
    count_damages.clear()
    again = written(tiny_project)

    assert again.path == first.path
    assert len(count_damages) == 1
    assert files(again.path) == before


def test_another_wish_of_the_same_name_gets_a_number(tiny_project):
    first = written(tiny_project, corruptions=["fog"])
    other = written(tiny_project, corruptions=["contrast"])

    assert other.name == first.name + "-2"
    assert written(tiny_project, corruptions=["contrast"]).name == other.name
    with pytest.raises(HoldoutError, match="holds another test set"):
        written(tiny_project, corruptions=["contrast"], name=first.name)


def test_nothing_foreign_is_overwritten_and_nothing_lands_among_the_frames(
    own_project, own_frames, tmp_path
):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")

    with pytest.raises(HoldoutError, match="nothing there is overwritten"):
        written(own_project, out=tmp_path / "mine")
    with pytest.raises(HoldoutError, match="lies in the reference folder"):
        written(own_project, out=own_frames.reference_folder / "set")
    with pytest.raises(HoldoutError, match="cannot name a folder"):
        written(own_project, name="../up")
    assert files(tmp_path / "mine") == {"notes.txt": b"mine"}
    assert holdout.holdouts(own_project) == []


# ---- rebuilding -------------------------------------------------------------------------------


def rebuild(project, found: holdout.Holdout, out: Path) -> holdout.Holdout:
    return holdout.rebuild_holdout(project, found.path / "recipe.json", out=out)


def test_it_is_rebuilt_byte_for_byte_and_says_so(own_project, tmp_path):
    found = written(own_project, corruptions=["fog", "contrast+elastic_transform", "glass_blur"])
    again = rebuild(own_project, found, tmp_path / "again")

    assert again.made.is_finished
    assert files(again.path) == files(found.path)
    assert "All 6 pictures came out byte for byte the same" in holdout.rebuilt_lines(again)[0]
    assert holdout.holdouts(own_project)[0]["path"] == str(found.path)


def test_one_changed_byte_and_a_missing_original_are_named(own_project, own_frames, tmp_path):
    found = written(own_project)
    changed, gone, *rest = found.made.recipe.pictures
    path = own_frames.reference_folder / changed.original
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (own_frames.reference_folder / gone.original).unlink()
    again = rebuild(own_project, found, tmp_path / "again")

    reasons = {problem.file: problem.reason for problem in again.made.problems}
    assert set(reasons) == {changed.file, gone.file}
    assert changed.original in reasons[changed.file] and "has changed" in reasons[changed.file]
    assert gone.original in reasons[gone.file] and "is gone" in reasons[gone.file]
    assert not again.made.is_finished
    assert set(files(again.path)) == {"recipe.json.part", *(one.file for one in rest)}
    said = holdout.rebuilt_lines(again)
    assert "4 of 6 pictures came out byte for byte the same; 2 things did not" in said[0]
    assert sum(line.startswith("Differs: ") for line in said) == 2

    path.write_bytes(content)
    mended = rebuild(own_project, found, tmp_path / "again")
    assert [problem.file for problem in mended.made.problems] == [gone.file]


def test_an_original_that_moved_is_found_by_its_content(own_project, own_frames, tmp_path):
    found = written(own_project)
    moved = own_frames.reference_folder / found.made.recipe.pictures[0].original
    moved.rename(moved.with_name("renamed.jpg"))
    scoring.index_frames(own_project)

    assert files(rebuild(own_project, found, tmp_path / "again").path) == files(found.path)


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("chain", "low_light:4.5", "other pixels"), ("seed", 12, "other pixels"),
        ("chain", "no_such:1", "its damage cannot be made"), ("label", "blue-green", None),
        ("content_hash", "0" * 64, "has changed"),
    ],
)  # fmt: skip
def test_a_changed_recipe_is_named(own_project, tmp_path, part, value, named):
    found = written(own_project)
    data = json.loads((found.path / "recipe.json").read_text(encoding="utf-8"))
    data["pictures"][0][part] = value
    (tmp_path / "recipe.json").write_text(json.dumps(data), encoding="utf-8")
    again = holdout.rebuild_holdout(own_project, tmp_path / "recipe.json", out=tmp_path / "again")

    reasons = {problem.file: problem.reason for problem in again.made.problems}
    assert "changed after it was written" in reasons["recipe.json"]
    assert not again.made.is_finished
    if named:
        assert named in reasons[data["pictures"][0]["file"]]


def test_a_change_of_the_recipe_that_changes_no_picture_is_named_too(own_project, tmp_path):
    found = written(own_project)
    text = (found.path / "recipe.json").read_text(encoding="utf-8")
    (tmp_path / "recipe.json").write_text(text.replace('"of": 60', '"of": 50'), encoding="utf-8")
    again = holdout.rebuild_holdout(own_project, tmp_path / "recipe.json", out=tmp_path / "again")

    assert [problem.file for problem in again.made.problems] == ["recipe.json"]
    assert again.made.same == 6
    assert not again.made.is_finished


def test_the_same_pixels_in_other_bytes_are_told_from_other_pixels(
    own_project, tmp_path, monkeypatch
):
    found = written(own_project)

    def pack(image):
        import cv2

        return bytes(
            cv2.imencode(".png", image[:, :, ::-1].copy(), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
        )

    monkeypatch.setattr("core.workflows.holdout_make.encode_png", pack)
    again = rebuild(own_project, found, tmp_path / "again")

    assert not again.made.is_finished
    assert {"same pixels" in problem.reason for problem in again.made.problems} == {True}
    assert len(again.made.problems) == len(list(again.path.rglob("*.png"))) == 6


def test_labels_that_come_out_otherwise_are_named(own_project, tmp_path, monkeypatch):
    found = written(own_project)
    real = folders.labels_bytes
    monkeypatch.setattr(folders, "labels_bytes", lambda pictures: real(pictures) + b"\r\n")
    again = rebuild(own_project, found, tmp_path / "again")

    assert [problem.file for problem in again.made.problems] == ["labels.csv"]
    assert not again.made.is_finished


def test_a_recipe_that_cannot_be_read_or_a_taken_folder_is_said(own_project, tmp_path):
    found = written(own_project)
    with pytest.raises(HoldoutError, match="cannot be read"):
        holdout.rebuild_holdout(own_project, tmp_path / "none.json", out=tmp_path / "out")
    other = written(own_project, seed=1, out=tmp_path / "other")
    with pytest.raises(HoldoutError, match="holds another test set"):
        rebuild(own_project, found, other.path)


def test_a_rebuild_elsewhere_locks_the_frames_there_too(
    own_project, tiny_model, own_frames, tmp_path
):
    found = written(own_project)
    colleague = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, reference=own_frames.reference_folder,
        folder=tmp_path / "colleague",
    )  # fmt: skip
    scoring.index_frames(colleague)
    again = rebuild(colleague, found, tmp_path / "again")

    assert again.made.is_finished
    assert again.locked == found.locked
    assert again.locked[Folder.REFERENCE] >= 6
