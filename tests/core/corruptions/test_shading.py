from __future__ import annotations

import numpy as np

from core.corruptions import corrupt

WHITE = np.full((224, 299, 3), 255, np.uint8)


def test_a_hard_shadow_darkens_a_band_and_leaves_the_rest():
    shaded = corrupt(WHITE, "hard_shadow", severity=5, seed=2).max(axis=2)

    assert 0.2 < (shaded < 120).mean() < 0.9
    assert (shaded >= 254).mean() > 0.05
    assert ((shaded > 120) & (shaded < 250)).mean() < 0.08, "its edge is sharp"


def test_a_reflection_adds_bright_panes():
    dark = np.full((224, 299, 3), 30, np.uint8)
    seen = corrupt(dark, "reflection", severity=4, seed=2)[..., 1]

    assert seen.min() >= 30
    assert 0.02 < (seen > 100).mean() < 0.7
