from __future__ import annotations

import math

import pytest

from core.findings.not_sure import NOT_SURE, answer_words, shown_answer
from core.findings.statements import answer_sentence


@pytest.mark.parametrize(
    ("confidence", "threshold", "is_unusual", "shown"),
    [
        (0.2, None, True, "pliers"),
        (0.9, 0.9, False, "pliers"),
        (0.8999, 0.9, False, NOT_SURE),
        (1.0, 0.9, True, NOT_SURE),
        (math.nan, 0.0, False, NOT_SURE),
    ],
)
def test_an_answer_is_shown_from_the_mark_on_unless_the_picture_is_unusual(
    confidence, threshold, is_unusual, shown
):
    assert shown_answer("pliers", confidence, threshold=threshold, is_unusual=is_unusual) == shown


def test_the_words_say_why_it_is_not_sure():
    assert answer_words("pliers", 0.97) == "97 % sure it is pliers"
    assert answer_words("pliers", 0.62, shown=NOT_SURE) == "not sure: only 62 % sure it is pliers"
    unusual = answer_words("pliers", 0.99, shown=NOT_SURE, is_unusual=True)
    assert unusual == "not sure, the picture is unusual: it says 99 % sure it is pliers"
    assert answer_sentence("pliers", 0.62, "wrench", shown=NOT_SURE) == (
        "not sure: only 62 % sure it is pliers; the label says wrench"
    )
