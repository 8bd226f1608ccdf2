from __future__ import annotations

from datetime import datetime

import pytest

from core.frames.times import is_month_first, parse_time, parse_times

MORNING = datetime(2026, 3, 2, 7, 15, 3)
MINUTE = datetime(2026, 3, 2, 7, 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T07:15:03", MORNING),
        ("2026-03-02 07:15:03", MORNING),
        ("2026-03-02T07:15:03Z", MORNING),
        ("2026-03-02T07:15:03+01:00", MORNING),
        ("2026-03-02 07:15:03.250", MORNING.replace(microsecond=250_000)),
        ("2026-03-02T07:15:03.123456789", MORNING.replace(microsecond=123_456)),
        ("2026:03:02 07:15:03", MORNING),
        ("2026:03:02 07:15:03\0", MORNING),
        ("2026/3/2 7:15", MINUTE),
        ("02.03.2026 07:15", MINUTE),
        ("2.3.2026, 7:15:03", MORNING),
        ("02/03/2026 07:15:03", MORNING),
        ("2/3/2026 7:15:03 AM", MORNING),
        ("02/03/2026 07:15:03 p.m.", MORNING.replace(hour=19)),
        ("02/03/2026 12:15 am", MINUTE.replace(hour=0)),
        ("20260302_071503", MORNING),
        ("20260302T071503Z", MORNING),
        ("20260302071503", MORNING),
        ("1772435703", MORNING),
        ("1772435703.5", MORNING.replace(microsecond=500_000)),
        ("1772435703000", MORNING),
        ("1772435703000000", MORNING),
    ],
)
def test_moments_are_read_as_cameras_and_tables_write_them(text, expected):
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "dusk", "07:15:03", "2026-03-02", "02.03.2026", "20260302", "12", "2026"),
        *("0000:00:00 00:00:00", "2026:02:30 10:00:00", "2026-03-02 25:00", "    :  :     :  :  "),
        *("1970:01:01 00:00:00", "1980-01-01 00:00:00", "9999-12-31 23:59:59"),
    ],
)
def test_what_is_no_moment_is_none(text):
    assert parse_time(text) is None


def test_one_date_with_a_thirteenth_shows_that_the_month_comes_first():
    texts = ["03/02/2026 07:15", "03/25/2026 07:15", ""]

    assert is_month_first(texts)
    assert parse_times(texts)[:2] == [MINUTE, datetime(2026, 3, 25, 7, 15)]
    assert not is_month_first(["03/02/2026 07:15"])
    assert not is_month_first(["25/03/2026 07:15", "03/25/2026 07:15"])
