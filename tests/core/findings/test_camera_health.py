import numpy as np
import pandas as pd
import pytest

from core.findings.camera_health import camera_health, with_swaps
from core.findings.camera_words import (
    KINDS,
    NOTES,
    episode_statement,
    health_statement,
    note_sentences,
)
from core.records import State
from tests.core.findings.filmed import NOW, START, filmed, noisy, scene


def live(n, **named):
    return filmed([noisy(scene(row), row) for row in range(n)], **named)


def health(built, **named):
    frames, seen = built
    return camera_health(frames, seen, now=NOW, **named)


def kinds(found):
    return [(one.kind, one.state) for one in found.episodes]


def test_a_healthy_camera_has_nothing():
    found = health(live(20))

    assert found.episodes == ()
    assert health_statement([found]).state is State.NONE_FOUND
    assert set(found.days["state"]) == {"none_found"}


def test_a_stuck_camera_is_told_in_a_sentence():
    pictures = [noisy(scene(row), row) for row in range(5)]
    found = health(filmed(pictures + [pictures[-1]] * 25, minutes=60, camera="cam2"))

    (one,) = found.episodes
    said = episode_statement(one)

    assert said.headline == (
        "Camera cam2 shows one and the same picture, since 2 March 2026, 12:00: 26 frames."
    )
    assert said.next_step.startswith("Look at the camera")
    assert list(found.days["kind"]) == ["stuck", "stuck"]
    assert list(found.days["frames"]) == [16, 14]


def test_blank_dark_and_burnt_out_stretches_are_told_apart():
    cap = [noisy(np.full((96, 128, 3), 30, np.uint8), row) for row in range(3)]
    black = [noisy(np.full((96, 128, 3), 4, np.uint8), row) for row in range(3)]
    white = [noisy(np.full((96, 128, 3), 254, np.uint8), row, spread=0.5) for row in range(3)]
    pictures = [noisy(scene(row), row) for row in range(12)]
    found = health(filmed(pictures[:4] + cap + pictures[4:8] + black + pictures[8:] + white))

    assert [(one.kind, one.rows) for one in found.episodes] == [
        ("blank", (4, 5, 6)), ("dark", (11, 12, 13)), ("bright", (18, 19, 20)),
    ]  # fmt: skip


def test_two_blank_frames_are_let_pass():
    cap = [noisy(np.full((96, 128, 3), 30, np.uint8), row) for row in range(2)]

    assert health(filmed([*cap, *(noisy(scene(row), row) for row in range(8))])).episodes == ()


@pytest.mark.parametrize(("after", "is_told"), [(60, True), (80, False), (14, True)])
def test_another_jpeg_quality_is_told(after, is_told):
    found = health(live(30, quality=[90] * 20 + [after] * 10))

    assert kinds(found) == ([("packing", State.CONFIRMED)] if is_told else [])
    if is_told:
        assert found.episodes[0].rows == tuple(range(20, 30))


def test_a_recorder_that_varies_its_quality_is_not_ill():
    quality = [50, 95, *(int(q) for q in np.random.default_rng(0).integers(50, 96, 40))]

    assert health(live(42, quality=quality)).episodes == ()


def test_another_size_is_told():
    pictures = [noisy(scene(row), row) for row in range(15)]
    small = [noisy(scene(row, height=48, width=64), row) for row in range(5)]

    (one,) = health(filmed(pictures + small)).episodes

    assert (one.kind, one.rows, one.is_open) == ("size", tuple(range(15, 20)), True)
    assert "64 × 48 px instead of 128 × 96 px" in episode_statement(one).headline


def test_a_silence_is_told_with_what_the_others_did():
    times = [START + pd.Timedelta(minutes=10 * n + (600 if n >= 20 else 0)) for n in range(40)]
    others = [START + pd.Timedelta(minutes=10 * n) for n in range(100)]

    (one,) = health(live(40, times=times), others=others).episodes
    (alone,) = health(live(40, times=times)).episodes

    assert (one.kind, one.state, one.rows) == ("gap", State.CONFIRMED, (19, 20))
    assert one.facts["others"] == 60
    assert alone.state is State.SUSPECTED


