"""
Our Label Studio export through Label Studio's own converter, with figures; a command, not a test.

Its SDK wants an older NumPy than ours, so it runs in an environment of its own:

    python -m venv /tmp/ls && /tmp/ls/bin/pip install label-studio-sdk
    python -m tests.references.label_studio_round_trip --python /tmp/ls/bin/python

Without --project it uses the sample. Exit 1 if the converter reads another label than we wrote.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from core.workflows import export, export_folder, export_made, importing, projects, scores, scoring

THERE = """
import json, os, sys
from importlib.metadata import version
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
source, out = sys.argv[1:3]
config = open(f"{source}/config.xml", encoding="utf-8").read()
tasks = json.load(open(f"{source}/tasks.json", encoding="utf-8"))
interface = LabelInterface(config)
interface.validate()
bad = sum(
    (not interface.validate_task({"data": task["data"]}))
    + sum(not interface.validate_annotation(one) for one in task["annotations"])
    + sum(not interface.validate_prediction(one) for one in task["predictions"])
    for task in tasks
)
converter = Converter(config=f"{source}/config.xml", project_dir=source, download_resources=False)
os.makedirs(out)
converter.convert_to_json_min(f"{source}/tasks.json", out, is_dir=False)
converter.convert_to_csv(f"{source}/tasks.json", out, is_dir=False, sep=",", header=True)
print("FOUND" + json.dumps([version("label-studio-sdk"), len(tasks), bad, os.listdir(out)]))
"""


def main() -> int:
    """Export, convert there, bring the result in here, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--python", type=Path, required=True, help="of the SDK's environment")
    parser.add_argument("--project", type=Path, help="a scored project (default: the sample)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ.setdefault("FIELDCHECK_HOME", f"{place}/home")
        project = (
            projects.open_project(options.project) if options.project else projects.open_sample()
        )
        scoring.prepare(project)
        return _compared(project, options.python, Path(place))


def _compared(project: projects.Project, python: Path, place: Path) -> int:
    found = export.export(project, choice="frames")
    handed = export_made.plan(project, found, "label-studio")
    written = export_folder.hand_over(project, handed, out=place / "out")
    done = subprocess.run(
        [str(python), "-c", THERE, str(written.path), f"{place}/there"],
        capture_output=True, text=True, check=False, cwd=place,
    )  # fmt: skip
    line = next((one for one in done.stdout.splitlines() if one.startswith("FOUND")), None)
    if line is None:
        print(done.stderr[-2000:], file=sys.stderr)
        return 1
    version, tasks, bad, files = json.loads(line.removeprefix("FOUND"))
    standing = scores.reviewed(project)
    ours = {picture.content_hash for picture in handed.plan.pictures}
    decided = int(standing.loc[standing["label"].notna(), "content_hash"].isin(ours).sum())
    print(f"label-studio-sdk {version}: {tasks} tasks, {bad} its validation refuses; wrote {files}")
    is_fine = not bad and tasks == len(ours)
    reader = import_module("core.imports.registry").read_labels
    for name in sorted(files):
        seen = importing.preview(project, place / "there" / name)
        read = sum(row.label is not None for row in reader(place / "there" / name).rows)
        print(f"{name}: {read} labels of {decided} decided; looked at here: {seen.sentence}")
        is_fine &= read == decided == seen.counts.get("same", 0)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
