"""A sweep whose process is killed at random moments ends with the answers of one that was not."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from core.workflows import projects, stress

ROOT = Path(__file__).resolve().parents[3]
KILLS = 3
ASKED = {"corruptions": ("occlusion", "contrast", "gaussian_noise"), "severities": (3.0, 5.0)}
FRAMES = 16
SWEEP = f"""
import sys, time
from pathlib import Path
from core.workflows import projects, stress, sweep

project, log = projects.open_project(Path(sys.argv[1])), open(sys.argv[2], "ab", buffering=0)
model = sweep.classifier_of(project)

class Logged:
    spec, has_embeddings = model.spec, model.has_embeddings
    def forward(self, batch):
        log.write(b"." * len(batch))
        time.sleep(0.02)  # so that a kill finds it at work
        return model.forward(batch)

sweep.classifier_of = lambda project: Logged()
asked = stress.plan(project, **{ASKED!r}, frames={FRAMES})
sweep.sweep(project, asked)
"""


def answers(project) -> pd.DataFrame:
    asked = stress.plan(project, **ASKED, frames=FRAMES)
    stored, _ = stress.damaged_answers(project, asked)
    return stored.sort_values(["content_hash", "chain"], ignore_index=True)


def start(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", SWEEP, str(folder), str(log)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
    )  # fmt: skip


def kill_after(process: subprocess.Popen[bytes], log: Path, *, pictures: int, wait: float) -> None:
    """SIGKILL a moment after that many pictures were asked in all."""
    until = time.monotonic() + 60
    while log.stat().st_size < pictures:
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"it ended before it was killed: {process.communicate()[1].decode()}")
        time.sleep(0.001)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_killed_at_random_moments_it_ends_with_the_same_answers(tiny_project, tmp_path):
    whole = projects.open_project(
        shutil.copytree(tiny_project.folder, tmp_path / "never_killed")
    )  # fmt: skip
    stress.sweep(whole, stress.plan(whole, **ASKED, frames=FRAMES))
    a_frame = len(ASKED["corruptions"])  # pictures a frame is asked at one severity
    total = FRAMES * a_frame * len(ASKED["severities"])
    luck = random.Random(3)
    log = tmp_path / "asked.log"
    log.touch()

    for _ in range(KILLS):
        before = log.stat().st_size
        process = start(tiny_project.folder, log)
        more = a_frame * luck.randint(1, 5)
        kill_after(process, log, pictures=before + more, wait=luck.uniform(0, 0.03))
        kept = answers(tiny_project)

        assert process.returncode == -signal.SIGKILL
        assert set(kept.groupby(["content_hash", "severity"]).size()) <= {a_frame}, "half a frame"
        with sqlite3.connect(tiny_project.database) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert 0 < len(answers(tiny_project)) < total
    last = start(tiny_project.folder, log)
    _, said = last.communicate(timeout=60)

    assert last.returncode == 0, said.decode()
    pd.testing.assert_frame_equal(answers(tiny_project), answers(whole))
    assert len(answers(tiny_project)) == total
    # A kill costs at most the one frame that was with the model and not yet on disk.
    assert total <= log.stat().st_size <= total + KILLS * a_frame
