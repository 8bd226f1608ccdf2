"""Moments as cameras and tables write them, read as the camera's local time without zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

YEARS = range(1990, 2101)  # a clock outside was never set

_CLOCK = (
    r"(?:[ T_]+|, ?)(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r" ?(?:Z|UTC|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-:/.](?P<month>\d{1,2})[-:/.](?P<day>\d{1,2})" + _CLOCK)
_YEAR_LAST = re.compile(r"(?P<first>\d{1,2})([./-])(?P<other>\d{1,2})\2(?P<year>\d{4})" + _CLOCK)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[ T_-]?"
    r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?Z?"
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")


def parse_time(text: str, *, month_first: bool = False) -> datetime | None:
    """
    The moment, or None if the text is none or has a day but no hour.

    Read are ISO 8601, EXIF (2026:03:02 07:15:03), 02.03.2026 07:15, 02/03/2026 07:15 (month first
    if told), 20260302_071503 and seconds, milliseconds or microseconds since 1970 (UTC). A zone is
    dropped, the clock kept. Years before 1990 come from clocks never set and are none.
    """
    text = text.strip().strip("\0").strip()
    if _EPOCH.fullmatch(text):
        return _plausible(_from_epoch(text))
    for pattern in (_YEAR_FIRST, _YEAR_LAST, _COMPACT):
        match = pattern.fullmatch(text)
        if match:
            return _plausible(_from_parts(match.groupdict(), month_first))
    return None


def parse_times(texts: Sequence[str]) -> list[datetime | None]:
    """Each text by `parse_time`; the whole column tells whether 02/03/2026 is March or February."""
    month_first = is_month_first(texts)
    return [parse_time(text, month_first=month_first) for text in texts]


def has_slashed_date(text: str) -> bool:
    """Whether the text begins like 02/03/2026, which is read in two ways."""
    return _SLASHED.match(text) is not None


def is_month_first(texts: Sequence[str]) -> bool:
    """True if dates with slashes make sense only with the month first, as 03/25/2026."""
    slashed = [match for match in map(_SLASHED.match, texts) if match]
    return any(int(match[2]) > 12 for match in slashed) and not any(
        int(match[1]) > 12 for match in slashed
    )


def _from_epoch(text: str) -> datetime | None:
    whole = text.partition(".")[0]
    seconds = float(text) / (1, 1e3, 1e6)[(len(whole) - 9) // 3 if len(whole) > 10 else 0]
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _from_parts(parts: dict[str, str | None], month_first: bool) -> datetime | None:
    if "first" in parts:
        names = ("month", "day") if month_first else ("day", "month")
        parts |= dict(zip(names, (parts["first"], parts["other"]), strict=True))
    year, month, day, hour, minute, second = (
        int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    half = parts.get("half")
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    microsecond = int(((parts["fraction"] or "0") + "00000")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:  # 0000:00:00, the 31st of February
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.year in YEARS else None
