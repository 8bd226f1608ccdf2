"""`fieldcheck stress --shortcuts`: the sentence and numbers of the page, and plain refusals."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.records import Folder
from core.workflows import shortcuts


@pytest.fixture
def run(capsys, tiny_project):
    def command(*arguments: object) -> tuple[int, str, str]:
        folder = str(tiny_project.folder)
        code = cli.main(["stress", "--shortcuts", "--project", folder, *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_json_is_the_exam_with_the_numbers_of_the_page(run, tiny_project):
    code, out, err = run("--frames", 12, "--seed", 3, "--json")
    found = json.loads(out)

    assert code == 0
    assert "12 of 12 frames" in err
    assert {"cue", "state", "headline", "next_step", "left_out", "changes"} <= set(found)
    assert [row["change"] for row in found["changes"]][:3] == ["grey", "hue_swap", "patch_shuffle"]
    assert {"right", "of", "low", "high", "drop", "q", "keeps", "state"} <= set(found["changes"][0])
    asked = shortcuts.exam(tiny_project, frames=12, seed=3)
    assert found == shortcuts.shortcuts_json(shortcuts.shortcuts(tiny_project, asked))


def test_the_words_are_those_of_the_page(run, tiny_project):
    _, out, _ = run("--on", "field", "--frames", 8)
    asked = shortcuts.exam(tiny_project, folder=Folder.FIELD, frames=8)
    shown = shortcuts.shortcuts(tiny_project, asked)

    assert out.splitlines()[0] == shown.headline.headline
    assert all(statement.headline in out for statement in shown.statements)


def test_conditions_beside_the_exam_are_refused(run):
    code, out, err = run("--corruptions", "contrast")

    assert (code, out) == (2, "")
    assert "changes of its own" in err
    assert "Traceback" not in err
