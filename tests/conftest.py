"""A small project whose every answer is known beforehand: the model names the strongest colour."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.once import once

ROOT = Path(__file__).resolve().parents[1]
CLASSES = ("red", "green", "blue")
START = datetime(2026, 3, 2, 8, 0)
WRONG = (6, 7, 12, 13, 20, 21)  # frames of camera 2, three clips, labelled against the answer


# Three workers share the cores: two threads of torch in each would only wait for one another.
# Before torch is imported; the servers and commands the tests start take it over.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")


# Files whose tests share something that takes long to make; on three workers it were made thrice.
DEAR = (
    "tests/contracts/test_models.py",
    "tests/core/models/test_exported.py",
    "tests/core/models/test_one_score.py",
    "tests/sample_data/test_quality.py",
    "tests/sample_data/test_sample_confidence.py",
)


def pytest_xdist_make_scheduler(config, log):
    """
    Each test goes where there is room, but the browser's keep together, one browser at a time, and
    a file of references or of DEAR too: what it makes first is made once.
    """
    from xdist.scheduler import LoadScopeScheduling

    class TogetherWhereDear(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith("tests/browser/"):
                return "browser"
            is_dear = nodeid.startswith(("tests/references/", *DEAR))
            return nodeid.split("::", maxsplit=1)[0] if is_dear else nodeid

    return TogetherWhereDear(config, log)


@dataclass(frozen=True)
class TinyFrames:
    """Where the tiny frames are, and what is true of them."""

    root: Path
    readable: int = 49  # field pictures that open
    broken: str = "cam2/broken.jpg"
    right: int = 36  # of the labelled field frames
    labelled: int = 42  # 6 of them wrong, all of camera 2
    unlabelled: int = 5  # 4 blank cells and the frame without a row
    unknown_label: str = "purple"  # on two frames; the model has no answer for it
    silent: int = 4  # wrong and at least 99 % sure
    clips: int = 22  # of the labelled field frames; neighbours 10 s apart share one
    reference: int = 60
    reference_right: int = 58
    without_row: str = "field/cam1/no_row.jpg"
    row_without_frame: str = "field/cam1/gone.jpg"

    @property
    def field_folder(self) -> Path:
        return self.root / "field"

    @property
    def reference_folder(self) -> Path:
        return self.root / "reference"

    @property
    def metadata(self) -> Path:
        return self.root / "metadata.csv"


@pytest.fixture(autouse=True)
def fieldcheck_home(tmp_path_factory, monkeypatch) -> Path:
    """Each test has a data folder of its own; nobody's real one is touched."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FIELDCHECK_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def colour_picture() -> Callable[..., None]:
    """colour_picture(path, "red", seed=3) writes a mottled picture of that colour."""

    def write(path: Path, colour: str, *, seed: int, strength: int = 150) -> None:
        rng = np.random.default_rng(seed)
        image = np.full((48, 64, 3), 40.0)
        image[:, :, CLASSES.index(colour)] += strength
        blocks = rng.uniform(-30, 30, (6, 8)).repeat(8, axis=0).repeat(8, axis=1)
        image += blocks[:, :, None]
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(path, quality=95)

    return write


