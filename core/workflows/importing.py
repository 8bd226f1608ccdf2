"""Labels given elsewhere become reviews: looked at first, brought in once, taken back at once."""

from __future__ import annotations

import re
import tempfile
import unicodedata
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import NothingYetError, ReviewError
from core.exports.label_studio import choice_name
from core.exports.names import class_folders
from core.findings import import_words as words
from core.findings.statements import count_of
from core.frames.hashing import content_hash
from core.frames.metadata import PathBook
from core.imports.registry import READERS, read_labels
from core.imports.rows import LabelFile, LabelRow
from core.project import Project
from core.records import Action, Review
from core.store import imports as store
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.backups import keep_soon
from core.workflows.choices import choices_of
from core.workflows.scores import reviewed, scores

FORMATS = tuple(READERS)
LONGEST_NAME = 200  # of a reviewer
SHOWN = 20
_NAMESPACE = uuid.UUID("6f1c2a52-7b1e-5c39-9a53-2f0c1d6b8e11")


@dataclass(frozen=True)
class Judged:
    """One row and what would become of it."""

    row: LabelRow
    fate: str  # a key of words.MEANINGS
    content_hash: str | None = None
    label: str | None = None  # as the model spells it


@dataclass(frozen=True)
class Preview:
    """What bringing a file in would do; nothing is stored yet."""

    name: str
    rows: tuple[Judged, ...]
    reviews: tuple[Review, ...]  # what would be stored
    counts: dict[str, int]  # fate: rows
    changes: int  # pictures that were decided otherwise here
    disagree: int  # pictures that have two labels in the file
    problems: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All rows by what would become of them."""
        return words.preview_words(self.counts)


def preview(project: Project, path: Path, *, format_name: str | None = None) -> Preview:
    """
    What bringing a file of labels in would do.

    A picture is known by its content where the file tells it or the picture came along, else by
    its path, else by its file name if only one picture is called so.

    Args:
        path: CSV, JSON Lines or Parquet; COCO's or Label Studio's JSON; a folder FiftyOne or
            Fieldcheck wrote; or class folders.
        format_name: one of FORMATS; None looks.

    Raises:
        MetadataError, FolderError: it cannot be read.
        NothingYetError: there is no model, so nobody knows which classes there are.
    """
    project = project.whole
    chosen = choices_of(project)
    if not (chosen.spec and chosen.spec.classes):
        raise NothingYetError(
            "Choose a model first: its classes say which labels there can be. Open one on the "
            "Overview."
        )
    path = path.expanduser()
    file = read_labels(path, format_name)
    book = _Book(project, path if path.is_dir() else path.parent)
    spelling = _Spelling(chosen.spec.classes)
    judged = [_judged(row, book, spelling) for row in file.rows]
    reviews, judged = _reviews(project, file, judged)
    counts = Counter(one.fate for one in judged)
    if file.problems:
        counts[words.UNREADABLE] += len(file.problems)
    changes, disagree = _clashes(project, reviews)
    return Preview(
        file.name, tuple(judged), tuple(reviews), dict(counts), changes, disagree, file.problems
    )


def preview_upload(project: Project, name: str, content: bytes) -> Preview:
    """
    `preview` of a file that was dropped on the page.

    Raises:
        MetadataError, NothingYetError: as `preview`.
    """
    with tempfile.TemporaryDirectory(prefix="fieldcheck-") as folder:
        path = Path(folder) / (re.sub(r'[/\\:*?"<>|\0]', "_", name)[-120:] or "file")
        path.write_bytes(content)
        return preview(project, path)


def preview_place(project: Project, text: str) -> Preview:
    """
    `preview` of a file or folder that was typed.

    Raises:
        MetadataError, FolderError, NothingYetError: as `preview`.
    """
    return preview(project, Path(text.strip().strip('"')))


def bring(project: Project, found: Preview) -> str:
    """`bring_in`, said in words."""
    return brought_words(found, bring_in(project, found))


def bring_words(found: Preview) -> str:
    """The button that brings it in: "Bring 180 labels in"."""
    return f"Bring {count_of(len(found.reviews), 'label')} in"


def undo_words(name: str, labels: int) -> str:
    """The button that takes the newest import back."""
    return f"Take back {count_of(labels, 'label')} of {name}"


def bring_in(project: Project, found: Preview) -> int:
    """
    Store what a preview showed, all or none; how many were new. Twice changes nothing.

    Raises:
        ReviewError, DiskError: nothing was stored.
    """
    with connect(project.database) as db:
        new = review_store.record_reviews(db, found.reviews)
    if new:
        keep_soon(project.whole)
    return new


def last_import(project: Project) -> tuple[str, int] | None:
    """The newest import of which anything still stands: its file's name and how many labels."""
    with connect(project.database) as db:
        rows = store.newest_import(db)
    return (_name_of(rows[0]["client"]), len(rows)) if rows else None


