"""What was computed of a state of the project goes with it; what stands is computed once."""

from __future__ import annotations

import gc

from core.store.choices import bump_revision
from core.store.database import connect
from core.workflows import classes, confidence, overview, slices, unusual, weak_spots
from core.workflows.kept import kept_beside
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import Scores, scores


class State:
    """Stands for the scores of a project."""


def test_an_answer_is_kept_for_its_state_and_choices_and_the_oldest_goes():
    asked = []

    @kept_beside(most=2)
    def work(state, number, *, sign=1):
        asked.append((state, number))
        return sign * number

    one, other = State(), State()
    assert [work(one, 1), work(one, 1), work(one, 1, sign=-1), work(other, 1)] == [1, 1, -1, 1]
    assert len(asked) == 3
    work(one, 1)  # asked for again, so that the one with the sign is the oldest
    work(one, 2)
    assert work(one, 1) == 1 and len(asked) == 4
    assert work(one, 1, sign=-1) == -1 and len(asked) == 5


def test_states_that_are_past_are_let_go_with_all_that_was_said_of_them(tiny_project):
    for _ in range(12):  # as while the model answers, batch by batch, and pages are looked at
        reserved_hashes(tiny_project)
        overview.overview(tiny_project)
        slices.slices(tiny_project, by="camera")
        classes.classes(tiny_project)
        confidence.confidence(tiny_project)
        unusual.unusual(tiny_project)
        weak_spots.weak_spots(tiny_project)
        with connect(tiny_project.database) as db:
            bump_revision(db)
    now = scores(tiny_project)
    gc.collect()
    alive = [one for one in gc.get_objects() if type(one) is Scores]

    assert now in alive
    assert len([one for one in alive if one.project == tiny_project]) <= 4