@pytest.fixture(scope="session")
def colour_model() -> Callable[..., Path]:
    """colour_model(path, n_outputs=3) writes an ONNX file: mean of each colour, times ten."""

    def write(path: Path, *, n_outputs: int = 3) -> Path:
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        weight = np.zeros((3, n_outputs), np.float32)
        np.fill_diagonal(weight, 10.0)
        graph = helper.make_graph(
            [
                helper.make_node("GlobalAveragePool", ["pictures"], ["pooled"]),
                helper.make_node("Flatten", ["pooled"], ["features"]),
                helper.make_node("MatMul", ["features", "weight"], ["logits"]),
            ],
            "colours",
            [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, "h", "w"])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", n_outputs])],
            [numpy_helper.from_array(weight, "weight")],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, path)
        return path

    return write


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory, colour_model) -> Path:
    """An ONNX model with its sidecar beside it: the strongest colour is the answer."""
    path = colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")
    sidecar = {
        "architecture": None,
        "classes": list(CLASSES),
        "input": {
            "channels": "RGB", "resize": 32, "interpolation": "bilinear", "crop": 32,
            "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0],
        },
    }  # fmt: skip
    path.with_name("colours.model.json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_frames(tmp_path_factory, colour_picture) -> TinyFrames:
    """The frames, for looking at only; `own_frames` is a copy to change."""
    root = tmp_path_factory.mktemp("frames")
    rows: list[dict[str, str]] = []
    for camera, seed in (("cam1", 100), ("cam2", 200)):
        for number in range(24):
            colour = CLASSES[number % 3]
            path = f"field/{camera}/{number:03}.jpg"
            # every second frame comes 10 s after the one before it: one clip
            minutes, seconds = divmod(number, 2)
            moment = START + timedelta(minutes=10 * minutes, seconds=10 * seconds)
            label = colour
            if camera == "cam2" and number in WRONG:
                label = CLASSES[(number + 1) % 3]
            label = {0: "", 1: "", 2: "purple"}.get(number, label)
            strength = 90 if number % 5 == 2 else 150  # a paler picture, a less sure answer
            colour_picture(root / path, colour, seed=seed + number, strength=strength)
            rows.append(
                {
                    "path": path,
                    "label": label,
                    "camera": camera,
                    "taken_at": moment.isoformat(sep=" "),
                    "place": "counter" if number < 12 else "yard",
                }
            )
    rows.append(
        {
            "path": TinyFrames.row_without_frame, "label": "red", "camera": "cam1",
            "taken_at": "2026-03-02 20:00:00", "place": "yard",
        }
    )  # fmt: skip
    colour_picture(root / TinyFrames.without_row, "green", seed=1)
    (root / "field" / TinyFrames.broken).write_bytes(b"\xff\xd8\xff\xe0 not a picture any more")
    for colour in CLASSES:
        for number in range(20):
            is_wrong = colour == "red" and number < 2
            seen = "blue" if is_wrong else colour
            place = root / "reference" / colour / f"{number:03}.jpg"
            seed = 1000 * (1 + CLASSES.index(colour)) + number
            colour_picture(place, seen, seed=seed, strength=60 if is_wrong else 150)
    with (root / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return TinyFrames(root)


@pytest.fixture
def own_frames(tiny_frames, tmp_path) -> TinyFrames:
    """The tiny frames, copied, for tests that move, break or relabel them."""
    shutil.copytree(tiny_frames.root, tmp_path / "frames")
    return replace(tiny_frames, root=tmp_path / "frames")


@pytest.fixture(scope="session")
def _scored_folder(tmp_path_factory, tiny_model, tiny_frames) -> Path:
    from core.workflows import projects, queue_shares, scoring

    folder = tmp_path_factory.mktemp("scored") / "project"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(folder.parent / "home"))
        project = projects.create_project(
            model=tiny_model,
            field=tiny_frames.field_folder,
            reference=tiny_frames.reference_folder,
            folder=folder,
            title="Colours",
        )
        scoring.prepare(project)
        queue_shares.set_shares(project, blind=0)
    return folder


@pytest.fixture
def tiny_project(_scored_folder, tmp_path):
    """
    A project of the tiny frames and model, indexed and scored, opened last; yours to change.

    Every frame shows its answer, here and in the other scored ones: tests that ask for something
    else would stumble over the fifth that is asked blind.
    """
    from core.workflows import projects

    shutil.copytree(_scored_folder, tmp_path / "project")
    return projects.open_project(tmp_path / "project")


@pytest.fixture
def fresh_project(tiny_model, own_frames, tmp_path):
    """A project of `own_frames`, nothing indexed or scored yet."""
    from core.workflows import projects

    return projects.create_project(
        model=tiny_model,
        field=own_frames.field_folder,
        reference=own_frames.reference_folder,
        folder=tmp_path / "project",
    )


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory, worker_id) -> Path:
    """A home in which the sample project is scored, once a run; copied by who needs one."""
    code = (
        "from core.workflows import projects, queue_shares, scoring; own = projects.open_sample(); "
        "scoring.prepare(own); queue_shares.set_shares(own, blind=0)"
    )

    def make(home: Path) -> None:
        environment = {**os.environ, "FIELDCHECK_HOME": str(home), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)

    return once(tmp_path_factory, worker_id, "sample", make)


@dataclass(frozen=True)
class PatchyFrames:
    """What is true of `patchy_project`: each frame is its own clip, one corner is bad."""

    field: int = 360
    spot: int = 60  # frames of cam3 at night: paler, and half of them labelled against the answer
    spot_right: int = 30
    wrong: int = 33  # 3 more, elsewhere


@pytest.fixture(scope="session")
def patchy_frames() -> PatchyFrames:
    return PatchyFrames()


@pytest.fixture(scope="session")
def _patchy_folder(tmp_path_factory, tiny_model, colour_picture) -> Path:
    from core.workflows import projects, queue_shares, scoring

    root = tmp_path_factory.mktemp("patchy")
    lines = ["path,label,camera,taken_at,light"]
    for number in range(360):
        camera, light = f"cam{number % 3 + 1}", ("day", "night")[number // 3 % 2]
        colour = CLASSES[number // 6 % 3]
        is_spot = camera == "cam3" and light == "night"
        is_wrong = (is_spot and number // 6 % 2 == 0) or number in (0, 1, 7)
        label = CLASSES[(CLASSES.index(colour) + 1) % 3] if is_wrong else colour
        path = f"field/{camera}/{number:03}.jpg"
        colour_picture(root / path, colour, seed=number, strength=60 if is_spot else 150)
        at = START + timedelta(minutes=10 * number)
        lines.append(f"{path},{label},{camera},{at.isoformat(sep=' ')},{light}")
    for number in range(60):
        colour = CLASSES[number % 3]
        colour_picture(root / "reference" / colour / f"{number:03}.jpg", colour, seed=number)
    (root / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    folder = root / "project"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCHECK_HOME", str(root / "home"))
        project = projects.create_project(
            model=tiny_model, field=root / "field", reference=root / "reference",
            metadata=root / "metadata.csv", folder=folder, title="Patchy",
        )  # fmt: skip
        scoring.prepare(project)
        queue_shares.set_shares(project, blind=0)
    return folder


@pytest.fixture
def patchy_project(_patchy_folder, tmp_path):
    """Three cameras by day and night, wrong in half of what camera 3 sees at night."""
    from core.workflows import projects

    shutil.copytree(_patchy_folder, tmp_path / "patchy")
    return projects.open_project(tmp_path / "patchy")
