"""Accuracy after review: the naive figure is biased, the random check's is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.audit import audit_part
from core.findings.honest_accuracy import Honest, honest_statement, limits
from core.metrics.intervals import accuracy
from core.records import Action, State


def table(right: list[bool], clip: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"is_right": right, "clip": clip or [str(i) for i in range(len(right))]})


def honest(right: int, of: int, *, unclear: int = 0, waiting: int = 1000, **other) -> Honest:
    audited = table([i < right for i in range(of)])
    low, high = limits(audited, pd.DataFrame({"clip": [f"u{i}" for i in range(unclear)]}))
    made = accuracy(audited["is_right"].to_numpy(), audited["clip"].to_numpy())
    given = {
        "as_labelled": accuracy([True] * 91 + [False] * 9, [str(i) for i in range(100)]),
        "looked_at": accuracy([True] * 94 + [False] * 6, [str(i) for i in range(100)]),
        **other,
    }
    return Honest(
        audited=made, low=low, high=high, unclear=unclear,
        frames=of + unclear + waiting, waiting=waiting, **given,
    )  # fmt: skip


def test_the_three_figures_are_told_apart_with_their_counts():
    said = honest_statement(honest(184, 200, waiting=1800))

    assert said.headline == (
        "As labelled 91 % (91 of 100 frames); after review, on what you looked at, 94 % (94 of "
        "100 frames). Unbiased estimate for all 2,000 frames: 92 % (between 87 and 95 %; right in "
        "184 of 200 random-check frames, from 200 clips)."
    )
    assert said.state is State.CONFIRMED


def test_under_ten_clips_there_is_no_estimate_but_how_many_more():
    said = honest_statement(honest(8, 9))

    assert said.state is State.NOT_ENOUGH
    assert "No estimate for all 1,009 frames yet: right in 8 of 9" in said.headline
    assert "Label 25 more random-check frames" in said.next_step


def test_without_reviews_it_says_so():
    nothing = accuracy([], [])

    said = honest_statement(honest(0, 0, looked_at=nothing))

    assert said.state is State.NOT_ENOUGH and "Nothing is reviewed yet" in said.headline
    assert "Label 30 more" in said.next_step


def test_what_nobody_could_tell_widens_the_limits_both_ways():
    sure, open_ = honest(90, 100), honest(90, 100, unclear=10)

    assert open_.low < sure.low and open_.high > sure.high
    assert open_.low == pytest.approx(accuracy([i < 90 for i in range(110)], range(110)).low)
    assert open_.high == pytest.approx(accuracy([i < 100 for i in range(110)], range(110)).high)
    assert "10 more nobody could tell" in honest_statement(open_).headline


def test_a_whole_set_decided_is_told_as_such():
    assert "every frame is decided" in honest_statement(honest(90, 100, waiting=0)).headline


def run(rng: np.random.Generator, *, n: int, clip: int, looked: int) -> tuple[float, bool, float]:
    """One reviewer: the most suspicious first, every fifth frame the next of the random check."""
    of_clip = np.repeat(rng.beta(8, 2, n // clip), clip)  # clips differ, 80 % right on average
    right = rng.random(n) < of_clip
    suspicion = rng.random(n) + 0.6 * ~right
    order = [str(value) for value in rng.permutation(10**6)[:n]]  # content hashes
    suspects = iter(np.argsort(-suspicion))
    lot = iter(np.argsort(order))
    decided: dict[str, str] = {}
    while len(decided) < looked:
        line = lot if len(decided) % 5 == 4 else suspects
        at = next(place for place in line if order[place] not in decided)
        decided[order[at]] = Action.LABEL
    place = {digest: at for at, digest in enumerate(order)}
    audited = [place[digest] for digest in audit_part(order, decided).clear]
    clips = [str(at // clip) for at in audited]
    low, high = limits(table(list(right[audited]), clips), pd.DataFrame({"clip": []}))
    naive = right[[place[digest] for digest in decided]].mean()
    return naive - 0.8, low <= 0.8 <= high, right[audited].mean() - 0.8


@pytest.mark.parametrize("clip", [1, 5])
def test_simulated_reviewers_are_fooled_by_what_they_looked_at_and_not_by_the_random_check(clip):
    rng = np.random.default_rng(5)
    runs = [run(rng, n=800, clip=clip, looked=250) for _ in range(200)]
    naive, ours = (np.mean([row[i] for row in runs]) for i in (0, 2))
    covered = sum(row[1] for row in runs)
    print(f"clips of {clip}: naive off by {naive:+.3f}, ours by {ours:+.4f}, covered {covered}/200")

    assert naive < -0.15
    assert abs(ours) < 0.01
    assert covered >= 181  # 95 % of 200 is 190; three standard deviations below is 181
