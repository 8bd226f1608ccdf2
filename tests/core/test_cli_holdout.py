"""`fieldcheck stress --write-holdout` and its kin: the verbs' numbers, exit codes, plain lines."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.workflows import holdout, reserved

QUICK = ["--corruptions", "contrast,fog+occlusion:2", "--severities", "1,3"]


@pytest.fixture
def run(capsys, tiny_project):
    def command(*arguments: object) -> tuple[int, str, str]:
        folder = str(tiny_project.folder)
        code = cli.main(["stress", "--project", folder, *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_write_list_rebuild_and_unlock_in_json(run, tiny_project, tmp_path):
    code, out, _ = run("--write-holdout", "10%", *QUICK, "--json")
    wrote = json.loads(out)

    assert code == 0
    assert set(wrote) == {
        "name", "path", "is_finished", "pictures", "planned", "same", "of", "clips", "labels",
        "locked", "problems",
    }  # fmt: skip
    assert (wrote["pictures"], wrote["of"], wrote["is_finished"]) == (6, 60, True)
    assert wrote["labels"] == {"blue": 2, "green": 2, "red": 2}

    code, out, _ = run("--list-holdouts", "--json")
    (row,) = json.loads(out)
    assert (code, row["name"], row["locked"]) == (0, wrote["name"], wrote["locked"])

    code, out, _ = run(
        "--rebuild-holdout", f"{wrote['path']}/recipe.json", "--out", tmp_path / "again", "--json"
    )
    again = json.loads(out)
    assert (code, again["same"], again["problems"]) == (0, 6, [])

    code, out, _ = run("--unlock-holdout", wrote["name"], "--json")
    assert (code, json.loads(out)) == (0, {"unlocked": wrote["name"]})
    assert reserved.reserved_hashes(tiny_project) == frozenset()


def test_the_words_are_those_of_the_verbs(run, tiny_project, tmp_path):
    code, out, _ = run("--write-holdout", "0.1", *QUICK, "--name", "gate", "--seed", 4)
    (row,) = holdout.holdouts(tiny_project)

    assert code == 0
    assert "“gate” is written: 6 damaged pictures, made of 6 of 60 labelled reference" in out
    assert "may test a model; nothing may learn from them" in out
    assert run("--list-holdouts")[1].strip() == holdout.holdout_line(row)
    code, out, _ = run("--rebuild-holdout", f"{row['path']}/recipe.json", "--out", tmp_path / "x")
    assert code == 0
    assert "All 6 pictures came out byte for byte the same" in out


def test_a_rebuild_that_differs_ends_with_1_and_names_the_file(run, tmp_path):
    wrote = json.loads(run("--write-holdout", "10%", *QUICK, "--json")[1])
    recipe = json.loads((tmp_path / f"{wrote['path']}/recipe.json").read_text(encoding="utf-8"))
    recipe["pictures"][1]["seed"] += 1
    (tmp_path / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    code, out, _ = run("--rebuild-holdout", tmp_path / "recipe.json", "--out", tmp_path / "again")

    assert code == 1
    assert f"Differs: {recipe['pictures'][1]['file']}" in out
    assert "Differs: recipe.json" in out


def test_an_empty_list_is_said(run):
    assert run("--list-holdouts")[1].strip() == "No test set is locked."
    assert json.loads(run("--list-holdouts", "--json")[1]) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write-holdout", "150%"], "more than nothing"),
        (["--write-holdout", "0%"], "more than nothing"),
        (["--write-holdout", "10"], "Did you mean 10%?"),
        (["--write-holdout", ""], "not a share"),
        (["--write-holdout", "0.1%"], "a clip is never split"),
        (["--write-holdout", "10%", "--corruptions", "fgo"], "No corruption is called 'fgo'"),
        (["--rebuild-holdout", "recipe.json"], "Give --out"),
        (["--rebuild-holdout", "none.json", "--out", "out"], "none.json cannot be read"),
        (["--unlock-holdout", "none"], "There is no test set 'none'"),
        (["--out", "somewhere"], "--out go with --write-holdout"),
    ],
)
def test_bad_input_ends_with_2_and_a_plain_line(run, arguments, message):
    code, out, err = run(*arguments)

    assert code == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err
