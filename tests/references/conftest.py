"""The grocery photos scored once by the command line; copied by those who change something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import once

ROOT = Path(__file__).resolve().parents[2]
GROCERY = ROOT.parent / "shared" / "grocery"


@pytest.fixture(scope="session")
def grocery_home(tmp_path_factory, worker_id) -> Path:
    """A home with `project`, both folders scored, and `printed.json`, what the command said."""

    def make(home: Path) -> None:
        done = subprocess.run(
            [
                sys.executable, "-m", "core.cli", "score", "--json",
                "--model", str(GROCERY / "model" / "grocery_lite0.safetensors"),
                "--frames", str(GROCERY / "field"), "--reference", str(GROCERY / "reference"),
                "--metadata", str(GROCERY / "metadata.csv"), "--project", str(home / "project"),
            ],
            cwd=ROOT, env={**os.environ, "FIELDCHECK_HOME": str(home)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)
        (home / "printed.json").write_text(done.stdout, encoding="utf-8")

    return once(tmp_path_factory, worker_id, "grocery", make)
