"""A frame's life: new, reviewed, reopened, settled, and what leads from one to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.findings.life import Life, life_of, steps_of
from core.records import Action

START = datetime(2026, 3, 1, 9)


def rows(*told: tuple[str, str, str | None]) -> list[dict]:
    """(reviewer, action, value or the number of the review undone), a minute apart."""
    made = []
    for number, (reviewer, action, value) in enumerate(told):
        is_undo = action == Action.UNDO
        made.append(
            {
                "id": str(number), "reviewer": reviewer, "action": action,
                "value": None if is_undo else value, "undoes": value if is_undo else None,
                "at": START + timedelta(minutes=number),
            }
        )  # fmt: skip
    return made


def life(*told, over: bool = False, in_conflict: bool = False) -> Life:
    return life_of(rows(*told), is_over=lambda _: over, in_conflict=in_conflict)


CAT, DOG = ("ana", "label", "cat"), ("ana", "label", "dog")
BEN_CAT, BEN_DOG = ("ben", "label", "cat"), ("ben", "label", "dog")


@pytest.mark.parametrize(
    ("told", "over", "wanted"),
    [
        ([], True, Life.NEW),
        ([("ana", "tag", "dusk"), ("ana", "hard_case", "on")], True, Life.NEW),
        ([CAT], False, Life.REVIEWED),
        ([CAT], True, Life.SETTLED),
        ([CAT, BEN_CAT], False, Life.SETTLED),
        ([CAT, ("ben", "agree", "cat")], False, Life.SETTLED),
        ([CAT, CAT], False, Life.SETTLED),
        ([CAT, DOG], False, Life.REVIEWED),  # corrected oneself
        ([CAT, DOG], True, Life.SETTLED),
        ([CAT, BEN_DOG], True, Life.REOPENED),  # one word against the other
        ([CAT, BEN_DOG, DOG], False, Life.SETTLED),  # Ana gives way
        ([CAT, BEN_DOG, ("eva", "label", "dog")], False, Life.SETTLED),
        ([CAT, BEN_DOG, CAT], True, Life.REOPENED),  # she insists
        ([CAT, ("ben", "unsure", None)], True, Life.REOPENED),
        ([CAT, ("ben", "skip", None)], True, Life.REVIEWED),
        ([("ana", "skip", None)], True, Life.REVIEWED),
        ([("ana", "unsure", None), ("ben", "unsure", None)], True, Life.REVIEWED),
        ([CAT, ("ana", "undo", "0")], True, Life.REOPENED),
        ([CAT, DOG, ("ana", "undo", "1")], True, Life.SETTLED),
        ([CAT, ("ana", "undo", "0"), ("ana", "undo", "1")], True, Life.SETTLED),
        ([CAT, BEN_DOG, ("ben", "undo", "1")], True, Life.SETTLED),
    ],
)
def test_where_a_frame_stands(told, over, wanted):
    assert life(*told, over=over) is wanted


def test_two_laptops_that_disagree_reopen_a_frame_even_under_one_name():
    assert life(CAT, DOG, over=True, in_conflict=True) is Life.REOPENED


def test_its_steps_tell_from_what_to_what_and_when_a_session_settled_it():
    told = rows(CAT, ("ana", "tag", "dusk"), BEN_DOG, ("ben", "undo", "2"))
    told[2]["at"] = told[3]["at"] = START + timedelta(days=1)
    over = {row["id"]: row["at"] + timedelta(minutes=30) for row in told}

    steps = steps_of(told, over_at=over, now=START + timedelta(days=2), in_conflict=False)

    assert [(step.review, step.label_after, step.life_after.value) for step in steps] == [
        ("0", "cat", "reviewed"),
        ("1", "cat", "reviewed"),
        (None, "cat", "settled"),  # half an hour after the first
        ("2", "dog", "reopened"),
        ("3", "cat", "settled"),
    ]
    assert steps[2].at == START + timedelta(minutes=30)
    assert [step.life_before for step in steps[1:]] == [step.life_after for step in steps[:-1]]
