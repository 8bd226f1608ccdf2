"""Sessions: a long pause or a person ends one; another reviewer has one of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from core.findings.sessions import SESSIONS, session_of_each, sessions

START = datetime(2026, 3, 1, 9)


def reviews(*told: tuple[str, float]) -> pd.DataFrame:
    """(reviewer, minutes after the start), in that order; ids are the places."""
    return pd.DataFrame(
        {
            "id": [str(n) for n in range(len(told))],
            "reviewer": [who for who, _ in told],
            "at": pd.Series(
                [START + timedelta(minutes=minute) for _, minute in told], dtype="datetime64[us]"
            ),
        }
    )


def split(table: pd.DataFrame, *ends: tuple[str, float]) -> list[str]:
    told = [(who, START + timedelta(minutes=minute)) for who, minute in ends]
    return list(session_of_each(table, told, gap_minutes=30))


def test_a_pause_longer_than_the_gap_begins_another():
    table = reviews(("ana", 0), ("ana", 30), ("ana", 60.1))

    assert split(table) == ["0", "0", "2"]


def test_each_reviewer_has_their_own_however_they_alternate():
    table = reviews(("ana", 0), ("ben", 1), ("ana", 2), ("ben", 40), ("ana", 41))

    assert split(table) == ["0", "1", "0", "3", "4"]


def test_a_person_ends_a_session_and_only_their_own():
    table = reviews(("ana", 0), ("ben", 1), ("ana", 5), ("ben", 6))

    assert split(table, ("ana", 3)) == ["0", "1", "2", "1"]


@pytest.mark.parametrize(("ends", "over", "is_ended"), [([], 35, False), ([("ana", 9)], 9, True)])
def test_it_is_over_when_a_person_says_so_or_after_the_pause(ends, over, is_ended):
    table = reviews(("ana", 0), ("ana", 5))
    told = [(who, START + timedelta(minutes=minute)) for who, minute in ends]
    table["session"] = session_of_each(table, told, gap_minutes=30)

    (row,) = sessions(table, told, gap_minutes=30).to_dict("records")

    assert row["over_at"] == START + timedelta(minutes=over)
    assert (row["session"], row["reviews"], row["is_ended"]) == ("0", 2, is_ended)


def test_no_reviews_are_no_sessions():
    table = reviews()
    table["session"] = session_of_each(table, [], gap_minutes=30)

    assert list(sessions(table, [], gap_minutes=30).columns) == list(SESSIONS)
