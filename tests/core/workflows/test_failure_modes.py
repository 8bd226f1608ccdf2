"""The list of failure modes: edited by people, kept in the project, never at odds with itself."""

from __future__ import annotations

import threading

import pytest

from core.errors import FieldcheckError
from core.records import Folder
from core.workflows import failure_modes, grid, hard_cases, scores
from core.workflows.failure_modes import add_mode, change_mode, drop_mode, modes

HOSTILE = [
    "<script>alert(1)</script>",
    "👩🏽‍🔬 dusk 🇩🇪",
    "'); DROP TABLE reviews; --",
    "**b** $a$",
    "=1+1",
]


@pytest.fixture
def digests(tiny_project) -> list[str]:
    frames = scores.scores(tiny_project).of(Folder.FIELD)
    return list(frames.drop_duplicates("content_hash")["content_hash"])


def named(project, name: str):
    return next(r for r in hard_cases.hard_cases(project).modes if r.mode.name == name)


def test_a_project_begins_with_a_list_and_keeps_its_own(tiny_project):
    assert [mode.target for mode in modes(tiny_project)] == [200] * len(failure_modes.DEFAULTS)

    add_mode(tiny_project, "  fog   bank ", about="white", target=300)
    drop_mode(tiny_project, "Rain")

    assert modes(tiny_project)[-1] == failure_modes.FailureMode("fog bank", "white", 300)
    assert "rain" not in failure_modes.mode_names(tiny_project)


def test_a_renamed_mode_keeps_counting_frames_of_its_earlier_names(tiny_project, digests):
    grid.tag_frames(tiny_project, digests[:2], "dusk")
    change_mode(tiny_project, "dusk", new_name="twilight", about="", target=200)
    grid.tag_frames(tiny_project, digests[2:5], "Twilight ")
    assert named(tiny_project, "twilight").found.frames == 5

    with pytest.raises(FieldcheckError, match="was called “Dusk” before"):
        add_mode(tiny_project, "Dusk")

    change_mode(tiny_project, "twilight", new_name="dusk", about="", target=200)
    assert named(tiny_project, "dusk").mode.also == ("twilight",)
    assert named(tiny_project, "dusk").found.frames == 5


def test_dropping_a_mode_leaves_the_tags_and_adding_it_finds_them(tiny_project, digests):
    grid.tag_frames(tiny_project, digests[:4], "rain")
    drop_mode(tiny_project, "rain")

    add_mode(tiny_project, "rain")

    assert named(tiny_project, "rain").found.frames == 4


@pytest.mark.parametrize(
    "name", ["", " \n ", "x" * 61, "x" * 10_000, "DUSK", "hard  Case", "a\x00b", "\ud800"]
)
def test_a_bad_name_changes_nothing(tiny_project, name):
    before = modes(tiny_project)

    with pytest.raises(FieldcheckError):
        add_mode(tiny_project, name)
    with pytest.raises(FieldcheckError):
        change_mode(tiny_project, "glare", new_name=name, about="", target=200)

    assert modes(tiny_project) == before


@pytest.mark.parametrize("target", [0, -5, 9, 10_001, 10**9])
def test_a_target_out_of_range_is_refused_with_what_is_usual(tiny_project, target):
    with pytest.raises(FieldcheckError, match=r"between 10 and 10,000.*200 to 500"):
        add_mode(tiny_project, "fog", target=target)


def test_a_long_description_is_refused(tiny_project):
    with pytest.raises(FieldcheckError, match="200 letters"):
        add_mode(tiny_project, "fog", about="x" * 10_000)


def test_a_mode_that_is_not_there_names_those_that_are(tiny_project):
    with pytest.raises(FieldcheckError, match="There are: dusk, glare"):
        drop_mode(tiny_project, "x" * 10_000)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_as_typed(tiny_project, name, digests):
    add_mode(tiny_project, name)
    grid.tag_frames(tiny_project, digests[:1], name)

    assert named(tiny_project, name).found.frames == 1
    assert name in hard_cases.list_lines(tiny_project)[0]


def test_two_windows_adding_at_once_lose_nothing(tiny_project):
    errors = []

    def work(start: int) -> None:
        try:
            for number in range(start, start + 8):
                add_mode(tiny_project, f"mode {number}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(modes(tiny_project)) == len(failure_modes.DEFAULTS) + 24
