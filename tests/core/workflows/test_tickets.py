"""A ticket says to the server, and only to it, how a frame was asked for."""

from __future__ import annotations

import pytest

from core.errors import ReviewError
from core.workflows import tickets

FRAME, OTHER = "a" * 64, "b" * 64


@pytest.mark.parametrize("asked", tickets.WAYS)
def test_a_ticket_and_the_words_say_the_same(asked):
    given = tickets.ticket(FRAME, asked)

    assert tickets.asked_by(FRAME, given) == tickets.asked_by(FRAME, asked) == asked
    assert len(given) == 16
    assert "blind" not in given


def test_every_way_has_its_own_and_another_frames_is_refused():
    assert len({tickets.ticket(FRAME, asked) for asked in tickets.WAYS}) == 4

    for wrong in (tickets.ticket(OTHER, "second"), "loudly", 3, ["second"]):
        with pytest.raises(ReviewError, match="cannot be asked for"):
            tickets.asked_by(FRAME, wrong)
