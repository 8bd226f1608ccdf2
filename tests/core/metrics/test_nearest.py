"""Nearest rows: itself first, symmetric, ties by row, nothing from what is not finite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.nearest import candidates, hash_distances, middle_of, nearest


def made(rows: int, features: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, features)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 60), count=st.integers(1, 70), seed=st.integers(0, 99))
def test_a_row_finds_itself_first_and_likeness_goes_both_ways(rows, count, seed):
    bank = made(rows, seed=seed)

    found = nearest(bank, bank, count=count)

    assert (found.rows[:, 0] == np.arange(rows)).all()
    assert (found.alike[:, 0] == 1).all()
    whole = nearest(bank, bank, count=rows)
    table = np.full((rows, rows), np.nan)
    np.put_along_axis(table, whole.rows, whole.alike, axis=1)
    assert (table == table.T).all()


@settings(max_examples=30, deadline=None)
@given(repeats=st.integers(2, 40), count=st.integers(1, 20), seed=st.integers(0, 99))
def test_equal_rows_come_in_the_order_of_their_numbers_wherever_they_stand(repeats, count, seed):
    bank = np.repeat(made(2, 33, seed), repeats, axis=0)[np.argsort(np.arange(2 * repeats) % 2)]
    one = bank[:1]
    same = np.flatnonzero((bank == one).all(axis=1))

    found = nearest(one, bank, count=count)

    assert list(found.rows[0][: len(same)]) == list(same[:count])


def test_scale_does_not_matter_and_opposites_are_farthest():
    bank = made(6)

    found = nearest(bank[:1] * 50, np.vstack([bank * 3, -bank[:1]]), count=7)

    assert found.rows[0, 0] == 0
    assert found.rows[0, -1] == 6
    assert found.alike[0, -1] == -1


def test_fewer_rows_than_wanted_leave_places_empty_and_barred_rows_are_not_found():
    bank = made(4)

    found = nearest(bank[:1], bank, count=6, allowed=[False, True, False, True])

    assert set(found.rows[0, :2]) == {1, 3}
    assert (found.rows[0, 2:] == -1).all()
    assert np.isnan(found.alike[0, 2:]).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_what_is_not_finite_or_zero_finds_nothing_and_is_never_found(bad):
    bank = made(5)
    bank[2] = bad

    found = nearest(bank, bank, count=5)

    assert (found.rows[2] == -1).all()
    assert 2 not in found.rows[[0, 1, 3, 4]]


def test_no_rows_no_queries_and_wrong_questions():
    assert nearest(np.empty((0, 3)), made(4, 3), count=2).rows.shape == (0, 2)
    assert (nearest(made(2, 3), np.empty((0, 3)), count=2).rows == -1).all()
    with pytest.raises(ValueError, match="1 or more"):
        nearest(made(1), made(1), count=0)
    with pytest.raises(ValueError, match="features"):
        nearest(made(1, 3), made(1, 4), count=1)
    with pytest.raises(ValueError, match="matrix"):
        nearest(np.ones(3), made(1, 3), count=1)


def test_candidates_keep_whatever_may_belong_to_the_best():
    rough = np.array([0.5, 0.9, 0.90001, -np.inf, 0.1], np.float32)

    assert list(candidates(rough, count=1)) == [1, 2]
    assert list(candidates(rough, count=5)) == [0, 1, 2, 4]


def test_the_middle_counts_directions_not_lengths():
    a, b = np.array([[9.0, 0.0]]), np.array([[0.0, 0.1]])

    assert np.allclose(middle_of(np.vstack([a, b])), np.sqrt(0.5))
    assert np.allclose(middle_of(np.vstack([a, [[np.nan, 1.0]]])), [1, 0])
    assert not middle_of(np.vstack([a, -a])).any()


def test_bits_to_the_nearest_of_several_hashes():
    hashes = np.array([0b1111, 0b0111, 0, 2**64 - 1], np.uint64)

    assert list(hash_distances(hashes[:1], hashes)) == [0, 1, 4, 60]
    assert list(hash_distances(hashes[[0, 2]], hashes)) == [0, 1, 0, 60]
    assert list(hash_distances(hashes[:0], hashes)) == [64] * 4
