"""What the soak is judged by: the server's memory and the decisions, nothing of the tab."""

from __future__ import annotations

import pytest

from tests.references.soak import Sitting, passes


@pytest.mark.parametrize(
    ("server", "heap", "decided", "is_good"),
    [
        ((400.0, 419.0), (20.0, 40.0), 1000, True),
        ((400.0, 421.0), (20.0, 20.0), 1000, False),
        ((400.0, 400.0), (20.0, 20.0), 999, False),
    ],
)
def test_it_is_judged_by_the_server_and_the_decisions(server, heap, decided, is_good):
    sitting = Sitting(
        frames=[100, 1000], server_mb=list(server), heap_mb=list(heap), decided=decided
    )

    assert passes(sitting) is is_good