def test_a_camera_that_fell_silent_is_told_without_an_end():
    others = [START + pd.Timedelta(minutes=10 * n) for n in range(100)]

    (one,) = health(live(20), others=others, last=others[-1]).episodes

    assert (one.kind, one.is_open) == ("gap", True)
    assert "since 2 March 2026, 11:10" in episode_statement(one).headline


def test_nights_are_no_silence():
    times = [START + pd.Timedelta(days=day, minutes=10 * n) for day in range(5) for n in range(6)]

    assert health(live(30, times=times)).episodes == ()


def test_a_clock_set_back_is_seen_by_the_names():
    minutes = [10 * n - (60 if n >= 25 else 0) + 5 for n in range(50)]
    times = [START + pd.Timedelta(minutes=n) for n in minutes]

    found = [one for one in health(live(50, times=times)).episodes if one.kind == "clock_back"]

    assert [(one.facts["seconds"], one.frames) for one in found] == [(3000.0, 2)]


def test_names_in_no_order_say_nothing_of_the_clock():
    order = np.random.default_rng(0).permutation(40)
    times = [START + pd.Timedelta(minutes=10 * int(n)) for n in order]

    assert health(live(40, times=times)).episodes == ()


def test_frames_to_come_cost_only_themselves():
    times = [START + pd.Timedelta(minutes=10 * n) for n in range(20)]
    times[5] = NOW + pd.Timedelta(days=400)
    found = health(live(20, times=times))

    (one,) = [one for one in found.episodes if one.kind == "clock_ahead"]
    assert one.hashes == ("cam1-00005",)
    assert len(found.days) == 1
    assert health(live(3, times=[NOW + pd.Timedelta(days=9)] * 3)).days.empty


def test_without_times_the_rest_works():
    pictures = [noisy(scene(row), row) for row in range(12)]
    frames, seen = filmed(pictures + [pictures[-1]] * 4)
    frames["taken_at"] = pd.NaT
    frames["taken_at"] = frames["taken_at"].astype("datetime64[us]")

    found = health((frames, seen))

    assert kinds(found) == [("stuck", State.SUSPECTED)]
    assert "None of its 16 frames has a time" in note_sentences(found)[0]
    assert "in a row by name" in episode_statement(found.episodes[0]).headline
    assert found.days.empty


def test_one_time_for_all_is_none():
    found = health(live(12, times=[START] * 12))

    assert "one and the same time" in note_sentences(found)[0]


def test_some_without_times_three_a_day_and_unread_ones_are_said():
    times = [START + pd.Timedelta(days=n // 3, hours=n % 3) for n in range(9)] + [pd.NaT]
    frames, seen = live(10, times=times)
    seen.is_known[4] = False

    found = health((frames, seen))

    assert found.episodes == ()
    assert {"some_untimed": 1, "unseen": 1, "few_days": 3}.items() <= found.notes.items()
    assert len(note_sentences(found)) == len(found.notes)


def test_one_frame_and_a_camera_without_a_name_are_no_trouble():
    frames, seen = live(1)
    frames["camera"] = np.nan

    assert health((frames, seen)).camera == ""


def test_swapped_cameras_are_told_so_instead_of_moved():
    def camera(name, first, second):
        pictures = [noisy(scene(first), n) for n in range(15)]
        pictures += [noisy(scene(second), 100 + n) for n in range(12)]
        return health(filmed(pictures, camera=name, minutes=64), cameras=2)

    told = with_swaps([camera("a", 1, 2), camera("b", 2, 1)])

    assert [kinds(one) for one in told] == [[("swapped", State.CONFIRMED)]] * 2
    assert set(told[0].days["kind"]) == {"", "swapped"}
    assert "shows what b showed before" in episode_statement(told[0].episodes[0]).headline


def test_every_kind_and_note_has_words():
    assert all(words.title and words.next_step.endswith(".") for words in KINDS.values())
    assert all(note.endswith(".") for note in NOTES.values())
