"""`fieldcheck stress`: the numbers of the page, and plain lines for bad input."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.workflows import stress

ASKED = ["--corruptions", "occlusion,contrast", "--severities", "3,5", "--frames", "12"]


@pytest.fixture
def run(capsys, tiny_project):
    def command(*arguments: object) -> tuple[int, str, str]:
        folder = str(tiny_project.folder)
        code = cli.main(["stress", "--project", folder, *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_json_is_a_row_a_condition_with_the_numbers_of_the_page(run, tiny_project):
    code, out, _ = run(*ASKED, "--json")
    rows = json.loads(out)

    assert code == 0
    assert [(row["corruption"], row["severity"]) for row in rows] == [
        ("contrast", 3.0), ("contrast", 5.0), ("occlusion", 3.0), ("occlusion", 5.0),
    ]  # fmt: skip
    assert {"right", "of", "low", "high", "drop"} <= set(rows[0])
    asked = stress.plan(
        tiny_project, corruptions=["occlusion", "contrast"], severities=[3, 5], frames=12
    )
    shown = stress.stress(tiny_project, asked)
    assert rows == stress.stress_json(shown)


def test_the_words_are_those_of_the_page(run, tiny_project):
    _, out, _ = run(*ASKED)
    asked = stress.plan(
        tiny_project, corruptions=["occlusion", "contrast"], severities=[3, 5], frames=12
    )
    shown = stress.stress(tiny_project, asked)

    assert out.splitlines()[0] == shown.headline.headline
    assert all(statement.headline in out for statement in shown.statements)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--corruptions", "motoin_blur"], "Did you mean 'motion_blur'"),
        (["--severities", "7"], "found 7"),
        (["--corruptions", ","], "at least one condition"),
        (["--corruptions", "glare+gamma+hand+box"], "one to 3 corruptions; found 4"),
        (["--share", "0"], "damages no frame"),
        (["--size", "100"], "448 or 224"),
        (["--trained-with", "fogg", *ASKED], "Did you mean"),
        (["--hard-set", "night", *ASKED], "no frozen set “night”"),
    ],
)
def test_bad_input_ends_with_2_and_a_plain_line(run, arguments, message):
    code, out, err = run(*arguments)

    assert code == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_chain_share_time_and_training_reach_the_plan(run):
    code, out, _ = run(
        "--corruptions", "low_light:4+iso_noise:2,contrast", "--severities", "3", "--share", "0.5",
        "--minutes", "5", "--trained-with", "contrast", "--json",
    )  # fmt: skip
    rows = json.loads(out)

    assert code == 0
    assert {row["corruption"] for row in rows} == {"low_light:4+iso_noise:2", "contrast"}
    assert {(row["share"], row["of"]) for row in rows} == {(0.5, 60)}
    _, said, _ = run("--corruptions", "contrast", "--severities", "3", "--share", "0.5")
    assert "Damages it was trained with: right in" in said
    assert "are damaged, drawn by chance" in said


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "inf"])
def test_impossible_minutes_are_refused(run, minutes):
    with pytest.raises(SystemExit):
        run("--minutes", minutes)
