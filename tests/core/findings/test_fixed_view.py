import numpy as np
import pytest

from core.findings.fixed_view import pattern, shift_between, swapped, view_changes
from core.records import State
from tests.core.findings.filmed import filmed, noisy, scene


def changes(pictures, **named):
    frames, seen = filmed(pictures, **named)
    return view_changes(frames, seen.view, is_left_out=np.zeros(len(frames), bool))


def seen_from(seed, count, *, right=0, first=0):
    """Noisy pictures of one wide scene, the camera turned by so many px."""
    wide = scene(seed, width=256)
    return [noisy(wide[:, 64 - right : 192 - right], first + row, spread=3) for row in range(count)]


def test_a_shift_is_measured():
    before, after = (pattern(np.roll(scene(3, width=48, height=48)[..., 0], n, 1)) for n in (0, 4))

    assert shift_between(before, after) == pytest.approx((4, 0), abs=0.5)


@pytest.mark.parametrize("right", [8, -16])
def test_a_camera_that_was_moved_is_found_with_the_way(right):
    is_fixed, (one,) = changes(seen_from(1, 15) + seen_from(1, 12, right=right, first=50))

    assert is_fixed
    assert (one.episode.kind, one.episode.state) == ("moved", State.CONFIRMED)
    assert one.episode.rows == tuple(range(15, 27))
    assert one.episode.facts["right"] == pytest.approx(right / 128, abs=0.02)


def test_another_view_is_suspected_and_a_few_clips_are_not_enough():
    _, (other,) = changes(seen_from(1, 15) + seen_from(2, 12))
    _, (few,) = changes(seen_from(1, 15) + seen_from(1, 5, right=16))

    assert (other.episode.kind, other.episode.state) == ("elsewhere", State.SUSPECTED)
    assert (few.episode.kind, few.episode.state) == ("moved", State.NOT_ENOUGH)


def test_noise_and_light_move_nothing():
    pictures = seen_from(1, 15)
    dim = [(picture * 0.6).astype(np.uint8) for picture in seen_from(1, 15, first=30)]

    assert changes(pictures + dim) == (True, [])


def test_a_camera_without_a_fixed_view_cannot_be_moved():
    assert changes([noisy(scene(n), n) for n in range(20)]) == (False, [])


def test_two_cameras_that_were_swapped_show_each_others_view():
    _, first = changes(seen_from(1, 15) + seen_from(2, 12), camera="a")
    _, second = changes(seen_from(2, 15, first=40) + seen_from(1, 12, first=60), camera="b")
    _, third = changes(seen_from(3, 15) + seen_from(4, 12), camera="c")

    found = swapped([*first, *second, *third])

    assert {(one.camera, one.facts["with"]) for one in found} == {("a", "b"), ("b", "a")}
    assert all(one.state is State.CONFIRMED for one in found)
    assert swapped([*first, *third]) == []
