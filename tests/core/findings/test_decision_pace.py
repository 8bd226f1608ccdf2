from __future__ import annotations

import numpy as np
import pytest

from core.findings.decision_pace import seconds_a_decision


def test_pauses_and_frames_decided_at_once_do_not_count():
    gaps = [4.0] * 12 + [3600.0] + [0.0] * 30 + [6.0] * 3

    assert seconds_a_decision(np.cumsum([0, *gaps])) == 4.0


@pytest.mark.parametrize("gaps", [[], [4.0] * 9, [500.0] * 40, [0.0] * 40])
def test_too_few_decisions_in_a_row_tell_nothing(gaps):
    assert seconds_a_decision(np.cumsum([0, *gaps])) is None


def test_only_the_latest_count():
    assert seconds_a_decision(np.cumsum([0, *[20.0] * 400, *[2.0] * 320])) == 2.0
