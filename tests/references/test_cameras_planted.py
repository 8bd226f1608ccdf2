"""The sample's ill cameras are found to the frame, and nothing else is called sure."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from core.records import State
from core.workflows import cameras, projects

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
KINDS = {"stuck": "stuck", "jpeg_compression": "packing", "blank": "blank", "dirty_lens": "hazy"}
"""What was planted: what it must be called."""


@pytest.fixture(scope="module")
def report(sample_home, tmp_path_factory):
    root = tmp_path_factory.mktemp("cameras")
    shutil.copytree(sample_home / "projects" / "sample", root / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(root / "home"))
        project = projects.open_project(root / "project")
        cameras.prepare(project)
        return cameras.cameras(project, now=datetime(2026, 3, 20))


@pytest.fixture(scope="module")
def planted() -> set[tuple[str, str, frozenset[str]]]:
    """(kind of episode, camera, field paths) of what makes a camera ill."""
    facts = json.loads((SAMPLE / "planted.json").read_text(encoding="utf-8"))
    return {
        (KINDS[fact["kind"]], fact["camera"], frozenset(fact["paths"]))
        for fact in facts
        if fact["folder"] == "field" and fact["kind"] in KINDS
    }


def found(report, *states):
    return {
        (each.kind, one.camera, frozenset(report.paths[digest] for digest in each.hashes))
        for one in report.cameras
        for each in one.episodes
        if each.state in states
    }


def frames(episodes, kind):
    return {(camera, paths) for what, camera, paths in episodes if what == kind}


@pytest.mark.parametrize("kind", ["packing", "blank"])
def test_what_was_planted_is_found_to_the_frame(report, planted, kind):
    told = found(report, State.CONFIRMED, State.SUSPECTED)

    assert frames(told, kind) == frames(planted, kind)


def test_the_dirty_lens_is_found_but_for_a_day(report, planted):
    told = found(report, State.CONFIRMED, State.SUSPECTED)

    ((camera, frames_told),), ((planted_camera, paths),) = (
        frames(told, "hazy"),
        frames(planted, "hazy"),
    )
    # its first day lies among the days before: changes against the past are told by whole days
    assert camera == planted_camera
    assert frames_told <= paths
    assert len(frames_told) >= 0.75 * len(paths)


def test_the_stuck_camera_is_found_to_the_frame_and_no_other(report, planted):
    (one,) = [each for camera in report.cameras for each in camera.episodes if each.kind == "stuck"]
    ((_, camera, paths),) = [fact for fact in planted if fact[0] == "stuck"]

    rows = {report.paths[digest] for digest in one.hashes}
    assert (one.camera, one.state, one.frames) == (camera, State.CONFIRMED, len(paths))
    assert rows <= paths
    assert f"{one.since:%Y%m%d_%H%M%S}" in min(paths)
    assert f"{one.until:%Y%m%d_%H%M%S}" in max(paths)


def test_nothing_else_is_confirmed_and_hardly_anything_suspected(report, planted):
    sure = {(kind, camera) for kind, camera, _ in found(report, State.CONFIRMED)}
    unsure = {(kind, camera) for kind, camera, _ in found(report, State.SUSPECTED)}

    assert sure <= {(kind, camera) for kind, camera, _ in planted}
    # the dirty lens is less sharp, too, and so is the darker day before it
    assert unsure <= {("hazy", "cam3"), ("blurred", "cam3")}
