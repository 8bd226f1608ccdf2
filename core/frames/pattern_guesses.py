"""Patterns that fit the names a folder holds, offered so that nobody has to write one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from core.errors import MetadataError
from core.frames.patterns import SKIPPED, NamePattern, compile_pattern, readings

OFFERED = 3
_LOOKED_AT = 300  # paths, spread over all
_FITS = 0.9  # share of the paths looked at that a pattern must read
_MOST_VALUES = 60  # a part of more different values names frames

_DATE = r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])-|(?:0[1-9]|1[0-2]))(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3])(?:-[0-5]\d(?:-[0-5]\d)?|[0-5]\d(?:[0-5]\d)?)"
_MOMENTS = (
    (re.compile(rf"(?<!\d){_DATE}([-_ T]){_TIME}(?!\d)"), r"{date}\1{time}"),
    (re.compile(r"(?<!\d)(?:19|20)\d{12}(?!\d)"), "{taken_at}"),
    (re.compile(rf"(?<!\d){_DATE}(?!\d)"), "{date}"),
)
_TOKENS = re.compile(r"\{\w+\}|[_\- ]+|[^_\- {}]+|[{}]")
_CAMERA_WORD = re.compile(r"(?:cam|camera|kamera|kam)[-_ ]*$", re.IGNORECASE)
_CAMERA = re.compile(r"(?:cam|camera|kamera|kam|ch|channel)[-_ ]?\d+", re.IGNORECASE)

Column = tuple[str, ...]
"""One part of every name, by name."""


def guess_patterns(paths: Sequence[str], *, classes: Iterable[str] = ()) -> list[str]:
    """
    Up to three patterns that read nine names in ten, the one that tells most first.

    Args:
        paths: POSIX, below one frames folder.
        classes: what labels are called, to know a part that holds them.
    """
    looked_at = list(paths[:: max(1, len(paths) // _LOOKED_AT)][:_LOOKED_AT])
    labels = {_plain(name) for name in classes}
    folders, stem = _folder_columns(looked_at), _stem_columns(looked_at)
    file = "".join(_named(stem, labels, "part")) or f"{{{SKIPPED}}}"
    candidates = [file]
    if folders:
        # the file's parts are named first: a date it tells is not told again by its folder
        every = _named([*stem, *folders], labels, "part", n_folders=len(folders))
        whole = "".join(every[: len(stem)]) or f"{{{SKIPPED}}}"
        candidates.append("/".join([*every[len(stem) :], whole]))
        alone = _named(folders, labels, "part", n_folders=len(folders))
        candidates.append("/".join([*alone, f"{{{SKIPPED}}}"]))
    fitting = [p for text in dict.fromkeys(candidates) if (p := _fitting(text, looked_at))]
    fitting.sort(key=lambda pattern: (-len(pattern.names), len(pattern.text)))
    return [pattern.text for pattern in fitting[:OFFERED]]


def _folder_columns(paths: Sequence[str]) -> list[Column]:
    """The folders by level, if nearly all pictures lie equally deep."""
    folders = [PurePosixPath(path).parts[:-1] for path in paths]
    return _usual(folders, [len(parts) for parts in folders])


def _stem_columns(paths: Sequence[str]) -> list[Column]:
    """The file names' words, separators, dates and times, if nearly all are built alike."""
    tokens = [tuple(_TOKENS.findall(_with_moments(PurePosixPath(path).stem))) for path in paths]
    shapes = [tuple(token if not token[0].isalnum() else "" for token in name) for name in tokens]
    return _usual(tokens, shapes)


def _usual(rows: Sequence[tuple[str, ...]], shapes: Sequence[object]) -> list[Column]:
    """The rows of the commonest shape, turned to columns; none if too few have it."""
    if not rows:
        return []
    shape, count = Counter(shapes).most_common(1)[0]
    if count < _FITS * len(rows):
        return []
    alike = [row for row, its in zip(rows, shapes, strict=True) if its == shape]
    return list(zip(*alike, strict=True))


def _with_moments(stem: str) -> str:
    stem = stem.replace("{", "(").replace("}", ")")  # braces of a name are no placeholders
    for pattern, placeholder in _MOMENTS:
        told, count = pattern.subn(placeholder, stem, count=1)
        if count:
            return told
    return stem


def _named(
    columns: Sequence[Column], labels: set[str], word: str, *, n_folders: int = 0
) -> list[str]:
    """Each column as literal text or a placeholder; the last n_folders columns are folders."""
    names: dict[Column, str] = {}
    written = []
    for number, column in enumerate(columns):
        is_folder = number >= len(columns) - n_folders
        if len(set(column)) == 1:
            written.append(column[0])  # a separator, a placeholder, or the same everywhere
            continue
        if column not in names:
            taken = {*names.values(), *(text.strip("{}") for text in written)}
            name = _name(column, labels, taken, is_folder=is_folder)
            if name is None and _CAMERA_WORD.search("".join(written)):
                name = _free("camera", taken)
            names[column] = _free("site" if is_folder else word, taken) if name is None else name
        written.append(f"{{{names[column]}}}")
    return written


def _name(column: Column, labels: set[str], taken: set[str], *, is_folder: bool) -> str | None:
    """What a part tells, if it is plain to see; None for some other fact."""
    values = set(column)
    if "label" not in taken and all(_plain(value) in labels for value in values):
        return "label"
    if "camera" not in taken and all(map(_CAMERA.fullmatch, values)):
        return "camera"
    if is_folder and all(re.fullmatch(_DATE, value) for value in values):
        return SKIPPED if taken & {"date", "taken_at"} else "date"
    # numbers count frames unless few occur; words name frames if most differ
    few = 10 if all(value.isdigit() for value in values) else 2
    return SKIPPED if len(values) > min(_MOST_VALUES, max(2, len(column) // few)) else None


def _free(word: str, taken: set[str]) -> str:
    return next(
        name for n in range(1, 100) if (name := word if n == 1 else f"{word}_{n}") not in taken
    )


def _fitting(text: str, paths: Sequence[str]) -> NamePattern | None:
    try:
        pattern = compile_pattern(text)
    except MetadataError:
        return None
    read = sum(len(readings(pattern, path)) == 1 for path in paths)
    return pattern if read >= _FITS * len(paths) else None


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
