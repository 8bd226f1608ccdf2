"""Out in every format, into a fresh copy of the project: the same labels stand."""

from __future__ import annotations

import shutil

import pytest

from core.exports.registry import FOLDERS, FORMATS
from core.workflows import export, export_folder, export_made, importing, projects, scores


@pytest.fixture
def fresh_copy(tiny_project, tmp_path):
    """The project before anyone decided anything."""
    shutil.copytree(tiny_project.folder, tmp_path / "copy")
    return projects.open_project(tmp_path / "copy")


@pytest.fixture
def decided(tiny_project, fresh_copy, decide):
    """A decision of every kind, made after the copy was taken."""
    assert labels(fresh_copy) == {}
    decide(tiny_project, "cam1/003.jpg", "agree", "red")
    decide(tiny_project, "cam2/006.jpg", "label", "red")
    decide(tiny_project, "cam2/007.jpg", "label", "green")
    decide(tiny_project, "cam1/000.jpg", "label", "green")  # had no label
    decide(tiny_project, "red/000.jpg", "label", "blue")  # of the reference
    decide(tiny_project, "cam2/012.jpg", "unsure")
    decide(tiny_project, "cam1/005.jpg", "skip")
    decide(tiny_project, "cam1/004.jpg", "hard_case", "on")
    return tiny_project


def labels(project) -> dict[str, str]:
    table = scores.reviewed(project)
    return dict(table.loc[table["label"].notna(), ["content_hash", "label"]].to_numpy())


@pytest.mark.parametrize("choice", ["reviewed", "frames"])
@pytest.mark.parametrize("name", [*FORMATS, *FOLDERS])
def test_the_same_labels_stand(name, choice, decided, fresh_copy, tmp_path):
    found = export.export(decided, choice=choice)
    out = tmp_path / "out"
    if name in FORMATS:
        out = export.write_export(decided, found, format_name=name, out=out.with_suffix(f".{name}"))
    else:
        handed = export_made.plan(decided, found, name)
        assert export_folder.hand_over(decided, handed, out=out).is_finished
    wanted = labels(decided)
    if choice == "frames":  # the field's only
        wanted = {h: v for h, v in wanted.items() if h in set(found.table["content_hash"])}

    seen = importing.preview(fresh_copy, out)
    importing.bring_in(fresh_copy, seen)

    assert labels(fresh_copy) == wanted
    assert importing.bring_in(fresh_copy, importing.preview(fresh_copy, out)) == 0
    importing.undo(fresh_copy)
    assert labels(fresh_copy) == {}
    assert importing.bring_in(fresh_copy, importing.preview(fresh_copy, out)) == len(wanted)
    assert labels(fresh_copy) == wanted
