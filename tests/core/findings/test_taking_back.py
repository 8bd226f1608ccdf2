"""Back to any point: exactly what stood then stands again, and others' decisions stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.findings.taking_back import of_reviews, to_point
from core.tables import taken_back


def standing(rows) -> set[str]:
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    return {row["id"] for row in rows if not row["undoes"] and row["id"] not in gone}


def appended(rows, names, reviewer="ana"):
    start = len(rows)
    return [
        *rows,
        *(
            {"id": str(start + n), "undoes": name, "reviewer": reviewer}
            for n, name in enumerate(names)
        ),
    ]


@st.composite
def stories(draw):
    """Rows as the store would take them: an undo names what stands, or an undo that stands."""
    rows: list[dict] = []
    for number in range(draw(st.integers(1, 14))):
        gone = taken_back((row["id"], row["undoes"]) for row in rows)
        undoes = {row["id"]: row["undoes"] for row in rows}
        open_ones = [
            row["id"]
            for row in rows
            if row["id"] not in gone and not (row["undoes"] and undoes[row["undoes"]])
        ]
        target = draw(st.sampled_from([None, *open_ones])) if open_ones else None
        who = draw(st.sampled_from(["ana", "ben"]))
        rows.append({"id": str(number), "undoes": target, "reviewer": who})
    return rows


@given(stories(), st.data())
def test_everybodys_undo_leaves_what_stood_at_the_point(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))

    after = appended(rows, to_point(rows, str(place)))

    assert standing(after) == standing(rows[: place + 1])


@given(stories(), st.data())
def test_ones_own_undo_leaves_what_would_stand_without_ones_later_rows(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))

    after = appended(rows, to_point(rows, str(place), reviewer="ana"))

    kept = [row for n, row in enumerate(rows) if n <= place or row["reviewer"] == "ben"]
    assert standing(after) == standing(kept)


@given(stories(), st.data())
def test_the_undo_of_an_undo_to_leaves_all_as_it_was(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    after = appended(rows, to_point(rows, str(place)))
    new = {row["id"] for row in after[len(rows) :]}

    again = appended(after, of_reviews(after, new))

    assert standing(again) == standing(rows)


def test_what_counts_no_more_names_nothing():
    rows = [
        {"id": "0", "undoes": None, "reviewer": "ana"},
        {"id": "1", "undoes": "0", "reviewer": "ana"},
    ]

    assert of_reviews(rows, {"0"}) == []
    assert of_reviews(rows, {"1"}) == ["1"]
    with pytest.raises(KeyError):
        to_point(rows, "7")
