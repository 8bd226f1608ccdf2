"""`fieldcheck export` and `fieldcheck import`: the same verbs from a shell."""

from __future__ import annotations

import json

import pytest

from core.cli import main
from core.commands import export as export_command
from core.commands import importing as import_command
from core.workflows import export, importing
from tests.pages.conftest import decide


def run(capsys, *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().out


def test_the_help_names_every_format():
    for name in [*export.FORMAT_TITLES, *export.FOLDER_TITLES]:
        assert name in export_command.FORMATS
    assert set(export.FORMAT_TITLES) | set(export.FOLDER_TITLES) == set(export.ABOUT)
    for name in importing.FORMATS:
        assert name in import_command.FORMATS


def test_a_folder_goes_out_comes_in_and_is_taken_back(capsys, tiny_project, tmp_path):
    decide(tiny_project, 0, "label", "blue")
    out = str(tmp_path / "coco")

    code, said = run(capsys, "export", "--format", "coco", "--out", out, "--json")
    assert code == 0 and json.loads(said)["is_finished"]
    assert json.loads(said)["pictures"] == 1
    code, said = run(capsys, "import", out, "--preview", "--json")
    assert json.loads(said)["counts"]["same"] == 1 and json.loads(said)["new"] is None
    (tmp_path / "x.csv").write_text("path,label\nno_row.jpg,green\n")
    code, said = run(capsys, "import", str(tmp_path / "x.csv"))
    assert code == 0 and "1 label of x.csv brought in" in said
    code, said = run(capsys, "import", "--undo")

    assert code == 0 and said == "1 label of x.csv taken back; both stay on record.\n"


@pytest.mark.usefixtures("tiny_project")
def test_damaged_pictures_are_made_again(capsys, tmp_path):
    code, said = run(capsys, "export", "--slice", "frames", "--format", "damaged-copies",
                     "--condition", "low_light:3", "--out", str(tmp_path / "a"))  # fmt: skip
    assert code == 0 and "49 damaged pictures would be made" in said
    code, said = run(capsys, "export", "--rebuild", str(tmp_path / "a"), "--out",
                     str(tmp_path / "b"))  # fmt: skip

    assert code == 0 and "49 pictures, byte for byte" in said


@pytest.mark.usefixtures("tiny_project")
@pytest.mark.parametrize(
    "arguments",
    [["import"], ["import", "x", "--undo"], ["import", "none.csv"], ["export", "--format", "tfds"],
     ["export", "--rebuild", "x"], ["import", "--undo"]],
)  # fmt: skip
def test_what_cannot_be_is_one_line_and_exit_2(arguments, capsys):
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
