from __future__ import annotations

import numpy as np
import pytest

from core.metrics.clip_values import (
    active_share,
    clip_medians,
    effective_of_values,
    quiet_levels,
    sign_test,
)


def test_medians_come_clip_by_clip():
    assert clip_medians([1, 9, 2, 5], ["b", "a", "b", "b"]).tolist() == [2, 9]


def test_copies_count_once_and_single_frames_fully():
    values = np.random.default_rng(0).random(20)

    assert effective_of_values(values.repeat(5), np.arange(20).repeat(5)) == pytest.approx(20)
    assert effective_of_values(values, np.arange(20)) == 20
    assert effective_of_values(values, np.zeros(20)) == 1
    assert effective_of_values(np.ones(100), np.arange(20).repeat(5)) == pytest.approx(20)


def test_active_units_are_those_louder_than_a_tenth_of_their_own_loudness():
    levels = quiet_levels(np.tile([[10.0, -10.0, 0.0]], (50, 1)))
    frames = np.array([[2.0, -2.0, 0.0], [0.5, -0.5, 0.0], [2.0, 0.1, 0.3]])

    assert levels.tolist() == [1, 1, 0]
    assert active_share(frames, levels) == pytest.approx([2 / 3, 0, 2 / 3])


def test_no_classes_prove_nothing():
    assert sign_test(0, 0) == 1.0
