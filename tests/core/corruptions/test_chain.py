from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import (
    chain_text,
    corrupt,
    corrupt_chain,
    is_hit,
    is_washed_out,
    parse_chain,
)
from core.errors import CorruptionError
from core.records import Condition
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(120, 160)


def test_a_chain_is_its_conditions_one_after_the_other():
    dark = corrupt(PICTURE, "low_light", severity=2, seed=7)
    expected = corrupt(dark, "motion_blur", severity=1.5, seed=7)

    chain = parse_chain("low_light:2+motion_blur:1.5")

    assert np.array_equal(corrupt_chain(PICTURE, chain, seed=7), expected)


def test_the_order_matters():
    one = corrupt_chain(PICTURE, parse_chain("contrast:3+gaussian_noise:3"), seed=7)
    other = corrupt_chain(PICTURE, parse_chain("gaussian_noise:3+contrast:3"), seed=7)

    assert not np.array_equal(one, other)


def test_a_chain_of_one_is_the_corruption_itself_and_leaves_the_input():
    before = PICTURE.copy()

    damaged = corrupt_chain(PICTURE, (Condition("contrast", 3),), seed=7)

    assert np.array_equal(damaged, corrupt(PICTURE, "contrast", severity=3, seed=7))
    assert np.array_equal(PICTURE, before)


def test_what_is_written_is_read_again():
    chain = (Condition("fog", 2.5), Condition("low_light", 3))

    assert chain_text(chain) == "fog:2.5+low_light:3"
    assert parse_chain(" fog:2.5 + low_light ") == chain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fog+snow+contrast+pixelate", "found 4. Keep those that matter"),
        ("fog:2+fog:3", "'fog' stands in the chain twice"),
        ("fgo:2", "Did you mean 'fog'"),
        ("fog:7", "found 7"),
        ("fog:much", "'fog:much' cannot be read"),
        ("", "No corruption is called ''"),
    ],
)
def test_a_wrong_chain_is_answered_with_what_to_do(text: str, message: str):
    with pytest.raises(CorruptionError, match=message):
        parse_chain(text)


def test_an_empty_chain_is_refused():
    with pytest.raises(CorruptionError, match="found 0"):
        corrupt_chain(PICTURE, (), seed=0)


def test_the_asked_share_of_frames_is_hit_and_a_smaller_share_is_part_of_it():
    hashes = [f"{n:064x}" for n in range(4000)]

    some = {h for h in hashes if is_hit(h, share=0.3, seed=1)}
    more = {h for h in hashes if is_hit(h, share=0.5, seed=1)}

    # Four standard deviations of a binomial share of 4,000.
    assert len(some) / 4000 == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 4000) ** 0.5)
    assert some < more
    assert some != {h for h in hashes if is_hit(h, share=0.3, seed=2)}
    assert not any(is_hit(h, share=0, seed=1) for h in hashes)
    assert all(is_hit(h, share=1, seed=1) for h in hashes)


@pytest.mark.parametrize("share", [-0.1, 30, float("nan")])
def test_a_share_that_is_none_is_refused(share: float):
    with pytest.raises(CorruptionError, match="A share of frames"):
        is_hit("00", share=share, seed=0)


@pytest.mark.parametrize(
    ("text", "is_washed"),
    [
        ("contrast:5", True),
        ("contrast:3+brightness:5+fog:5", True),
        ("low_light:1", False),
        ("gaussian_noise:3", False),
        ("motion_blur:3+jpeg_compression:3", False),
        ("elastic_transform:2", False),
    ],
)
def test_a_chain_that_leaves_little_but_a_blank_is_washed_out(text: str, is_washed: bool):
    assert is_washed_out(PICTURE, parse_chain(text), seed=7) == is_washed


def test_a_blank_picture_cannot_be_washed_out():
    blank = np.full((40, 40, 3), 90, np.uint8)

    assert not is_washed_out(blank, parse_chain("contrast:5"), seed=0)
    assert not is_washed_out(blank[:1, :1], parse_chain("low_light:5"), seed=0)
