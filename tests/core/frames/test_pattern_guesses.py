from __future__ import annotations

from itertools import product

import pytest

from core.frames.pattern_guesses import guess_patterns
from core.frames.patterns import compile_pattern, readings


def test_cameras_dates_and_times_are_seen():
    paths = [
        f"cam{c}/2026-03-{d:02}/cam{c}_202603{d:02}_0921{s:02}.jpg"
        for c, d, s in product((1, 2), (2, 3, 4), range(10, 20))
    ]

    assert guess_patterns(paths)[:2] == [
        "{camera}_{date}_{time}", "{camera}/{anything}/{camera}_{date}_{time}",
    ]  # fmt: skip


def test_class_folders_are_labels_if_they_are_classes():
    paths = [f"{name}/photo {n:03}.jpg" for name in ("Hand-Saw", "pliers") for n in range(20)]

    assert guess_patterns(paths, classes=["hand saw", "Pliers"])[0] == "{label}/{anything}"
    assert guess_patterns(paths)[0] == "{site}/{anything}"


def test_a_number_after_the_word_camera_is_one():
    paths = [f"Cam-{c}_{n:04}.jpg" for c in (1, 2) for n in range(30)]

    assert guess_patterns(paths) == ["Cam-{camera}_{anything}"]


@pytest.mark.parametrize(
    "paths",
    [
        [],
        ["one.jpg"],
        [f"IMG_{n:04}.jpg" for n in range(50)],  # tells nothing
        [f"{'_'.join('x' * (n % 7 + 1))}{n}.jpg" for n in range(50)],  # no two alike
        [f"{{a}}_{n}.jpg" for n in range(50)],
    ],
)
def test_where_nothing_is_told_nothing_is_offered(paths):
    assert guess_patterns(paths) == []


def test_whatever_is_offered_reads_nine_names_in_ten():
    names = ("north+1", "(south)", "[x]", "a.b")
    paths = [f"{a}/{b}_{n:03}.jpg" for a, b, n in product(names, names, range(8))] + ["odd.jpg"]
    offered = guess_patterns(paths)

    assert offered
    for text in offered:
        fits = [len(readings(compile_pattern(text), path)) == 1 for path in paths]
        assert sum(fits) >= 0.9 * len(paths)
