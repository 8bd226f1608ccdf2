"""`fieldcheck slices`: by a column, by pairs, and the weak spots among all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core import cli
from core.workflows import slices, weak_spots

PROMISED = {"column", "value", "right", "of", "effective", "low", "high", "drop", "state"}


@pytest.fixture
def run(capsys):
    def command(project, *arguments: str) -> tuple[int, str, str]:
        code = cli.main(["slices", "--project", str(project.folder), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def parsed(out: str) -> list[dict[str, Any]]:
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.parametrize("asked", [("--by", "camera"), ("--pairs",), ("--blind-spots",)])
def test_every_way_prints_the_promised_keys(run, patchy_project, asked):
    code, out, _ = run(patchy_project, *asked, "--json")

    assert code == 0
    assert parsed(out)
    assert all(set(row) >= PROMISED for row in parsed(out))


def test_pairs_are_those_of_the_page_and_can_be_had_for_one_column(run, patchy_project):
    _, out, _ = run(patchy_project, "--pairs", "--json")
    _, some, _ = run(patchy_project, "--pairs", "--by", "light", "--json")

    assert parsed(out) == slices.rows_json(weak_spots.pairs(patchy_project))
    assert all("light" in (row["column"], row["column_2"]) for row in parsed(some))
    assert 0 < len(parsed(some)) < len(parsed(out))


def test_the_weak_spot_is_told_in_a_sentence(run, patchy_project, patchy_frames):
    code, out, _ = run(patchy_project, "--blind-spots")
    count = f"right in {patchy_frames.spot_right} of {patchy_frames.spot} frames"

    assert code == 0
    assert "very unlikely to be chance" in out.splitlines()[0]
    assert f"Camera cam3 and light night: {count} (50 %" in out


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ((), "--by COLUMN, --pairs or --blind-spots"),
        (("--pairs", "--by", "colour"), "No pair with the column 'colour'"),
        (("--by", "colour"), "no column 'colour'"),
    ],
)
def test_bad_input_is_one_plain_line(run, patchy_project, asked, text):
    code, out, err = run(patchy_project, *asked)

    assert (code, out) == (2, "")
    assert text in err
    assert len(err.strip().splitlines()) == 1


def test_without_labels_the_promised_keys_are_there_and_nothing_is_right(
    run, tiny_model, own_frames, tmp_path
):
    from core.workflows import projects, scoring

    text = own_frames.metadata.read_text(encoding="utf-8").splitlines()
    cells = [line.split(",") for line in text]
    own_frames.metadata.write_text("\n".join(",".join([c[0], "", *c[2:]]) for c in cells))
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, metadata=own_frames.metadata,
        folder=tmp_path / "bare",
    )  # fmt: skip
    scoring.prepare(project)
    code, out, _ = run(project, "--by", "camera", "--json")

    assert code == 0
    assert all(set(row) >= PROMISED for row in parsed(out))
    assert {row["right"] for row in parsed(out)} == {None}
    assert {row["state"] for row in parsed(out)} == {"not_enough"}
    assert all(0 < row["confidence"] <= 1 for row in parsed(out))
    assert {row["guess_low"] for row in parsed(out)} == {None}  # no reference to learn from
    code, out, _ = run(project, "--by", "camera")
    assert code == 0 and "no labelled reference" in out
    code, _, err = run(project, "--blind-spots")
    assert code == 2
    assert "Without labels" in err
