"""What was planted in the sample for the Confidence page is found there: blank frames, animals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.records import Folder, State
from core.workflows import probes, projects, scores, scoring, unusual
from core.workflows.projects import Project

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
CLEAN = 60  # frames of camera 2 that nothing was done to
PER_CLASS = 20  # reference frames; all of them would take three times as long


def planted_paths(*kinds: str) -> set[str]:
    facts = json.loads((SAMPLE / "planted.json").read_text(encoding="utf-8"))
    return {path for fact in facts if fact["kind"] in kinds or not kinds for path in fact["paths"]}


@pytest.fixture(scope="module")
def small_sample(tmp_path_factory) -> Project:
    """The planted blanks and animals among clean frames, with part of the reference, scored."""
    root = tmp_path_factory.mktemp("sample")
    strange, touched = planted_paths("blank", "animal"), planted_paths()
    of_camera = sorted((SAMPLE / "field" / "cam2").rglob("*.jpg"))
    clean = [path.relative_to(SAMPLE / "field").as_posix() for path in of_camera]
    clean = [path for path in clean if path not in touched][:CLEAN]
    wanted = [Path("field") / path for path in (*strange, *clean)]
    for folder in sorted((SAMPLE / "reference").iterdir()):
        wanted += [path.relative_to(SAMPLE) for path in sorted(folder.glob("*.jpg"))[:PER_CLASS]]
    for path in wanted:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLE / path, root / path)
    shutil.copyfile(SAMPLE / "metadata.csv", root / "metadata.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(root / "home"))
        project = projects.create_project(
            model=SAMPLE / "model" / "tools_lite0.safetensors",
            field=root / "field",
            reference=root / "reference",
            folder=root / "project",
        )
        scoring.prepare(project)
    return project


def test_every_blank_frame_and_animal_is_unusual_and_the_clean_camera_is_not(small_sample):
    report = unusual.unusual(small_sample)
    found = set(report.frames["path"])
    clean = set(scores.scores(small_sample).of(Folder.FIELD)["path"]) - planted_paths()
    print(f"unusual: {len(found & planted_paths())} planted, {len(found & clean)} of {len(clean)}")

    assert planted_paths("blank", "animal") <= found
    assert len(found & clean) <= 0.2 * len(clean)
    cam2 = next(said for said in report.by_camera if said.headline.startswith("cam2"))
    assert cam2.state is not State.CONFIRMED


def test_blank_frames_are_told_by_their_pixels_alone(small_sample):
    frames = scores.scores(small_sample).of(Folder.FIELD).set_index("path")

    for path in planted_paths("blank"):
        facts = unusual.stored_facts(small_sample, frames.loc[path, "content_hash"])
        assert facts is not None
        assert "there is nothing to see in the picture" in unusual.pixel_reasons(facts)


def test_everything_drawn_is_caught_however_sure_the_shipped_model_is_of_it(small_sample):
    probes.sit(small_sample)
    statement, results = probes.probes(small_sample)
    drawn = [result for result in results if not result.name.startswith("shuffled")]

    assert len(drawn) == 13
    assert all(result.is_caught for result in drawn)
    assert max(result.confidence for result in drawn) > 0.9
    assert statement.headline.startswith(("Good", "Fair"))
