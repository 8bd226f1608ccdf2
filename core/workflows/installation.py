"""Is Fieldcheck itself in order? Packages, window, data folder."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from core.launch import ROOT, browser_path
from core.project import home

_MODULES = {"opencv-python-headless": "cv2", "pillow": "PIL", "sqlite-utils": "sqlite_utils"}
"""Distributions that are imported under another name."""

_PATIENCE = 180  # s, for a slow disk to bring in every package
_LEAST_FREE = 1_000_000_000  # bytes; answers of a hundred thousand frames take about half
_IMPORT = """
import importlib, json, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        print(json.dumps([name, None]), flush=True)
    except BaseException as error:
        print(json.dumps([name, f"{type(error).__name__}: {error}"[:200]]), flush=True)
"""


@dataclass(frozen=True)
class Check:
    """One thing Fieldcheck needs; `note` says what to do where it is not in order."""

    name: str
    found: str
    is_fine: bool
    note: str = ""


def check_installation() -> list[Check]:
    """Python, every package it needs (imported in a process of its own), window and data folder."""
    return [_python(), *_packages(), _window(), _data_folder(home())]


def installation_json(checks: list[Check]) -> list[dict[str, Any]]:
    """The checks as `fieldcheck doctor --json` prints them."""
    return [asdict(check) for check in checks]


def check_lines(checks: list[Check]) -> list[str]:
    """The checks in words, what is wrong first."""
    wrong = [check for check in checks if not check.is_fine]
    lines = [f"✗ {check.name}: {check.found}. {check.note}" for check in wrong]
    fine = [f"{check.name} {check.found}" for check in checks if check.is_fine]
    what = f"{len(fine)} of {len(checks)} checks of the installation are fine"
    return [*lines, f"{what}: {', '.join(fine)}."]


def _python() -> Check:
    wanted = (3, 11)
    return Check(
        "Python",
        sys.version.split()[0],
        sys.version_info >= wanted,
        "Fieldcheck needs Python 3.11 or later.",
    )


def requirements() -> list[Requirement]:
    """What Fieldcheck declares that it needs, extras left out."""
    try:
        declared = importlib.metadata.requires("fieldcheck") or []
    except importlib.metadata.PackageNotFoundError:
        declared = _declared(ROOT / "pyproject.toml")
    found = [Requirement(line) for line in declared]
    return [one for one in found if one.marker is None or one.marker.evaluate({"extra": ""})]


def _declared(path: Path) -> list[str]:
    lines: list[str] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]
    return lines


def _packages() -> list[Check]:
    wanted = requirements()
    problems = _imported([_module(one) for one in wanted])
    return [_package(one, problems.get(_module(one))) for one in wanted]


def _module(wanted: Requirement) -> str:
    return _MODULES.get(wanted.name, wanted.name.replace("-", "_"))


def _package(wanted: Requirement, problem: str | None) -> Check:
    mend = f'Install it again: python -m pip install "{wanted}"'
    try:
        version = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return Check(wanted.name, "missing", False, mend)
    if not wanted.specifier.contains(version, prereleases=True):
        return Check(wanted.name, f"{version}, wanted {wanted.specifier}", False, mend)
    if problem is not None:
        return Check(wanted.name, f"{version} cannot be brought in ({problem})", False, mend)
    return Check(wanted.name, version, True)


def _imported(modules: list[str]) -> dict[str, str]:
    """Why modules cannot be imported; one that ends the process ends it for itself only."""
    problems: dict[str, str] = {}
    left = list(modules)
    while left:
        done = _run(left)
        problems |= {name: problem for name, problem in done.items() if problem is not None}
        left = left[len(done) :]
        if left:
            problems[left[0]] = "it ends the program"
            left = left[1:]
    return problems


def _run(modules: list[str]) -> dict[str, str | None]:
    """What became of the modules up to the first that ended the process."""
    try:
        process = subprocess.run(
            [sys.executable, "-c", _IMPORT, *modules],
            capture_output=True, text=True, check=False, timeout=_PATIENCE,
            env={**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1"},
        )  # fmt: skip
        said = process.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
    return dict(json.loads(line) for line in said.splitlines() if line.startswith("["))


def _window() -> Check:
    found = browser_path()
    if found:
        return Check("window", f"opens with {Path(found).name}", True)
    return Check("window", "opens as a tab of the usual browser", True)


def _data_folder(folder: Path) -> Check:
    name = "data folder"
    note = "Free space or change its permissions, or name another folder with FIELDCHECK_HOME."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"fieldcheck")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(name, f"{folder} cannot be written ({error.strerror})", False, note)
    room = f"{folder}, {free / 1e9:,.0f} GB free"
    return Check(name, room, free >= _LEAST_FREE, note)