def undo(project: Project) -> str:
    """
    Take the newest import back, every label of it that still stands; said in words.

    Raises:
        ReviewError: there is none.
        DiskError: nothing was taken back.
    """
    with connect(project.database) as db:
        rows = store.newest_import(db)
        if not rows:
            raise ReviewError("No import stands that could be taken back.")
        client = f"{store.UNDO}{uuid.uuid4()}"
        reviewer = choices_of(project).reviewer
        now = datetime.now(UTC)
        review_store.record_reviews(
            db,
            [
                Review(
                    str(uuid.uuid4()), client, number, row["content_hash"], Action.UNDO, None,
                    reviewer, now, row["id"],
                )
                for number, row in enumerate(rows, start=1)
            ],
        )  # fmt: skip
    keep_soon(project.whole)
    return words.taken_back_words(len(rows), _name_of(rows[0]["client"]))


def preview_table(found: Preview) -> pd.DataFrame:
    """The rows as a table for people: picture, label, by and what becomes of it."""
    return pd.DataFrame(
        [
            {
                "picture": next(iter(one.row.names), one.row.content_hash or ""),
                "label": one.row.label or "",
                "by": one.row.annotator or "",
                "what becomes of it": words.MEANINGS[one.fate],
            }
            for one in found.rows
        ],
        columns=["picture", "label", "by", "what becomes of it"],
    )


def preview_json(found: Preview, *, new: int | None = None) -> dict[str, Any]:
    """What `fieldcheck import --json` prints."""
    return {
        "file": found.name,
        "rows": sum(found.counts.values()),
        "counts": {name: found.counts.get(name, 0) for name in words.MEANINGS},
        "changes": found.changes,
        "disagree": found.disagree,
        "problems": list(found.problems),
        "new": new,
    }


def preview_lines(found: Preview) -> list[str]:
    """A preview in words, with the first rows that would cost themselves."""
    lost = [
        f"left out: {next(iter(one.row.names), f'row {one.row.number}')}"
        f"{f' ({one.row.label[:60]})' if one.row.label else ''}: {words.MEANINGS[one.fate]}"
        for one in found.rows
        if one.fate in (words.NO_PICTURE, words.SEVERAL, words.NO_CLASS)
    ]
    lost += [f"left out: {problem}" for problem in found.problems]
    more = [f"... and {len(lost) - SHOWN:,} more."] if len(lost) > SHOWN else []
    return [found.sentence, *warnings(found), *lost[:SHOWN], *more]


def warnings(found: Preview) -> list[str]:
    """What a person should know before they bring it in."""
    return words.change_words(found.changes, found.disagree)


def brought_words(found: Preview, new: int) -> str:
    """What was brought in, in words."""
    return words.brought_words(new, found.name)


class _Book:
    """Which picture a row means."""

    def __init__(self, project: Project, base: Path) -> None:
        frames = scores(project).frames
        self.hashes = list(frames["content_hash"])
        self.known = set(self.hashes)
        keys = list(zip(frames["folder"], frames["path"], strict=True))
        self.paths = {f"{folder}/{path}": n for n, (folder, path) in enumerate(keys)}
        self.book = PathBook(keys, base, choices_of(project).folders)
        self.names: dict[str, set[str]] = {}
        for (_, path), digest in zip(keys, self.hashes, strict=True):
            self.names.setdefault(_file_name(path), set()).add(digest)

    def find(self, row: LabelRow) -> tuple[str | None, str]:
        """The content hash, or None and why not."""
        if row.content_hash is not None:
            if row.content_hash in self.known:
                return row.content_hash, ""
            return None, words.NO_PICTURE  # another picture of the same name is not it
        if row.picture is not None and (digest := _hash(row.picture)) in self.known:
            return digest, ""
        for name in row.names:
            place = self.paths.get(name)
            place = self.book.find(name) if place is None else place
            if place is not None:
                return self.hashes[place], ""
        several = False
        for name in row.names:
            called = self.names.get(_file_name(name), set())
            if len(called) == 1:
                return next(iter(called)), ""
            several |= len(called) > 1
        return None, words.SEVERAL if several else words.NO_PICTURE


