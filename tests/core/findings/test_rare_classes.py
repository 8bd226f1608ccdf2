from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.rare_classes import RARE, rare_report, spearman
from core.records import State


def frames(errors: dict[str, tuple[int, int]], *, per_clip: int = 1) -> pd.DataFrame:
    """`{"cat": (3, 40)}`: 3 of 40 frames of cats wrong."""
    parts = [
        pd.DataFrame({"label": name, "is_right": np.arange(of) >= wrong})
        for name, (wrong, of) in errors.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(clip=table.index // per_clip)


def test_rare_classes_failed_three_times_as_often_are_confirmed():
    table = frames({"rare": (40, 80), "odd": (30, 80), "usual": (4, 80), "common": (3, 80)})
    counts = {"rare": 20, "odd": 30, "usual": 900, "common": 1000}
    report = rare_report(table, counts, source="the training list")

    assert list(report.table.columns) == list(RARE)
    assert list(report.table["group"]) == ["rare", "odd", "usual", "common"]
    assert report.table["error"].tolist() == pytest.approx([0.5, 0.375, 0.05, 0.0375])
    assert report.rho == pytest.approx(-1)
    assert report.statement.state is State.CONFIRMED
    assert "wrong in 40 of 80 frames" in report.statement.headline


@pytest.mark.parametrize(
    ("rare", "common", "state"),
    [
        ((16, 80), (4, 80), State.SUSPECTED),
        ((8, 80), (8, 80), State.NONE_FOUND),
        ((10, 20), (4, 80), State.NOT_ENOUGH),
        ((0, 80), (0, 80), State.NONE_FOUND),
        ((80, 80), (80, 80), State.NONE_FOUND),
    ],
)
def test_the_state_follows_the_evidence(rare, common, state):
    report = rare_report(
        frames({"a": rare, "b": common}), {"a": 10, "b": 1000}, source="the training list"
    )

    assert report.statement.state is state


def test_frames_of_few_clips_are_not_judged():
    table = frames({"a": (40, 80), "b": (4, 80)}, per_clip=20)

    assert rare_report(table, {"a": 10, "b": 1000}, source="x").statement.state is State.NOT_ENOUGH


def test_where_no_class_is_rare_it_says_so():
    table = frames({"a": (40, 80), "b": (4, 80)})
    report = rare_report(table, {"a": 60, "b": 100}, source="the reference")

    assert report.statement.state is State.NONE_FOUND
    assert "No class is much rarer than another in the reference" in report.statement.headline


def test_twenty_classes_or_more_are_cut_into_tenths():
    rng = np.random.default_rng(0)
    names = [f"k{n:02}" for n in range(40)]
    table = frames({name: (int(rng.integers(0, 20)), 40) for name in names})
    counts = {name: 10 * (n + 1) for n, name in enumerate(names)}
    report = rare_report(table, counts, source="x")

    assert len(report.table) == 10
    assert report.table["group"].iloc[0] == "classes 1 to 4 by rarity"
    assert report.table["classes"].tolist() == [4] * 10
    first = [table["is_right"][table["label"] == name].mean() for name in names[:4]]
    assert report.table["error"].iloc[0] == pytest.approx(1 - np.mean(first))
    row = report.table.iloc[0]
    assert row["low"] < row["error"] < row["high"]


def test_classes_of_the_same_count_stay_together():
    table = frames({name: (n, 40) for n, name in enumerate("abcdef")})
    report = rare_report(table, dict.fromkeys("abcdef", 10) | {"f": 100}, source="x")

    assert "the rarest, 5 classes: wrong in 10 of 200 frames" in report.statement.headline


def test_a_class_without_frames_and_a_thousand_classes_are_no_trouble():
    table = frames({f"k{n}": (n % 3, 4) for n in range(1000)})
    counts = {f"k{n}": n + 1 for n in range(1000)} | {"never seen": 1}
    report = rare_report(table, counts, source="x")

    assert report.table["classes"].sum() == 1001
    assert not np.isnan(report.rho)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_frames_or_one_class_say_something(n):
    table = frames({"a": (1, 3)}).head(n)

    assert rare_report(table, {"a": 5}, source="x").statement.headline


def test_rank_correlation_needs_three_different_classes():
    assert np.isnan(spearman([1, 2], [0.1, 0.2])[0])
    assert np.isnan(spearman([1, 1, 1], [0.1, 0.2, 0.3])[0])
    assert spearman([1, 2, 3, 4], [0.4, 0.3, 0.2, float("nan")])[0] == pytest.approx(-1)
