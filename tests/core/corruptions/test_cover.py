from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)
WHITE = np.full((224, 299, 3), 255, np.uint8)


@pytest.mark.parametrize("name", ["hand", "box"])
@pytest.mark.parametrize("severity", [1, 3, 5])
def test_a_cover_hides_about_the_share_the_table_says(name: str, severity: int):
    share = CORRUPTIONS[name].parameters[severity][0]
    hidden = [
        (np.abs(corrupt(WHITE, name, severity=severity, seed=seed).astype(int) - 255) > 8)
        .any(axis=2)
        .mean()
        for seed in range(5)
    ]

    assert np.mean(hidden) == pytest.approx(share, rel=0.2, abs=0.02)


def test_the_clock_covers_one_strip_and_leaves_the_rest():
    stamped = corrupt(PICTURE, "overlay", severity=5, seed=1)
    rows = np.flatnonzero((stamped != PICTURE).any(axis=(1, 2)))
    tall = CORRUPTIONS["overlay"].parameters[5][1] * len(PICTURE)

    assert rows[0] == 0 or rows[-1] == len(PICTURE) - 1
    assert rows[-1] - rows[0] <= tall + 2
    assert stamped[rows].max() > 200 and stamped[rows].min() < 30
