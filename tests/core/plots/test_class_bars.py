"""Found before and after, with false alarms."""

from __future__ import annotations

import numpy as np

from core.findings.class_prices import price_table
from core.plots.class_bars import MOST_SHOWN, found_before_after


def test_found_before_and_after_with_false_alarms_and_no_more_than_fit():
    labels = np.repeat(np.arange(30), 4)
    after = labels.copy()
    after[0] = 1
    table = price_table(
        labels, labels, after, np.arange(120).astype(str), shares=np.full(30, 1 / 30),
        classes=[f"c{n}" for n in range(30)], bars=np.ones(30), how=["tuned"] * 30,
    )  # fmt: skip
    figure = found_before_after(table)

    before, now, words = figure.data[1:4]
    assert len(now.x) == MOST_SHOWN
    assert (before.x[0], now.x[0]) == (1.0, 0.75)
    assert words.text[0] == "found 4 → 3 of 4<br>false alarms 0 → 0"
    assert words.text[1].endswith("false alarms 0 → 1")
