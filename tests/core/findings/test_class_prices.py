from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from core.findings.class_prices import PRICES, price_table, total_price, two_sided_mcnemar
from core.findings.thresholds_words import class_statement, total_statement
from core.metrics.intervals import wilson_interval
from core.records import State


def prices(labels, before, after, *, clip=None, shares=None, n=2):
    labels = np.asarray(labels)
    clip = np.arange(len(labels)).astype(str) if clip is None else clip
    shares = np.bincount(labels, minlength=n) / max(len(labels), 1) if shares is None else shares
    return price_table(
        labels, before, after, clip, shares=shares, classes=list("abcdefgh")[:n], bars=np.ones(n),
        how=["tuned"] * n,
    ).set_index("class")  # fmt: skip


@pytest.fixture
def rare():
    """960 frames of a, 40 of b; b found in 10, then in 30, for 20 more false alarms."""
    labels = np.repeat([0, 1], [960, 40])
    before, after = np.zeros(1000, int), np.zeros(1000, int)
    before[960:970] = 1
    before[:4] = 1
    after[960:990] = 1
    after[:24] = 1
    return labels, before, after


def test_every_figure_of_a_class_is_counted(rare):
    row = prices(*rare).loc["b"]

    assert (row["frames"], row["found_before"], row["found_after"]) == (40, 10, 30)
    assert (row["answers_after"], row["alarms_before"], row["alarms_after"]) == (54, 4, 24)
    assert row["alarms_after_1000"] == pytest.approx(24)
    assert row["holds_after"] == pytest.approx(30 / 54)
    assert [row["found_after_low"], row["found_after_high"]] == pytest.approx(
        wilson_interval(30, 40)
    )
    assert [row["alarms_after_1000_low"], row["alarms_after_1000_high"]] == pytest.approx(
        [1000 * limit for limit in wilson_interval(24, 1000)]
    )
    assert row["state"] == State.CONFIRMED
    assert prices(*rare).loc["a", "state"] == State.NONE_FOUND


def test_false_alarms_and_what_holds_follow_the_fields_mix(rare):
    row = prices(*rare, shares=[0.998, 0.002]).loc["b"]

    assert row["alarms_after_1000"] == pytest.approx(1000 * 0.998 * 24 / 960)
    held, alarmed = 0.002 * 30 / 40, 0.998 * 24 / 960
    assert row["holds_after"] == pytest.approx(held / (held + alarmed))
    assert row["holds_after_low"] <= row["holds_after"] <= row["holds_after_high"]
    assert [row["found_after_low"], row["found_after_high"]] == pytest.approx(
        wilson_interval(30, 40)
    )


def test_frames_of_one_clip_are_worth_less(rare):
    labels, before, after = rare
    clip = np.concatenate([np.arange(960) // 4, 1000 + np.arange(40) // 4]).astype(str)
    alone, together = prices(*rare).loc["b"], prices(labels, before, after, clip=clip).loc["b"]

    assert together["effective"] < 20 < alone["effective"]
    assert together["found_after_high"] - together["found_after_low"] > (
        alone["found_after_high"] - alone["found_after_low"]
    )
    assert together["state"] == State.NOT_ENOUGH


@pytest.mark.parametrize(("lost", "gained"), [(25, 10), (10, 25), (3, 3), (0, 6), (0, 0)])
def test_mcnemar_equals_statsmodels(lost, gained):
    expected = mcnemar([[0, lost], [gained, 0]], exact=True).pvalue

    assert two_sided_mcnemar(lost, gained) == pytest.approx(min(expected, 1.0), abs=1e-12)


def test_mcnemars_golden_value():
    assert two_sided_mcnemar(25, 10) == pytest.approx(0.01667, abs=5e-6)


def test_the_sentence_tells_gain_and_price_together(rare):
    said = class_statement(prices(*rare).reset_index().iloc[1].to_dict())

    assert said.headline == (
        "b: found in 30 instead of 10 of 40 frames (75 %, between 60 and 86 %). In every 1,000 "
        "field frames 24.0 false alarms instead of 4.0 (between 16.2 and 35.5). Of the 54 frames "
        "answered so, 30 are right."
    )
    assert said.state is State.CONFIRMED
    assert "worth the false alarms" in said.next_step


def test_few_frames_ask_for_more():
    labels = np.repeat([0, 1], [90, 10])
    said = class_statement(prices(labels, labels, labels).reset_index().iloc[1].to_dict())

    assert said.state is State.NOT_ENOUGH
    assert "Label 20 more of it" in said.next_step


def test_losing_right_answers_is_said(rare):
    labels, before, after = rare
    after = after.copy()
    after[:200] = 1
    total = total_price(labels, before, after, np.arange(1000))
    said = total_statement(total, changed=1, tested_on="field")

    assert (total.gained, total.lost) == (20, 196)
    assert total.high < 0
    assert said.state is State.CONFIRMED
    assert "loses right answers" in said.next_step


def test_no_frames_and_unseen_classes_leave_no_hole():
    table = prices([], [], [], shares=[0.5, 0.5])
    one = prices([0, 0, 0], [0, 0, 0], [1, 0, 0], n=3, shares=[0.5, 0.4, 0.1])

    assert list(table.reset_index().columns) == list(PRICES)
    assert one.loc["c", "frames"] == 0
    assert one.loc["b", "alarms_after"] == 1
    for row in [*table.reset_index().to_dict("records"), *one.reset_index().to_dict("records")]:
        said = class_statement(row)
        assert said.state is State.NOT_ENOUGH
        assert "nan" not in said.headline
    said = total_statement(total_price([], [], [], []), changed=2, tested_on="field")
    assert said.state is State.NOT_ENOUGH
