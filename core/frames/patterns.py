"""
What file and folder names say, by a pattern that people can write: {camera}_{date}_{time}.

A pattern without "/" is about the file's name, one with "/" about the whole path below the frames
folder, and "**/" before it stands for any folders. {anything} is skipped; {date}, {time},
{taken_at}, {year} to {second} match only what is one; every other name is a column; the same name
twice must say the same twice. Upper and lower case are one. Without a suffix at its end a pattern
fits every picture format.

Matching is strict: a name that can be read in two ways says nothing, and is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from core.errors import MetadataError
from core.frames.listing import SUFFIXES

SKIPPED = "anything"
_FOLDERS = "**/"
_LONGEST = 300  # characters of a pattern
_MOST_STEPS = 20_000  # tried on one name, about 20 ms
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_HOUR, _SIXTIETH = r"(?:[01]\d|2[0-3])", r"[0-5]\d"
_FORMS: dict[str, tuple[str, ...]] = {
    "date": (rf"{_YEAR}{_MONTH}{_DAY}", rf"{_YEAR}([-_.]){_MONTH}\1{_DAY}"),
    "time": (
        rf"{_HOUR}{_SIXTIETH}",
        rf"{_HOUR}{_SIXTIETH}{_SIXTIETH}",
        rf"{_HOUR}([-_.:h]){_SIXTIETH}",
        rf"{_HOUR}([-_.:]){_SIXTIETH}\1{_SIXTIETH}",
    ),
    "taken_at": (
        rf"{_YEAR}{_MONTH}{_DAY}[-_ T]?{_HOUR}{_SIXTIETH}(?:{_SIXTIETH})?",
        rf"{_YEAR}([-_.]){_MONTH}\1{_DAY}[-_ T]{_HOUR}([-_.:h]){_SIXTIETH}",
        rf"{_YEAR}([-_.]){_MONTH}\1{_DAY}[-_ T]{_HOUR}([-_.:]){_SIXTIETH}\2{_SIXTIETH}",
        r"\d{10}",
        r"\d{13}",
    ),
    "year": (_YEAR,),
    "month": (_MONTH, "[1-9]"),
    "day": (_DAY, "[1-9]"),
    "hour": (_HOUR, r"\d"),
    "minute": (_SIXTIETH,),
    "second": (_SIXTIETH,),
}
"""Placeholders that match only certain forms; the others match anything but "/"."""

Reading = tuple[tuple[str, str], ...]
"""What one name says: (placeholder, text), without {anything}."""


class _TooManyWaysError(Exception):
    """A name has more ways to be read than anybody wants to wait for."""


class _Part(NamedTuple):
    """A literal (name ""), a placeholder, or any folders (name "**/")."""

    name: str
    literal: str = ""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern taken apart; made by `compile_pattern`."""

    text: str
    parts: tuple[_Part, ...]
    is_path: bool  # about the whole path, not only the file's name
    has_suffix: bool
    names: tuple[str, ...]  # of the placeholders that say anything, in order, each once


def compile_pattern(text: str) -> NamePattern:
    """
    The pattern, checked.

    Raises:
        MetadataError: empty, braces that do not match, a placeholder without a proper name, two
            placeholders with nothing between them to tell where one ends, or nothing to read.
    """
    text = _composed(text).strip().strip("/")
    if not text or len(text) > _LONGEST:
        raise MetadataError(
            f"A pattern has 1 to {_LONGEST} characters, such as {{camera}}_{{date}}_{{time}}."
        )
    parts = tuple(_parts(text))
    names = tuple(dict.fromkeys(p.name for p in parts if p.name not in ("", SKIPPED, _FOLDERS)))
    if not names:
        raise MetadataError(
            f"The pattern '{text}' reads nothing. Put what a name tells in braces: {{camera}}."
        )
    for one, other in pairwise(parts):
        if _is_free(one) and _is_free(other):
            raise MetadataError(
                f"Nothing stands between {{{one.name}}} and {{{other.name}}} in the pattern "
                f"'{text}', so nobody can tell where one ends. Write what is between them."
            )
    return NamePattern(
        text,
        parts,
        is_path="/" in text,
        has_suffix=PurePosixPath(text).suffix.lower() in SUFFIXES,
        names=names,
    )


