"""Folders of a project: what goes, what stays and why, where it lands, and on with it."""

from __future__ import annotations

import json

import pytest

from core.errors import FieldcheckError
from core.exports.folder import part_of, read_manifest
from core.exports.registry import FOLDERS
from core.findings import export_words as words
from core.workflows import choices, export, export_folder, export_made, holdout, reserved

LEARNT_FROM = [name for name, form in FOLDERS.items() if form.is_learnt_from]


def planned(project, name: str, choice: str = "frames", **other):
    return export_made.plan(project, export.export(project, choice=choice), name, **other)


def reasons(handed) -> dict[str, int]:
    found = [reason for _, reason in handed.plan.left_out]
    return {reason: found.count(reason) for reason in found}


@pytest.mark.parametrize("name", [*LEARNT_FROM, "damaged-copies", "targeted"])
def test_locked_frames_never_leave_for_training(name, tiny_project):
    asked = holdout.ask(tiny_project, share=0.2, folder=choices.Folder.FIELD)
    holdout.write_holdout(tiny_project, asked)
    locked = reserved.reserved_hashes(tiny_project)
    other = {"condition": "low_light:3"} if name == "damaged-copies" else {}

    handed = planned(tiny_project, name, **other)

    assert locked and not locked & {one.content_hash for one in handed.plan.pictures}
    assert reasons(handed)[words.LOCKED] > 0
    assert f"{reasons(handed)[words.LOCKED]:,} because {words.LOCKED}" in handed.sentence


@pytest.mark.parametrize("name", [name for name in FOLDERS if name not in LEARNT_FROM])
def test_where_they_go_for_looking_at_they_are_marked(name, tiny_project, tmp_path):
    asked = holdout.ask(tiny_project, share=0.2, folder=choices.Folder.FIELD)
    holdout.write_holdout(tiny_project, asked)
    written = export_folder.hand_over(tiny_project, planned(tiny_project, name),
                                      out=tmp_path / "out")  # fmt: skip

    locked = reserved.reserved_hashes(tiny_project)
    for row in read_manifest(written.path)["pictures"]:
        assert row["locked"] == (row["content_hash"] in locked)


def test_provenance_goes_along(tiny_project, decide, tmp_path):
    decide(tiny_project, "cam2/006.jpg", "label", "red")
    written = export_folder.hand_over(
        tiny_project, planned(tiny_project, "class-folders", "reviewed"), out=tmp_path / "out"
    )

    (row,) = read_manifest(written.path)["pictures"]
    assert (row["label_before"], row["label_now"], row["reviewer"]) == ("green", "red", "me")
    assert row["model_id"] == choices.choices_of(tiny_project).model_id
    assert row["reviewed_at"] and row["file"].startswith("red/")


def test_a_picture_nobody_knows_the_class_of_stays_and_is_counted(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "unsure")

    assert reasons(planned(tiny_project, "class-folders")) == {words.NO_CLASS: 6}
    assert reasons(planned(tiny_project, "coco")) == {}


def test_a_changed_or_lost_picture_costs_itself(fresh_project, own_frames, tmp_path):
    from core.workflows import scoring

    scoring.prepare(fresh_project)
    (own_frames.field_folder / "cam1/003.jpg").unlink()
    handed = planned(fresh_project, "coco")
    assert reasons(handed) == {words.GONE: 1}
    changed = own_frames.field_folder / "cam1/004.jpg"
    changed.write_bytes(changed.read_bytes() + b"0")

    written = export_folder.hand_over(fresh_project, handed, out=tmp_path / "out")

    assert dict(written.left_out)["field/cam1/004.jpg"] == words.CHANGED
    images = json.loads((written.path / "labels.json").read_text())["images"]
    assert len(images) == written.pictures == len(handed.plan.pictures) - 1


def test_among_the_frames_nothing_is_written(tiny_project, tiny_frames):
    with pytest.raises(FieldcheckError, match="would count as field frames"):
        export_folder.hand_over(
            tiny_project, planned(tiny_project, "coco"), out=tiny_frames.field_folder / "out"
        )


def test_stopped_it_goes_on_under_its_name_and_another_takes_another(tiny_project):
    handed = planned(tiny_project, "coco")
    asked = iter(range(99))
    first = export_folder.hand_over(tiny_project, handed, should_stop=lambda: next(asked) > 9)
    other = planned(tiny_project, "coco", seed=1)
    assert export_folder.unfinished(tiny_project) == [first.path]

    beside = export_folder.hand_over(tiny_project, other)
    second = export_folder.hand_over(tiny_project, handed)
    before = second.path.stat().st_mtime_ns
    third = export_folder.hand_over(tiny_project, handed)

    assert "Stopped after 10 of" in export_folder.sentence(first)
    assert second.path == first.path and second.is_finished and not part_of(first.path).exists()
    assert beside.path != first.path
    assert third == second and third.path.stat().st_mtime_ns == before  # not written twice
    (third.path / "labels.json").unlink()
    assert export_folder.hand_over(tiny_project, handed).path not in (first.path, beside.path)


def test_what_was_begun_can_be_thrown_away(tiny_project):
    handed = planned(tiny_project, "coco")
    export_folder.hand_over(tiny_project, handed, should_stop=lambda: True)

    assert export_folder.forget_unfinished(tiny_project) == 1
    assert export_folder.unfinished(tiny_project) == []


def test_nothing_to_write_says_so(tiny_project):
    with pytest.raises(FieldcheckError, match="nothing to write"):
        export_folder.hand_over(tiny_project, planned(tiny_project, "coco", "reviewed"))


def test_links_lead_to_the_pictures(tiny_project, tiny_frames, tmp_path):
    handed = planned(tiny_project, "class-folders", is_linked=True)
    written = export_folder.hand_over(tiny_project, handed, out=tmp_path / "out")

    files = [path for path in written.path.rglob("*.jpg")]
    assert len(files) == written.pictures
    assert all(path.resolve().is_relative_to(tiny_frames.field_folder) for path in files)


@pytest.mark.parametrize("name", ["class-folders", "coco", "targeted"])
def test_a_seed_or_format_that_cannot_be_is_refused(name, tiny_project):
    with pytest.raises(FieldcheckError, match="seed is -1"):
        planned(tiny_project, name, seed=-1)
    with pytest.raises(FieldcheckError, match="no folder format"):
        planned(tiny_project, f"{name}s")
