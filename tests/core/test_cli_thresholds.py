"""`fieldcheck thresholds`: the numbers of the page."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.workflows import thresholds


@pytest.fixture
def run(capsys, tiny_project):
    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments), "--project", str(tiny_project.folder)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_thresholds_prints_and_writes_the_pages_numbers(run, tiny_project, tmp_path):
    out_file = tmp_path / "bars.json"
    code, out, _ = run("thresholds", "--json", "--out", out_file)
    report = thresholds.thresholds(tiny_project)

    assert code == 0
    assert json.loads(out) == thresholds.thresholds_json(report)
    assert json.loads(out_file.read_text(encoding="utf-8")) == json.loads(out)


def test_thresholds_in_words_and_as_a_sidecar(run, tiny_project, tmp_path):
    out_file = tmp_path / "m.model.json"
    code, out, _ = run("thresholds", "--out", out_file, "--sidecar", "--recall", "0.9")
    report = thresholds.thresholds(tiny_project, recall=0.9)

    assert code == 0
    assert out.splitlines()[0].startswith(report.headline.headline)
    assert out.splitlines()[-1] == f"Written: {out_file}"
    written = json.loads(out_file.read_text(encoding="utf-8"))
    assert written["thresholds"] == report.bars and "classes" in written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["thresholds", "--training", "nowhere.csv"], "nothing at"),
        (["thresholds", "--sidecar"], "--sidecar needs --out"),
        (["thresholds", "--recall", "0"], "above 0"),
    ],
)
def test_bad_input_ends_with_2_and_a_plain_line(run, arguments, message):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert message in err
