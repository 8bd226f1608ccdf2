"""The history, sessions and honest accuracy from the command line."""

from __future__ import annotations

import json

import pytest

from core.cli import main
from core.workflows import queue
from tests.pages.conftest import decide


@pytest.fixture
def run(capsys):
    """run("sessions", "list") gives the exit code and what was printed; JSON is read."""

    def call(*arguments: str):
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in arguments and code == 0 else out + err

    return call


@pytest.fixture
def decided(tiny_project):
    return [decide(tiny_project, n, "label", "blue") for n in range(3)]


def test_history_and_undo_to(run, tiny_project, decided):
    code, told = run("reviews", "history", "--json")
    assert code == 0 and [row["id"] for row in told["reviews"]] == [one.id for one in decided[::-1]]
    assert {"sentence", "life_before", "life_after", "path", "counts"} <= set(told["reviews"][0])

    code, row = run("reviews", "undo", "--to", decided[0].id[:13], "--preview", "--json")
    assert code == 0 and row["done"] == 0 and len(row["named"]) == 2
    assert not any(one["is_undone"] for one in queue.reviews_list(tiny_project))

    code, row = run("reviews", "undo", "--to", decided[0].id, "--json")
    assert row["done"] == 2 and row["sentence"].startswith("Takes back 2 decisions on 2 frames")
    code, row = run("reviews", "undo", "--back", "--json")
    assert row["done"] == 2
    assert not any(one["is_undone"] for one in queue.reviews_list(tiny_project)[:3])

    code, said = run("reviews", "undo", "--one", decided[2].id)
    assert code == 0 and "Takes back 1 decision on 1 frame" in said
    code, said = run("reviews", "history", "--class", "blue", "--page", "1")
    assert code == 0 and "(taken back)" in said


@pytest.mark.usefixtures("tiny_project")
def test_undo_of_nothing_is_told(run):
    assert run("reviews", "undo", "--to", "abc")[0] == 2
    code, said = run("reviews", "undo", "--back")
    assert code == 2 and "no undo of this kind" in said
    assert run("reviews", "history")[1].strip() == "No reviews yet."


def test_sessions_are_listed_shown_ended_and_exported(run, tmp_path, decided):
    code, (row,) = run("sessions", "list", "--json")
    assert code == 0 and row["id"] == decided[0].id and row["tally"]["frames"] == 3

    code, told = run("sessions", "end", "--json")
    assert code == 0 and told["ended_by"] == "person" and len(told["closing"]) >= 4
    assert run("sessions", "end")[0] == 2

    out = tmp_path / "one.jsonl"
    code, row = run("sessions", "export", "last", "--format", "jsonl", "--out", str(out), "--json")
    assert code == 0 and row["reviews"] == len(out.read_text("utf-8").splitlines()) == 3
    assert run("sessions", "show")[0] == 2 and run("sessions", "show", "zzz")[0] == 2


@pytest.mark.usefixtures("decided")
def test_accuracy_is_told_in_three_figures_and_the_worst_light(run, tiny_frames):
    code, row = run("accuracy", "--json")

    assert code == 0 and row["estimate"] is None
    assert row["as_labelled"]["right"] == tiny_frames.right
    assert row["worst_light"]["frames"] == 49
    code, said = run("accuracy")
    assert "As labelled 86 % (36 of 42 frames)" in said and "random-check frames" in said
