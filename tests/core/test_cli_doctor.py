"""`fieldcheck doctor`: the card's numbers, advice taken and taken back, the installation."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core import cli
from core.records import InputSpec, ModelSpec
from core.workflows import choices, doctor, installation, projects, scoring
from core.workflows.installation import Check

CLASSES = ("red", "green", "blue")
RIGHT = InputSpec(resize=32, crop=32, mean=(0.0,) * 3, std=(1.0,) * 3)


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The installation is checked by its own tests."""
    checks = [Check("Python", "3.11", True)]
    monkeypatch.setattr(installation, "check_installation", lambda: checks)
    return checks


@pytest.fixture
def wrong(tiny_model, tiny_frames, tmp_path):
    """A scored project whose model is read with the colours in the wrong order."""
    project = projects.create_project(
        model=tiny_model,
        spec=ModelSpec(CLASSES, replace(RIGHT, channels="BGR")),
        field=tiny_frames.field_folder,
        reference=tiny_frames.reference_folder,
        folder=tmp_path / "wrong",
    )
    scoring.prepare(project)
    return project


@pytest.fixture
def run(capsys):
    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["doctor", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_advice_is_reported_taken_and_taken_back(run, wrong):
    before = choices.choices_of(wrong).spec
    code, out, _ = run("--project", wrong.folder, "--adopt", "--json")
    report = json.loads(out)
    examined = report["preprocessing"]

    assert code == 0
    assert report["installation"] == [
        {"name": "Python", "found": "3.11", "is_fine": True, "note": ""}
    ]
    assert examined["state"] == "confirmed"
    assert examined["advice"]["right"] == 58
    assert examined["advice"]["setting"]["channels"] == "RGB"
    assert "the setting is probably wrong" in examined["headline"]
    assert "red, green, blue instead of" in report["adopted"]
    assert choices.choices_of(wrong).spec.input == RIGHT

    code, out, _ = run("--project", wrong.folder, "--take-back")
    assert code == 0
    assert "Taken back" in out
    assert choices.choices_of(wrong).spec == before

    code, out, _ = run("--project", wrong.folder)
    assert "Taken over" not in out
    assert doctor.headline(doctor.report(wrong)).headline in out
    assert choices.choices_of(wrong).spec == before


def test_a_right_setting_is_not_exchanged(run, tiny_project):
    before = choices.choices_of(tiny_project)
    code, out, _ = run("--project", tiny_project.folder, "--adopt")

    assert code == 0
    assert "Nothing was taken over" in out
    assert choices.choices_of(tiny_project) == before


def test_fail_on_ends_with_1_only_when_it_fires(run, wrong, tiny_project, installed):
    assert run("--project", wrong.folder, "--frames", 45, "--fail-on", "confirmed")[0] == 1
    assert run("--project", tiny_project.folder, "--fail-on", "suspected")[0] == 0

    installed.append(Check("torch", "missing", False, "Install it again."))

    assert run("--project", tiny_project.folder)[0] == 0
    assert run("--project", tiny_project.folder, "--fail-on", "confirmed")[0] == 1


def test_without_a_project_or_a_reference_the_installation_is_still_told(
    run, tiny_model, tiny_frames, tmp_path
):
    code, out, _ = run("--json")

    assert code == 0
    assert json.loads(out)["preprocessing"] is None
    assert "No project was opened yet" in json.loads(out)["note"]

    bare = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(bare)
    code, out, _ = run("--project", bare.folder)

    assert code == 0
    assert "1 of 1 checks of the installation are fine" in out
    assert "there are no labelled reference frames" in out


def test_taking_back_what_was_not_taken_is_a_plain_line(run, tiny_project):
    code, out, err = run("--project", tiny_project.folder, "--take-back")

    assert code == 2
    assert out == ""
    assert "nothing to take back" in err
