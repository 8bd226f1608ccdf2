from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt


def spread(name: str, severity: float, seed: int) -> np.ndarray:
    """Where the light of a single bright dot goes: rows, columns, weights."""
    dot = np.zeros((224, 224, 3), np.uint8)
    dot[112, 112] = 255
    seen = corrupt(dot, name, severity=severity, seed=seed)[..., 0].astype(float)
    rows, columns = np.nonzero(seen)
    return np.stack([rows - 112, columns - 112, seen[rows, columns]])


@pytest.mark.parametrize("seed", range(4))
def test_a_swing_is_a_straight_trail_of_the_tables_length_about_the_place(seed: int):
    rows, columns, _ = spread("field_motion_blur", 3, seed)
    length = np.hypot(np.ptp(rows), np.ptp(columns))

    assert length == pytest.approx(13, abs=2.5)
    assert abs(rows.mean()) < 1 and abs(columns.mean()) < 1


def test_trembling_leaves_most_light_at_the_ends():
    rows, columns, light = spread("vibration", 5, 2)
    away = np.hypot(rows, columns)

    assert light[away > 8].sum() > light[away < 4].sum()
