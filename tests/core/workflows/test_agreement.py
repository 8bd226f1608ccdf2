"""How far two looks at the same frame agree, told with its count, interval and next step."""

from __future__ import annotations

import json

import pytest

from core import cli
from core.records import Folder
from core.workflows import agreement, choices, queue, scores


def by_clip(project) -> list[str]:
    """Paths of field frames, one a clip."""
    return list(scores.scores(project).of(Folder.FIELD).drop_duplicates("clip")["path"])


def test_before_anything_was_looked_at_twice_it_says_how_to_begin(tiny_project):
    found = agreement.agreement(tiny_project)

    assert found.own.statement.state == found.others.statement.state == "not_enough"
    assert "No frame was shown to me a second time" in found.own.statement.headline
    assert "Second look" in found.own.statement.next_step
    assert json.loads(json.dumps(agreement.agreement_json(found)))["with_oneself"]["kappa"] is None


def test_ones_own_second_looks_are_counted_with_the_pairs_confused(patchy_project, decide):
    paths = by_clip(patchy_project)[:20]
    for at, path in enumerate(paths):
        decide(patchy_project, path, "label", ("red", "green")[at % 2])
        second = "blue" if at in (0, 2, 4) else ("red", "green")[at % 2]
        decide(patchy_project, path, "label", second, asked="second")

    found = agreement.agreement(patchy_project).own
    assert (found.same.right, found.same.of, found.same.clips) == (17, 20, 20)
    assert found.confused == (("blue", "red", 3),)
    assert found.statement.headline.startswith(
        "me said the same again on 17 of 20 frames (85 %, between"
    )
    assert "blue and red: 3 times" in found.statement.next_step
    assert found.statement.state == "suspected"
    assert found.kappa == pytest.approx(0.75, abs=0.05)
    assert agreement.agreement(patchy_project).others.same.of == 0


def test_two_reviewers_are_compared_by_their_first_decisions(patchy_project, decide):
    paths = by_clip(patchy_project)[:12]
    for path in paths:
        decide(patchy_project, path, "label", "red")
    choices.set_reviewer(patchy_project, "Bo")
    for at, path in enumerate(paths):
        decide(patchy_project, path, "label", "red" if at else "green", asked="second")
    decide(patchy_project, paths[0], "label", "red")  # settles it, with both in sight

    found = agreement.agreement(patchy_project)
    assert (found.others.same.right, found.others.same.of) == (11, 12)
    assert found.own.same.of == 0  # Bo never looked at a frame of their own again


def test_a_skip_is_no_opinion_and_an_undone_look_no_look(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    decide(tiny_project, "cam1/003.jpg", "skip", asked="second")
    decide(tiny_project, "cam1/004.jpg", "label", "red")
    decide(tiny_project, "cam1/004.jpg", "label", "blue", asked="second")
    queue.undo_last(tiny_project)

    assert agreement.agreement(tiny_project).own.same.of == 0


def test_the_command_tells_the_same(tiny_project, decide, capsys):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    decide(tiny_project, "cam1/003.jpg", "label", "blue", asked="second")

    assert cli.main(["reviews", "agreement", "--project", str(tiny_project.folder), "--json"]) == 0
    own = json.loads(capsys.readouterr().out)["with_oneself"]
    assert (own["same"], own["of"], own["state"]) == (0, 1, "not_enough")
    assert own["confused"] == [{"one": "blue", "other": "red", "count": 1}]
    assert cli.main(["reviews", "agreement", "--project", str(tiny_project.folder)]) == 0
    assert "blue and red: once" in capsys.readouterr().out
