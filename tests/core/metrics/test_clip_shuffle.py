from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.clip_shuffle import alike_clips, clip_means, clip_shuffle

CLIP = np.arange(30).repeat(4)
FIELD = CLIP >= 18


def test_every_draw_moves_whole_clips_and_keeps_their_number():
    shuffle = clip_shuffle(CLIP, FIELD, permutations=50)

    assert shuffle.sides.shape == (51, 30)
    assert (shuffle.sides.sum(axis=1) == 12).all()
    assert (shuffle.sides[0][shuffle.clip] == FIELD).all()
    assert len({row.tobytes() for row in shuffle.sides}) > 45


def test_few_clips_are_dealt_in_all_ways():
    shuffle = clip_shuffle(np.arange(8), np.arange(8) >= 4)

    assert shuffle.is_exact
    assert len(shuffle.sides) == 71


def test_the_order_of_rows_changes_no_draw():
    order = np.random.default_rng(0).permutation(len(CLIP))
    one, other = clip_shuffle(CLIP, FIELD), clip_shuffle(CLIP[order], FIELD[order])

    assert (one.sides == other.sides).all()
    assert (one.clip[order] == other.clip).all()


def test_a_name_on_both_sides_is_two_clips():
    assert clip_shuffle(["a", "a"], [False, True]).n_clips == 2


@pytest.mark.parametrize(
    ("clip", "field", "said"),
    [
        (["a", None], [False, True], "1 frames have no clip"),
        (["a", "b"], [True, True], "one side only"),
        (["a", "b"], [True], "shape"),
    ],
)
def test_what_cannot_be_shuffled_is_said(clip, field, said):
    with pytest.raises(ValueError, match=said):
        clip_shuffle(clip, field)


def test_p_counts_equal_statistics_and_is_never_zero():
    shuffle = clip_shuffle(CLIP, FIELD, permutations=99)

    assert shuffle.p_value(np.zeros(100)) == 1.0
    assert shuffle.p_value([1.0, *np.zeros(99)]) == 0.01


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=12))
def test_evened_clips_keep_a_frame_each_and_none_more_than_the_shorter_side_has(sizes):
    clip = np.arange(len(sizes)).repeat(sizes)
    field = clip >= max(1, len(sizes) // 2)
    kept = alike_clips(clip, field)
    left = np.bincount(clip[kept], minlength=len(sizes))
    split = max(1, len(sizes) // 2)
    cap = max(1, int(min(np.median(sizes[:split]), np.median(sizes[split:]))))

    assert (left == np.minimum(sizes, cap)).all()


def test_means_count_every_clip_once():
    shuffle = clip_shuffle(["a", "a", "a", "b", "c"], [False, False, False, True, True])

    assert clip_means(np.array([[1.0], [2], [6], [5], [7]]), shuffle).ravel().tolist() == [3, 5, 7]