def readings(pattern: NamePattern, path: str) -> list[Reading]:
    """
    What the path says by the pattern: none if it does not fit, two if it fits in several ways.

    A name of hundreds of separators, which would take minutes to try, gives two empty readings.

    Args:
        path: POSIX, relative to the frames folder.
    """
    text = _composed(path)
    if not pattern.is_path:
        text = text.rpartition("/")[2]
    if not pattern.has_suffix:
        text = text.removesuffix(PurePosixPath(text).suffix)
    repeated = frozenset(
        name for name in pattern.names if sum(part.name == name for part in pattern.parts) > 1
    )
    try:
        return _tails(pattern.parts, text, repeated)
    except _TooManyWaysError:
        return [(), ()]


def _parts(text: str) -> Iterator[_Part]:
    if text.startswith(_FOLDERS):
        yield _Part(_FOLDERS)
        text = text.removeprefix(_FOLDERS)
    for literal, braces, name, stray in re.findall(r"([^{}]+)|(\{([^{}]*)\})|([{}])", text):
        if stray:
            raise MetadataError(
                f"A brace {stray} in the pattern '{text}' has no partner. Write {{name}}."
            )
        if literal:
            yield _Part("", literal)
        elif braces:
            yield _Part(_proper(name, text))


def _proper(name: str, text: str) -> str:
    plain = re.sub(r"[\s-]+", "_", name.strip().lower())
    if not re.fullmatch(r"[^\W\d]\w*", plain):
        raise MetadataError(
            f"{{{name}}} in the pattern '{text}' is no name for a column. Use letters, digits "
            "and _, such as {site}, or {anything} to skip a part."
        )
    return plain


def _is_free(part: _Part) -> bool:
    return bool(part.name) and part.name != _FOLDERS and part.name not in _FORMS


def _tails(parts: tuple[_Part, ...], text: str, repeated: frozenset[str]) -> list[Reading]:
    """
    Up to two different readings.

    By dynamic programming over (part, place, what repeated placeholders said): a regular
    expression of many placeholders could take hours on a name of many underscores.
    """

    steps = 0

    @cache
    def tails(number: int, start: int, said: Reading) -> tuple[Reading, ...]:
        nonlocal steps
        if number == len(parts):
            return ((),) if start == len(text) else ()
        part = parts[number]
        known = dict(said).get(part.name)
        found: dict[Reading, None] = {}
        for end in _ends(part, parts[number + 1 : number + 2], text, start, known):
            steps += 1
            if steps > _MOST_STEPS:
                raise _TooManyWaysError
            value = text[start:end]
            tells = part.name not in ("", SKIPPED, _FOLDERS) and known is None
            more = ((part.name, value),) if tells else ()
            kept = said + more if part.name in repeated else said
            found |= dict.fromkeys(more + tail for tail in tails(number + 1, end, kept))
            if len(found) > 1:
                break
        return tuple(found)[:2]

    return list(tails(0, 0, ()))


def _ends(
    part: _Part, following: tuple[_Part, ...], text: str, start: int, known: str | None
) -> Iterator[int]:
    """Where the part may end if it begins at `start`."""
    if part.name == _FOLDERS:
        yield start
        yield from (match.end() for match in re.finditer("/", text))
    elif not part.name or known is not None:
        literal = part.literal if not part.name else str(known)
        if text[start : start + len(literal)].casefold() == literal.casefold():
            yield start + len(literal)
    elif part.name in _FORMS:
        matches = (form.match(text, start) for form in _forms(part.name))
        yield from {match.end() for match in matches if match}
    else:
        yield from _free_ends(following, text, start)


def _free_ends(following: tuple[_Part, ...], text: str, start: int) -> Iterator[int]:
    border = text.find("/", start)
    last = len(text) if border < 0 else border
    if not following:
        if last == len(text) > start:
            yield last
        return
    literal = following[0].literal
    for end in range(start + 1, last + 1):
        if not literal or text[end : end + len(literal)].casefold() == literal.casefold():
            yield end


@cache
def _forms(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in _FORMS[name])


def _composed(text: str) -> str:
    """One spelling of accented letters; macOS writes names decomposed."""
    return unicodedata.normalize("NFC", text)
