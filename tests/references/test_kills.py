"""The short form of the kill series and of the crowd of writers; the long ones are commands."""

from __future__ import annotations

import os

import pytest

from tests.references import kills, writers

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_no_acknowledged_decision_dies_with_the_server():
    toll = kills.run(6, cold=1)

    print(*kills.lines(toll), sep="\n")
    assert toll.kills == 6
    assert toll.acknowledged > 0
    assert (toll.lost, toll.twice, toll.damaged, toll.out_of_order) == ([], [], [], 0)


def test_no_acknowledged_decision_dies_with_the_whole_app():
    toll = kills.run_real(3)

    print(*kills.lines(toll), sep="\n")
    assert (toll.kills, len(toll.app_starts)) == (3, 4)
    assert toll.acknowledged > 0
    assert (toll.lost, toll.twice, toll.damaged, toll.out_of_order) == ([], [], [], 0)


def test_eight_processes_and_two_windows_lose_nothing_and_are_never_told_locked():
    crowd = writers.run(seconds=3)

    print(writers.line(crowd))
    assert crowd.asked > 0
    assert (crowd.missing, crowd.complaints) == (0, [])
    assert crowd.stored == crowd.asked