class _Spelling:
    """Labels as the model spells them."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self.exact = set(classes)
        self.other = {choice_name(name): name for name in classes}
        self.other |= {folder: name for name, folder in class_folders(classes).items()}
        folded = Counter(_folded(name) for name in classes)
        self.loose = {_folded(name): name for name in classes if folded[_folded(name)] == 1}

    def find(self, label: str) -> str | None:
        """The class; None if the model has none of that name."""
        for spelling in (label, label.removeprefix("'")):  # what csv_bytes defuses with
            if spelling in self.exact:
                return spelling
            if found := self.other.get(spelling) or self.loose.get(_folded(spelling)):
                return found
        return None


def _judged(row: LabelRow, book: _Book, spelling: _Spelling) -> Judged:
    if row.label is None:
        return Judged(row, words.NOTHING)
    if not row.is_reviewed:
        return Judged(row, words.UNTOUCHED)
    try:
        for text in (row.label, row.annotator or "", *row.names):
            text.encode()  # half a letter (a lone surrogate) fits no database
    except UnicodeEncodeError:
        return Judged(row, words.UNREADABLE)
    label = spelling.find(row.label)
    digest, why = book.find(row)
    if digest is None:
        return Judged(row, why, None, label)
    return Judged(row, words.READY if label else words.NO_CLASS, digest, label)


def _reviews(
    project: Project, file: LabelFile, judged: list[Judged]
) -> tuple[list[Review], list[Judged]]:
    """The reviews to store, and the rows with what becomes of each once all is known."""
    ready = [one for one in judged if one.fate == words.READY]
    turn, stored = _turn(project, file, ready)
    standing = _standing(project)
    said: set[tuple[str, str, str]] = set()
    touched: set[str] = set()
    client = f"{store.IMPORT}{file.digest[:12]}.{turn} {file.name}"[:64]
    now = datetime.now(UTC)
    reviews: list[Review] = []
    out: list[Judged] = []
    for one in judged:
        fate, digest, label = one.fate, one.content_hash, one.label
        reviewer = (one.row.annotator or f"import: {file.name}")[:LONGEST_NAME]
        if fate == words.READY and digest and label:
            identity = _identity(file, one.row, turn)
            if identity in stored:
                fate = words.KNOWN
            elif (digest, label, reviewer) in said:
                fate = words.REPEATED
            elif standing.get(digest) == label and digest not in touched:
                fate = words.SAME
            else:
                reviews.append(
                    Review(identity, client, one.row.number, digest, Action.LABEL, label,
                           reviewer, now)
                )  # fmt: skip
            said.add((digest, label, reviewer))
            touched.add(digest)
        out.append(Judged(one.row, fate, digest, label))
    return reviews, out


def _turn(project: Project, file: LabelFile, ready: list[Judged]) -> tuple[int, dict[str, bool]]:
    """
    Which time this file is brought in, from 0: one more than it was taken back as a whole.

    So the same file twice changes nothing, and one that was taken back can be brought in again.
    """
    turn = 0
    with connect(project.database) as db:
        while True:
            stored = store.stored(db, [_identity(file, one.row, turn) for one in ready])
            if not stored or not all(stored.values()):
                return turn, stored
            turn += 1


def _identity(file: LabelFile, row: LabelRow, turn: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{file.digest}:{row.number}:{turn}"))


def _standing(project: Project) -> dict[str, str | None]:
    """Content hash to the class decided on here, if any."""
    table = reviewed(project)
    table = table[table["decision"].notna()]
    labels = table["label"].astype(object).where(table["label"].notna(), None)
    return dict(zip(table["content_hash"], labels, strict=True))


def _clashes(project: Project, reviews: list[Review]) -> tuple[int, int]:
    standing = _standing(project)
    last = {review.content_hash: review.value for review in reviews}
    changes = sum(standing.get(digest, label) != label for digest, label in last.items())
    pairs = {(review.content_hash, review.value) for review in reviews}
    per_picture = Counter(digest for digest, _ in pairs)
    return changes, sum(count > 1 for count in per_picture.values())


def _hash(path: Path) -> str | None:
    try:
        return content_hash(path)
    except OSError:
        return None


def _file_name(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").rpartition("/")[2])


def _folded(label: str) -> str:
    return label.strip().casefold()


def _name_of(client: str) -> str:
    return client.removeprefix(store.IMPORT).partition(" ")[2] or "the file"
