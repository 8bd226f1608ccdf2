from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt


def test_each_severity_of_low_light_halves_the_light():
    grey = np.full((128, 128, 3), 200, np.uint8)

    light = [
        np.mean(((corrupt(grey, "low_light", severity=s, seed=0) / 255 + 0.055) / 1.055) ** 2.4)
        for s in range(4)
    ]

    assert np.divide(light[:-1], light[1:]) == pytest.approx([2, 2, 2], rel=0.05)


def test_low_light_grain_grows_against_the_signal():
    grey = np.full((128, 128, 3), 200, np.uint8)

    damaged = [corrupt(grey, "low_light", severity=s, seed=0) for s in (1, 3, 5)]

    grain = [picture.std() / picture.mean() for picture in damaged]
    assert grain[0] < grain[1] < grain[2]


@pytest.mark.parametrize(("severity", "share"), [(1, 0.1), (3, 0.32), (5, 0.6)])
def test_occlusion_covers_the_share_it_names(severity: int, share: float):
    white = np.full((300, 400, 3), 255, np.uint8)

    covered = (corrupt(white, "occlusion", severity=severity, seed=9) < 200).all(axis=2).mean()

    assert covered == pytest.approx(share, abs=0.02)


def test_dirt_stays_where_it_is_from_frame_to_frame():
    rng = np.random.default_rng(0)
    first, second = rng.integers(60, 200, (2, 200, 260, 3), dtype=np.uint8)

    changed = [
        np.abs(corrupt(frame, "dirty_lens", severity=2, seed=4).astype(int) - frame).mean(axis=2)
        for frame in (first, second)
    ]

    clean = [change < 1 for change in changed]
    assert (clean[0] == clean[1]).mean() > 0.9
    assert 0.2 < clean[0].mean() < 0.9
