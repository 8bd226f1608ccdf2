"""`fieldcheck confidence` and `probes`, and "not sure" on the command line."""

from __future__ import annotations

import json

import pytest

from core.cli import main
from core.workflows import budget, choices, dial, probes, quick_check, scores


@pytest.fixture
def said(capsys, tiny_project):
    """said("confidence") is what that command prints for the tiny project."""

    def run(*arguments: object) -> str:
        code = main([*map(str, arguments), "--project", str(tiny_project.folder)])
        assert code == 0
        return capsys.readouterr().out

    return run


def test_a_mark_is_chosen_and_taken_back(said, tiny_project):
    text = said("confidence", "--choose", "0.9")
    data = json.loads(said("confidence", "--json"))

    assert choices.choices_of(tiny_project).sure_threshold == 0.9
    assert budget.chosen_words(0.9) in text.splitlines()
    assert data["threshold"] == data["chosen"] == 0.9
    assert said("confidence", "--choose", "none").splitlines()[-1] == budget.chosen_words(None)
    assert choices.choices_of(tiny_project).sure_threshold is None


@pytest.mark.parametrize("mark", ["1.2", "-0.1", "some", "nan"])
def test_a_mark_that_is_none_is_refused(mark, tiny_project):
    with pytest.raises(SystemExit) as stopped:
        main(["confidence", "--choose", mark, "--project", str(tiny_project.folder)])

    assert stopped.value.code == 2


def test_the_exam_is_sat_and_printed(said, tiny_project, tmp_path, colour_picture):
    colour_picture(tmp_path / "odd" / "floor.jpg", "green", seed=5)
    rows = json.loads(said("probes", "--json"))
    with_folder = json.loads(said("probes", "--folder", tmp_path / "odd", "--json"))
    lines = said("probes").splitlines()

    statement, results = probes.probes(tiny_project)
    assert rows[0].keys() >= {"name", "answer", "confidence", "strangeness", "caught_by"}
    assert len(with_folder) == len(rows) + 1 == len(results)
    assert lines[:2] == [statement.headline, statement.next_step]
    assert len(json.loads(said("probes", "--folder", "none", "--json"))) == len(rows)


def test_under_the_mark_the_dial_and_the_quick_check_are_not_sure(said, tiny_project, tiny_frames):
    picture = tiny_frames.field_folder / "cam1" / "003.jpg"
    command = ("dial", picture, "--corruption", "low_light", "--severity", "4")
    sure = json.loads(said(*command, "--json"))
    choices.set_sure_threshold(tiny_project, 0.999)
    unsure = json.loads(said(*command, "--json"))

    assert sure["answer"] == sure["leaning"] == "red"
    assert (unsure["answer"], unsure["leaning"]) == ("not sure", "red")
    assert unsure["clean"]["answer"] == "not sure"
    assert unsure["confidence"] == sure["confidence"]
    assert any("not sure" in line for line in said(*command).splitlines())
    digest = scores.scores(tiny_project).frames.set_index("path").loc["cam1/003.jpg"]
    chain = dial.chain_of(["low_light"], [4])
    _, _, live = dial.dial_pictures(tiny_project, digest["content_hash"], chain=chain)
    assert live["answer"] == "not sure"
    checked = quick_check.quick_check(tiny_project, [("red_1.jpg", picture.read_bytes())])
    assert checked.headline.headline.startswith("Not sure: only ")


def test_an_unusual_picture_is_not_sure_however_sure_the_model_is(tiny_project, tmp_path):
    import numpy as np
    import PIL.Image

    PIL.Image.fromarray(np.full((64, 64, 3), (250, 0, 0), np.uint8)).save(tmp_path / "plain.png")
    choices.set_sure_threshold(tiny_project, 0.5)
    found = quick_check.quick_check(
        tiny_project, [("plain.png", (tmp_path / "plain.png").read_bytes())]
    )

    assert found.frames["confidence"].iloc[0] > 0.99
    assert found.headline.headline.startswith("Not sure, the picture is unusual: it says")
