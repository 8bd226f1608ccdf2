"""`fieldcheck hard_cases`: what to collect, freeze, show; and what they answer to bad input."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.records import Folder
from core.workflows import grid, hard_cases, scores


@pytest.fixture
def run(capsys, patchy_project):
    """run("list", "--json") gives exit code, stdout and stderr."""

    def command(*arguments: str, verb: str = "hard_cases") -> tuple[int, str, str]:
        try:
            code = cli.main([verb, *arguments, "--project", str(patchy_project.folder)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture(autouse=True)
def dusk(patchy_project) -> list[str]:
    frames = scores.scores(patchy_project).of(Folder.FIELD)
    chosen = list(frames["content_hash"].head(24))
    grid.tag_frames(patchy_project, chosen, "dusk")
    return chosen


def parsed(out: str):
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_list_counts_frames_and_clips_and_says_what_is_next(run):
    code, out, _ = run("list", "--json")
    found = parsed(out)

    assert code == 0
    first = found["modes"][0]
    assert {
        "name": "dusk", "target": 200, "frames": 24, "clips": 24, "clip_target": 20,
        "progress": "collecting",
    }.items() <= first.items()  # fmt: skip
    assert first["next_step"].startswith("Collect 176 more frames")
    assert found["not_said_why"] == {"frames": 0, "clips": 0}
    assert found["frozen"] == []
    assert "24 of 200 frames" in run("list")[1].splitlines()[0]


def test_freeze_shows_the_version_and_show_holds_it_against_the_one_before(
    run, patchy_project, dusk
):
    first = parsed(run("freeze", "dusk", "--json")[1])
    grid.untag_frames(patchy_project, dusk[:2], "dusk")
    run("freeze", "dusk")
    shown = parsed(run("show", "dusk", "--json")[1])

    assert (first["title"], first["frames"], first["against"]) == ("dusk v1", 24, None)
    assert (shown["title"], shown["of"], shown["now"]["of"]) == ("dusk v2", "mode: dusk", 22)
    assert sorted(shown["against"]["removed"]) == sorted(dusk[:2])
    back = parsed(run("show", "dusk v1", "--against", "dusk v2", "--json")[1])
    assert sorted(back["against"]["added"]) == sorted(dusk[:2])
    code, out, _ = run("show", "dusk")
    assert code == 0
    assert "2 removed" in out
    assert "nothing of the field at large" in out


def test_the_other_commands_take_it_by_its_name(run, tmp_path):
    run("freeze", "dusk")

    out = tmp_path / "out.csv"
    code, said, _ = run("--slice", "dusk v1", "--out", str(out), "--json", verb="export")
    assert (code, parsed(said)["rows"]) == (0, 24)
    assert "label_frozen" in out.read_text(encoding="utf-8-sig").splitlines()[0]
    code, said, _ = run("--by", "camera", "--within", "dusk v1", "--json", verb="slices")
    assert sum(row["of"] for row in parsed(said)) == 24


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("freeze",), "Name the set"),
        (("list", "dusk"), "Name the set"),
        (("show", "dusk"), "None is frozen yet"),
        (("show", "x" * 10_000), "no frozen set"),
        (("freeze", "x" * 10_000), "1 to 60 letters"),
        (("freeze", "a", "--mode", "<script>"), "no failure mode “<script>”"),
        (("freeze", "a", "--slice", "gone"), "no saved slice"),
        (("freeze", "a", "--all"), "no frame in"),
        (("freeze", "dusk v2"), "Leave the version out"),
        (("list", "--all"), "say what to freeze"),
        (("freeze", "dusk", "--against", "dusk v1"), "goes with show"),
        (("thaw", "dusk"), "invalid choice"),
    ],
)
def test_bad_input_is_one_plain_line(run, patchy_project, asked, said):
    code, out, err = run(*asked)

    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert hard_cases.titles(patchy_project) == []
