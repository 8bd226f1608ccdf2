from __future__ import annotations

import math

import numpy as np
import pytest

from core.findings.ood import reference_gauge, sureness_by_distance

CENTRES = np.random.default_rng(7).normal(0, 1, (4, 16))


def pictures(n: int, *, seed: int, noise: float = 0.6, shift: float = 0.0):
    """Logits and embeddings of n pictures of four kinds."""
    rng = np.random.default_rng(seed)
    embeddings = CENTRES[rng.integers(0, 4, n)] + rng.normal(0, noise, (n, 16)) + shift
    return embeddings @ CENTRES.T, embeddings


def test_95_of_100_pictures_like_the_reference_are_kept():
    """Over twenty references, so that no lucky one decides."""
    kept = []
    for seed in range(20):
        gauge = reference_gauge(*pictures(300, seed=seed), np.arange(300))
        kept.append(1 - gauge.is_unusual(gauge.measure(*pictures(500, seed=1000 + seed))).mean())
    print("kept", np.mean(kept), min(kept))

    assert np.mean(kept) == pytest.approx(0.95, abs=0.01)
    assert min(kept) > 0.9


def test_the_held_out_check_agrees_and_owes_nothing_to_the_threshold():
    gauge = reference_gauge(*pictures(400, seed=3), np.arange(400) // 4)

    assert gauge.of == 400
    assert gauge.kept / gauge.of == pytest.approx(0.95, abs=0.04)


def test_pictures_from_elsewhere_are_unusual():
    gauge = reference_gauge(*pictures(300, seed=0), np.arange(300))
    moved = gauge.measure(*pictures(200, seed=1, shift=4.0))
    noise = gauge.measure(*pictures(200, seed=1, noise=3.0))

    assert gauge.is_unusual(moved).mean() > 0.9
    assert gauge.is_unusual(noise).mean() > 0.5
    assert (moved.score <= 1).all() and (moved.score >= 0).all()


def test_a_clip_of_copies_is_not_made_usual_by_its_copies():
    _, embeddings = pictures(600, seed=0)
    odd = np.full((12, 16), 4.0)
    many = np.vstack([embeddings, odd])
    clip = np.append(np.arange(600), np.full(12, 999))
    gauge = reference_gauge(many @ CENTRES.T, many, clip)

    assert (gauge.own.score[-12:] > gauge.threshold).all()


def test_too_small_a_reference_calls_nothing_unusual():
    gauge = reference_gauge(*pictures(18, seed=0), np.arange(18))

    assert math.isinf(gauge.threshold)
    assert not gauge.is_unusual(gauge.measure(*pictures(50, seed=1, shift=5))).any()
    assert (gauge.kept, gauge.of) == (0, 0)


@pytest.mark.parametrize("reference", [1, 3])
def test_a_handful_of_pictures_breaks_nothing(reference):
    gauge = reference_gauge(*pictures(reference, seed=0), ["one"] * reference)

    assert np.isfinite(gauge.measure(*pictures(3, seed=1)).score).all()


def test_the_curve_groups_by_distance_and_counts_every_picture_once():
    rows = sureness_by_distance(
        np.arange(100) / 100, np.append(np.arange(100) / 100, 5.0), np.linspace(1, 0, 101)
    )

    assert sum(row["frames"] for row in rows) == 101
    assert [row["confidence"] for row in rows] == sorted(
        (row["confidence"] for row in rows), reverse=True
    )
    assert rows[-1]["low"] == 0.99
