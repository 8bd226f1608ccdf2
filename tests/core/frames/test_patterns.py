from __future__ import annotations

import time
import unicodedata

import pytest

from core.errors import MetadataError
from core.frames.patterns import compile_pattern, readings


def read(pattern, path):
    """What the path says, None if it does not fit, "unclear" if in several ways."""
    found = readings(compile_pattern(pattern), path)
    return dict(found[0]) if len(found) == 1 else "unclear" if found else None


@pytest.mark.parametrize(
    ("pattern", "path", "said"),
    [
        (
            "{camera}_{date}_{time}.jpg",
            "cam1/2026/cam1_20260302_092133.jpg",
            {"camera": "cam1", "date": "20260302", "time": "092133"},
        ),
        (
            "{camera}_{date}_{time}",
            "front_gate_2026-03-02_09-21.PNG",
            {"camera": "front_gate", "date": "2026-03-02", "time": "09-21"},
        ),
        ("{site}/{camera}/{anything}", "north/cam 1/x.jpg", {"site": "north", "camera": "cam 1"}),
        ("**/{label}/{anything}", "a/b/Hand saw/1.jpg", {"label": "Hand saw"}),
        ("**/{label}/{anything}", "Hand saw/1.jpg", {"label": "Hand saw"}),
        ("{camera}/{camera}_{anything}", "Cam1/cam1_7.jpg", {"camera": "Cam1"}),
        ("IMG_{taken_at}", "img_20260302T092133.jpg", {"taken_at": "20260302T092133"}),
        ("{taken_at}-{anything}", "1772443293-a.jpg", {"taken_at": "1772443293"}),
        (
            "{year}/{month}/{day}/{hour}.{minute}",
            "2026/3/02/9.05.jpg",
            {"year": "2026", "month": "3", "day": "02", "hour": "9", "minute": "05"},
        ),
        ("{Place Name}-x", "Tor 3-x.jpg", {"place_name": "Tor 3"}),
        ("{camera}", "a.b.c.jpg", {"camera": "a.b.c"}),
    ],
)
def test_a_name_is_read_by_its_pattern(pattern, path, said):
    assert read(pattern, path) == said


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("{camera}_{date}.jpg", "cam1_20260302.png"),  # another suffix
        ("{camera}_{date}", "cam1_20261302.jpg"),  # no 13th month
        ("{camera}_{time}", "cam1_2561.jpg"),  # no 25 o'clock
        ("{camera}_{date}", "_20260302.jpg"),  # no camera
        ("{site}/{camera}/{anything}", "cam1/x.jpg"),  # not deep enough
        ("{site}/{anything}", "a/b/x.jpg"),  # too deep
        ("{camera}/{camera}_{anything}", "cam1/cam2_7.jpg"),  # the same name says two things
        ("cam{camera}", "photo1.jpg"),
    ],
)
def test_what_does_not_fit_says_nothing(pattern, path):
    assert read(pattern, path) is None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("{camera}_{place}", "front_gate_north.jpg"),
        ("{anything}-{camera}-{anything}", "x-A-B-A-y.jpg"),
        ("{year}{month}{day}{anything}", "20261112x.jpg"),
    ],
)
def test_a_name_that_fits_in_two_ways_is_unclear(pattern, path):
    assert read(pattern, path) == "unclear"


def test_ways_that_say_the_same_are_one():
    assert read("{camera}__{anything}_{anything}", "c__a_b_d.jpg") == {"camera": "c"}


@pytest.mark.parametrize("special", [".", "*", "+", "?", "(", ")", "[a", "]", "^", "$", "|", "\\d"])
def test_signs_that_mean_something_elsewhere_mean_themselves(special):
    assert read(f"a{special}{{camera}}", f"a{special}7.jpg") == {"camera": "7"}
    assert read(f"a{special}{{camera}}", "aaa7.jpg") is None
    assert read("{camera}-x", f"{special}-x.jpg") == {"camera": special}


def test_accents_written_apart_are_one():
    apart = unicodedata.normalize("NFD", "Gerät_7.jpg")

    assert read("Gerät_{camera}", apart) == {"camera": "7"}


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "1 to 300 characters"),
        ("   ", "1 to 300 characters"),
        ("x" * 301, "1 to 300 characters"),
        ("{camera", "brace {"),
        ("camera}", "brace }"),
        ("{{camera}}", "brace {"),
        ("{}_{date}", "no name for a column"),
        ("{1st}", "no name for a column"),
        ("{camera:03}", "no name for a column"),
        ("{a/b}", "no name for a column"),
        ("photo", "reads nothing"),
        ("{anything}/x", "reads nothing"),
        ("{camera}{place}", "Nothing stands between {camera} and {place}"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern, problem):
    with pytest.raises(MetadataError, match=problem):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["{a}_{b}_{c}_{d}_{e}_{f}_{g}x", "{x}_{a}_{b}_{a}z"])
def test_no_name_takes_long(pattern):
    """A regular expression would try for hours."""
    started = time.thread_time()
    readings(compile_pattern(pattern), "_" * 250 + ".jpg")

    assert time.thread_time() - started < 1
