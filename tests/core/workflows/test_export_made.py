"""Damaged pictures to hand over: seeded, listed, and the same bytes again from the list."""

from __future__ import annotations

import json

import cv2
import pytest

from core.errors import CorruptionError, FieldcheckError
from core.exports.folder import read_manifest
from core.frames.images import decode
from core.frames.quality import picture_quality
from core.workflows import export, export_folder, export_made, scores


@pytest.fixture
def hard(patchy_project, decide):
    """Two dark frames and a usual one, hard cases all, the last tagged with fog."""
    frames = scores.scores(patchy_project).frames
    field = frames[(frames["folder"] == "field") & (frames["is_right"] == True)]  # noqa: E712
    spot = field[(field["camera"] == "cam3") & (field["light"] == "night")]
    dark = spot[spot["label"] == "blue"]["path"].iloc[:2]  # darker than any of the reference
    usual = field[(field["camera"] == "cam1") & (field["light"] == "day")]["path"].iloc[0]
    for path in [*dark, usual]:
        decide(patchy_project, path, "hard_case", "on")
    decide(patchy_project, usual, "tag", "thick fog")
    return patchy_project, list(dark), usual


def hard_cases(project) -> export.Export:
    return export.export(project, choice="hard-cases")


def test_variants_measure_what_the_frame_measures(hard, tmp_path):
    project, dark, _ = hard
    handed = export_made.plan_targeted(project, hard_cases(project), variants=4)
    written = export_folder.hand_over(project, handed, out=tmp_path / "out")
    rows = [row for row in read_manifest(written.path)["pictures"] if row.get("chain")]
    known = scores.scores(project).frames.set_index("path")["brightness"]

    for path in dark:
        made = [
            row for row in rows if row["because"].endswith(path) and "low_light" in row["chain"]
        ]
        assert len(made) == 4
        for row in made:
            assert row["folder"] == "reference" and "brightness" in row["because"]
            measured = picture_quality(decode(written.path / row["file"])).brightness
            assert measured == pytest.approx(known[path], abs=0.03)


def test_a_tag_names_the_damage_where_nothing_is_measured(hard):
    project, _, usual = hard
    handed = export_made.plan_targeted(project, hard_cases(project), variants=2)
    made = [p for p in handed.plan.pictures if p.facts.get("because") == f"tagged so: {usual}"]

    assert len(made) == 2
    for one in made:
        name, _, level = one.chain.partition(":")
        assert name == "field_fog" and 1 <= float(level) <= 3


def test_variants_are_of_the_same_class_and_the_frames_go_along(hard):
    project, dark, usual = hard
    handed = export_made.plan_targeted(project, hard_cases(project))
    kept = {p.path: p.facts["class_name"] for p in handed.plan.pictures if not p.chain}

    assert set(kept) == {*dark, usual}
    for one in handed.plan.pictures:
        assert one.file.startswith(f"pictures/{one.facts['class_name']}/")
        if one.chain:
            assert one.facts["class_name"] == kept[one.facts["because"].rpartition(" ")[2]]


@pytest.mark.parametrize("name", ["targeted", "damaged-copies"])
def test_it_is_made_again_byte_for_byte_from_its_manifest(name, hard, tmp_path):
    project = hard[0]
    handed = export_made.plan(
        project, hard_cases(project), name, seed=3, condition="low_light:2+iso_noise:3"
    )
    written = export_folder.hand_over(project, handed, out=tmp_path / "out")

    found = export_made.rebuild(project, written.path / "manifest.json", out=tmp_path / "again")

    assert found.written.is_finished and not found.differs
    assert found.same == written.pictures
    for path in written.path.rglob("*"):
        if path.is_file():
            again = tmp_path / "again" / path.relative_to(written.path)
            assert path.read_bytes() == again.read_bytes()


def test_a_manifest_that_was_changed_is_noticed(hard, tmp_path):
    project = hard[0]
    handed = export_made.plan_copies(project, hard_cases(project), condition="low_light:2")
    written = export_folder.hand_over(project, handed, out=tmp_path / "out")
    data = read_manifest(written.path)
    data["pictures"][0]["seed"] += 1
    (tmp_path / "manifest.json").write_text(json.dumps(data))

    found = export_made.rebuild(project, tmp_path / "manifest.json", out=tmp_path / "again")

    assert data["pictures"][0]["file"] in found.differs
    assert "came out otherwise" in export_made.rebuilt_lines(found)[0]


def test_a_manifest_that_leads_out_of_its_folder_is_refused(hard, tmp_path):
    project = hard[0]
    handed = export_made.plan_copies(project, hard_cases(project), condition="low_light:2")
    written = export_folder.hand_over(project, handed, out=tmp_path / "out")
    data = read_manifest(written.path)
    data["pictures"][0]["file"] = "../../out.png"
    (tmp_path / "manifest.json").write_text(json.dumps(data))

    with pytest.raises(FieldcheckError, match="leads out"):
        export_made.rebuild(project, tmp_path / "manifest.json", out=tmp_path / "again")


def test_copies_are_damaged_each_with_its_own_seed(hard, tmp_path):
    project = hard[0]
    handed = export_made.plan_copies(project, hard_cases(project), condition="iso_noise:4")
    written = export_folder.hand_over(project, handed, out=tmp_path / "out")

    pictures = read_manifest(written.path)["pictures"]
    assert len({row["seed"] for row in pictures}) == len(pictures) == 3
    for row in pictures:
        assert row["chain"] == "iso_noise:4"
        assert cv2.imread(str(written.path / row["file"])).shape == (48, 64, 3)


@pytest.mark.parametrize("condition", ["low_light:0", "nothing:3", "low_light:x"])
def test_a_condition_that_cannot_be_is_refused(condition, patchy_project):
    found = export.export(patchy_project, choice="frames")

    with pytest.raises(CorruptionError):
        export_made.plan_copies(patchy_project, found, condition=condition)


def test_without_a_condition_it_asks_for_one(patchy_project):
    found = export.export(patchy_project, choice="frames")

    with pytest.raises(FieldcheckError, match="which condition"):
        export_made.plan(patchy_project, found, "damaged-copies")


def test_what_is_no_manifest_of_damaged_pictures_is_refused(patchy_project, tmp_path):
    (tmp_path / "manifest.json").write_text("{}")

    with pytest.raises(FieldcheckError, match="no manifest"):
        export_made.rebuild(patchy_project, tmp_path / "manifest.json", out=tmp_path / "x")
