from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, corrupt, frame_seed
from core.errors import CorruptionError

PICTURE = np.full((32, 40, 3), 90, np.uint8)


def test_a_misspelt_name_is_answered_with_the_nearest_one():
    with pytest.raises(CorruptionError) as error:
        corrupt(PICTURE, "gausian_noise", severity=1, seed=0)

    assert str(error.value) == (
        "No corruption is called 'gausian_noise'. Did you mean 'gaussian_noise'? "
        f"The {len(CORRUPTIONS)} names are listed by: fieldcheck corruptions"
    )


def test_a_name_like_no_other_gets_no_guess():
    with pytest.raises(CorruptionError, match=r"'xyz'\. The \d+ names are listed"):
        corrupt(PICTURE, "xyz", severity=1, seed=0)


@pytest.mark.parametrize("severity", [-0.1, 5.01, float("nan"), float("inf")])
def test_a_severity_off_the_dial_is_refused(severity: float):
    with pytest.raises(CorruptionError, match=f"found {severity:g}"):
        corrupt(PICTURE, "contrast", severity=severity, seed=0)


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((4, 4, 3), np.float32), r"found float32 \(4, 4, 3\)"),
        (np.zeros((4, 4), np.uint8), r"found uint8 \(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"found uint8 \(4, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), r"found uint8 \(0, 4, 3\)"),
        ([[0]], "found list"),
    ],
)
def test_what_is_no_picture_is_refused_even_at_severity_0(array: object, found: str):
    with pytest.raises(CorruptionError, match=found):
        corrupt(array, "contrast", severity=0, seed=0)


def test_a_seed_below_0_is_refused():
    with pytest.raises(CorruptionError, match="The seed is -1"):
        corrupt(PICTURE, "gaussian_noise", severity=1, seed=-1)


def test_two_noises_of_one_seed_do_not_share_a_pattern():
    picture = np.full((128, 128, 3), 128, np.uint8)

    first = corrupt(picture, "shot_noise", severity=1, seed=0).astype(float)
    second = corrupt(picture, "low_light", severity=1, seed=0).astype(float)

    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05


def test_a_frame_seed_is_the_same_everywhere_and_fits_63_bits():
    seeds = {frame_seed(f"{number:032x}", seed) for number in range(50) for seed in range(4)}

    assert frame_seed("00ff", 7) == 7350473150050899403
    assert len(seeds) == 200
    assert all(0 <= seed < 2**63 for seed in seeds)
