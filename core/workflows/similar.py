"""What else looks like this? Copies and look-alikes of frames, or of pictures from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.engines.local import score_images
from core.errors import FieldcheckError, PictureError
from core.findings import similar as maths
from core.findings import similar_words as words
from core.findings.not_sure import answer_words
from core.frames.clips import BLANK_HASHES
from core.frames.hashing import content_hash, picture_hash
from core.frames.images import decode, decode_reduced, encode_jpeg, working_image
from core.frames.index import HASH_SIDE
from core.metrics.near_index import search
from core.metrics.nearest import hash_distances, middle_of, ranked
from core.metrics.unlike import unit_rows
from core.project import Project
from core.records import Folder, Statement
from core.settings import SETTINGS
from core.workflows.kept import kept_beside
from core.workflows.labels_now import label_now, labels_now
from core.workflows.live_answers import live_answers
from core.workflows.models import classifier_of
from core.workflows.scores import Scores, scores
from core.workflows.similar_index import Looks, Progress, is_ready, looks_of

__all__ = [
    "ALL_CLIPS", "CLIPS", "COUNT", "FOLDERS", "METHOD", "NOT_PROVEN", "Outside", "Similar",
    "asked", "asked_frames", "found_by_name", "is_ready", "outside_picture", "prepare",
    "report_lines", "similar", "similar_json",
]  # fmt: skip

COUNT = 48
HASH = re.compile(r"[0-9a-f]{6,64}")
MOST_ASKED = 20
MOST_NEAR = 2_000  # near copies measured; beyond, a stuck camera's other thousands say no more
METHOD, NOT_PROVEN = words.METHOD, words.NOT_PROVEN

OTHERS, ONE_EACH, ALL_CLIPS = "others", "one_each", "all"
CLIPS: dict[str, str] = {
    "others": "Other clips only",
    "one_each": "One frame of each other clip",
    "all": "Its own clip too",
}
"""Which frames may be listed; those of its own clip show nearly the same, and would fill it."""

FOLDERS: dict[str, str] = {"": "Field and reference", "field": "Field", "reference": "Reference"}


@dataclass(frozen=True, eq=False)
class Outside:
    """A picture that is no frame of the project, seen by its model."""

    name: str
    content_hash: str
    picture_hash: int
    embedding: NDArray[np.float32]  # (n_features,)
    words: str  # the model's answer
    thumbnail: bytes  # JPEG


@dataclass(frozen=True)
class Similar:
    """The neighbours of one question, in one order."""

    frames: pd.DataFrame  # rows of the project's frames with kind, bits, likeness, share, closest,
    # label_now, note and places; closest counts from 1, 0 where one picture was asked about
    headline: Statement
    notes: tuple[str, ...]
    is_proven: bool
    measured: int  # frames whose whole embedding was compared


def outside_picture(project: Project, name: str, content: bytes) -> Outside:
    """
    A picture from outside, answered by the project's model; nothing of it is stored.

    Raises:
        PictureError: it cannot be read.
        ModelError: the project has no model, or it does not open.
    """
    try:
        reduced = decode_reduced(content, short_side=HASH_SIDE)
        image = working_image(decode(content))
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from error
    answers, logits, embeddings = score_images(classifier_of(project), [image])
    ((shown, is_unusual),) = live_answers(
        project, answers, [image], logits=logits, embeddings=embeddings
    )
    return Outside(
        name,
        content_hash(content),
        int(picture_hash(reduced.image), 16),
        embeddings[0],
        answer_words(answers[0].label, answers[0].confidence, shown=shown, is_unusual=is_unusual),
        encode_jpeg(working_image(image, short_side=192)),
    )


def prepare(
    project: Project,
    *,
    on_progress: Progress = lambda done, total: None,
    should_stop: Any = lambda: False,
) -> None:
    """
    Make the project's pictures comparable, where that was not done yet.

    Raises:
        NothingYetError: there are no frames, or it was stopped.
    """
    looks_of(project, on_progress=on_progress, should_stop=should_stop)


def similar(
    project: Project,
    like: Sequence[str] = (),
    *,
    pictures: Sequence[Outside] = (),
    count: int = COUNT,
    clips: str = OTHERS,
    folder: str = "",
    is_labelled: bool = False,
    label: str = "",
    is_exact: bool = False,
) -> Similar:
    """
    The frames most like some frames, or pictures from outside, or both; each picture once.

    Args:
        like: content hashes of frames, or their beginnings if no other frame begins so.
        pictures: asked about together with them.
        clips: a key of CLIPS. Exact copies are listed whatever it says.
        folder: a key of FOLDERS.
        is_labelled: only frames that have a label, as given or decided.
        label: only frames of this label; "" for any.
        is_exact: measure every frame that could belong to the list.

    Raises:
        FieldcheckError: nothing was asked about, a frame is not in the project, or a choice is
            not one of those there are.
        NothingYetError: there are no frames.
    """
    _check(clips, folder, [*like, *pictures])
    looks = looks_of(project)
    asked = [_row_of(looks, digest) for digest in dict.fromkeys(like)]
    same = [looks.row_of[p.content_hash] for p in pictures if p.content_hash in looks.row_of]
    may = _in_view(looks, scores(project), folder)
    may = _of_label(project, looks, may, is_labelled=is_labelled, label=label)
    exact = _exact(looks, asked, same, may)
    own = np.isin(looks.clips, looks.clips[asked])
    may[[*asked, *same]] = False
    same_clip = int((may & own).sum()) if clips != ALL_CLIPS else 0
    if clips != ALL_CLIPS:
        may &= ~own
    units = _units(looks, asked, pictures)
    hashes = _hashes(looks, asked, pictures)
    left = max(0, count - len(exact))
    listed, is_proven, measured = _listed(
        looks, units, hashes, may, count=left, one_each=clips == ONE_EACH, is_exact=is_exact
    )
    table = maths.one_order(pd.concat([exact, listed], ignore_index=True)).head(count)
    frames = _told(project, looks, table, units)
    notes = () if units.any() else (words.NO_LIKENESS,)
    kinds, labels = list(frames["kind"]), [_text(one) for one in frames["label_now"]]
    said = words.headline(kinds, labels, asked=len(asked) + len(pictures), same_clip=same_clip)
    return Similar(frames, said, notes, is_proven, measured)


def _check(clips: str, folder: str, asked: Sequence[object]) -> None:
    if clips not in CLIPS:
        raise FieldcheckError(f"There is no choice '{clips}'. There are: {', '.join(CLIPS)}.")
    if folder not in FOLDERS:
        raise FieldcheckError(f"There is no folder '{folder}'. There are: field, reference.")
    if not asked:
        raise FieldcheckError("Name a frame or a picture to look for.")
    if len(asked) > MOST_ASKED:
        raise FieldcheckError(
            f"{len(asked):,} pictures are too many to ask about at once (at most {MOST_ASKED}). "
            "Choose a few that show what you mean."
        )


def _row_of(looks: Looks, digest: str) -> int:
    row = looks.row_of.get(digest)
    if row is not None:
        return row
    begun = [at for known, at in looks.row_of.items() if digest and known.startswith(digest)]
    if len(begun) == 1:
        return begun[0]
    raise FieldcheckError(
        f"No frame of this project is '{digest}'. It may have been taken away, or belong to "
        "another project. Choose a frame below."
        if not begun
        else f"{len(begun):,} frames begin with '{digest}'. Give more of its content hash."
    )


@kept_beside(most=8)
def _seen(whole: Scores, shown: Scores) -> NDArray[np.bool_]:
    """Which pictures of the whole project a narrowed one still shows."""
    every = whole.frames["content_hash"].drop_duplicates()
    return np.asarray(every.isin(shown.frames["content_hash"]), dtype=bool)


def _in_view(looks: Looks, shown: Scores, folder: str) -> NDArray[np.bool_]:
    may = _seen(looks.found, shown).copy()
    if folder:
        may &= _lies_in(looks.found, folder)
    return may


@kept_beside(most=8)
def _lies_in(whole: Scores, folder: str) -> NDArray[np.bool_]:
    """Which pictures have a file in a folder; one may have files in both."""
    every = whole.frames["content_hash"].drop_duplicates()
    return np.asarray(every.isin(whole.of(Folder(folder))["content_hash"]), dtype=bool)


def _of_label(
    project: Project, looks: Looks, may: NDArray[np.bool_], *, is_labelled: bool, label: str
) -> NDArray[np.bool_]:
    if not (is_labelled or label):
        return may
    now = label_now(looks.frames, labels_now(project))
    held: NDArray[np.bool_] = np.asarray(now == label if label else now.notna(), dtype=bool)
    return may & held


def _exact(looks: Looks, asked: list[int], same: list[int], may: NDArray[np.bool_]) -> pd.DataFrame:
    """Pictures with another file of the same bytes than the one asked about."""
    twice = _twice(looks.found)
    rows = [row for row in asked if looks.frames["content_hash"].iloc[row] in twice]
    rows = [row for row in dict.fromkeys([*rows, *same]) if may[row]]
    return _table(looks, np.array(rows, np.intp), maths.EXACT, np.zeros(len(rows)), 1.0)


@kept_beside(most=2)  # looked at with every question
def _twice(found: Scores) -> frozenset[str]:
    """Content hashes of which there is more than one file."""
    digests = found.frames["content_hash"]
    return frozenset(digests[digests.duplicated()])


def _table(
    looks: Looks, rows: NDArray[np.intp], kind: str, bits: Any, likeness: Any
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": rows,
            "content_hash": looks.frames["content_hash"].iloc[rows].to_numpy(),
            "kind": kind,
            "bits": np.asarray(bits, dtype=np.int64),
            "likeness": np.broadcast_to(np.asarray(likeness, dtype=np.float64), len(rows)),
        }
    )


def _units(looks: Looks, asked: list[int], pictures: Sequence[Outside]) -> NDArray[np.float32]:
    """Directions of what is asked about, one row each; zeros where none is known."""
    width = looks.index.whole.shape[1]
    rows = [
        looks.index.whole[looks.place[row]].astype(np.float32)
        if looks.place[row] >= 0
        else np.zeros(width, np.float32)
        for row in asked
    ]
    rows += [
        picture.embedding if len(picture.embedding) == width else np.zeros(width, np.float32)
        for picture in pictures
    ]
    return unit_rows(np.stack(rows))


def _hashes(looks: Looks, asked: list[int], pictures: Sequence[Outside]) -> NDArray[np.uint64]:
    """Picture hashes of what is asked about, without those that say nothing."""
    known = [int(looks.hashes[row]) for row in asked] + [p.picture_hash for p in pictures]
    return np.array([one for one in known if one not in BLANK_HASHES], dtype=np.uint64)


def _listed(
    looks: Looks,
    units: NDArray[np.float32],
    hashes: NDArray[np.uint64],
    may: NDArray[np.bool_],
    *,
    count: int,
    one_each: bool,
    is_exact: bool,
) -> tuple[pd.DataFrame, bool, int]:
    """Near copies and the most alike; whether that is proven, and how many were measured."""
    near = _near(looks, units, hashes, may)
    rest = may.copy()
    rest[near["row"]] = False
    allowed = np.zeros(len(looks.frame_at), dtype=bool)
    allowed[looks.place[rest & (looks.place >= 0)]] = True
    wanted, free = max(1, count), int(allowed.sum())
    while True:
        found = search(looks.index, middle_of(units), count=wanted, allowed=allowed,
                       is_exact=is_exact)  # fmt: skip
        alike = _table(
            looks, looks.frame_at[found.rows], maths.ALIKE, np.full(len(found.rows), 64),
            found.alike,
        )  # fmt: skip
        both = maths.one_order(pd.concat([near, alike], ignore_index=True))
        if not one_each:
            return both, found.is_proven, found.measured
        first = both[~pd.Series(looks.clips[both["row"]], index=both.index).duplicated()]
        if len(first) >= count or wanted >= free:
            return first, found.is_proven, found.measured
        wanted = min(4 * wanted, free)


def _near(
    looks: Looks, units: NDArray[np.float32], hashes: NDArray[np.uint64], may: NDArray[np.bool_]
) -> pd.DataFrame:
    bits = hash_distances(hashes, looks.hashes)
    bits[looks.is_blank] = 64
    rows = np.flatnonzero(may & (bits <= SETTINGS.near_copy_bits))
    rows = rows[np.argsort(bits[rows], kind="stable")][:MOST_NEAR]
    # To the nearest of those asked about, not to their middle: a copy of one is a copy.
    alike = _likeness(looks, rows, units).max(axis=1, initial=-np.inf)
    alike = np.where(np.isfinite(alike), alike, np.nan)
    is_near = maths.is_near_copy(bits[rows], alike)
    return _table(looks, rows[is_near], maths.NEAR, bits[rows[is_near]], alike[is_near])


def _likeness(
    looks: Looks, rows: NDArray[np.intp], units: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Likeness of frames to each picture asked about, (n, asked); -inf where it is not known."""
    told = np.full((len(rows), len(units)), -np.inf)
    known = looks.place[rows] >= 0
    known[known] = looks.index.length[looks.place[rows[known]]] > 0
    whole = looks.index.whole[looks.place[rows[known]]]
    for at, unit in enumerate(units):
        if unit.any():
            places = np.arange(len(whole))
            order, alike = ranked(unit, whole, places, count=len(whole))
            column = np.empty(len(whole))
            column[order] = alike
            told[known, at] = column
    return told


def _told(
    project: Project, looks: Looks, table: pd.DataFrame, units: NDArray[np.float32]
) -> pd.DataFrame:
    """The frames of the list with everything said of them."""
    rows = table["row"].to_numpy(dtype=np.intp)
    frames = looks.frames.iloc[rows].copy().reset_index(drop=True)
    for name in ("kind", "bits", "likeness"):
        frames[name] = table[name].to_numpy()
    frames["share"] = maths.share_less_alike(frames["likeness"].to_numpy(dtype=float), looks.usual)
    each = _likeness(looks, rows, units)
    is_many = len(units) > 1
    frames["closest"] = each.argmax(axis=1) + 1 if is_many and len(rows) else 0
    frames["label_now"] = label_now(frames, labels_now(project))
    places = _places(looks.found, frames.loc[frames["kind"] == maths.EXACT, "content_hash"])
    frames["places"] = [places.get(digest, ()) for digest in frames["content_hash"]]
    frames["note"] = [
        maths.how_alike(kind, int(bits), likeness, share, files=" and ".join(files))
        + (f", most like picture {closest}" if closest else "")
        for kind, bits, likeness, share, files, closest in zip(
            frames["kind"], frames["bits"], frames["likeness"], frames["share"], frames["places"],
            frames["closest"], strict=True,
        )
    ]  # fmt: skip
    return frames


def _places(found: Scores, digests: pd.Series) -> dict[str, tuple[str, ...]]:
    """Where every file of these contents lies: "reference/pliers/003.jpg"."""
    if digests.empty:
        return {}
    rows = found.frames[found.frames["content_hash"].isin(digests)]
    return {
        str(digest): tuple(f"{f}/{p}" for f, p in zip(part["folder"], part["path"], strict=True))
        for digest, part in rows.groupby("content_hash")
    }


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def asked(project: Project, texts: Sequence[str]) -> tuple[list[str], list[Outside]]:
    """
    Files and content hashes told apart: hashes of frames, and pictures from outside.

    A file that is a frame of the project counts as that frame, so that its clip is known.

    Raises:
        FieldcheckError: one is neither a file nor a frame.
        PictureError: a file cannot be read as a picture.
    """
    looks = looks_of(project)
    like: list[str] = []
    pictures: list[Outside] = []
    for text in texts:
        file = Path(text).expanduser()
        if not file.is_file():
            if not HASH.fullmatch(text):
                raise FieldcheckError(
                    f"There is no picture {text}. Give a file, or a frame's hash."
                )
            like.append(str(looks.frames["content_hash"].iloc[_row_of(looks, text)]))
            continue
        try:
            content = file.read_bytes()
        except OSError as error:
            raise PictureError(f"{text} cannot be read ({error.strerror}).") from error
        digest = content_hash(content)
        if digest in looks.row_of:
            like.append(digest)
        else:
            pictures.append(outside_picture(project, file.name, content))
    return like, pictures


def asked_frames(project: Project, like: Sequence[str]) -> pd.DataFrame:
    """
    The frames asked about, in order.

    Raises:
        FieldcheckError: one is not in the project.
    """
    looks = looks_of(project)
    return looks.frames.iloc[[_row_of(looks, digest) for digest in dict.fromkeys(like)]]


def found_by_name(project: Project, text: str, *, most: int = 24) -> pd.DataFrame:
    """Frames whose path holds a text, whatever the case, by path; those of a narrowed project."""
    frames = scores(project).frames.drop_duplicates("content_hash")
    holds = frames["path"].str.contains(text.strip(), case=False, regex=False)
    return frames[holds].sort_values(["folder", "path"]).head(most)


def similar_json(found: Similar) -> list[dict[str, Any]]:
    """What `fieldcheck similar --json` prints: one object a file, in the order of the list."""
    rows = []
    for row in found.frames.to_dict("records"):
        files = row["places"] or (f"{row['folder']}/{row['path']}",)
        for file in files:
            folder, _, path = file.partition("/")
            rows.append(
                {
                    "folder": folder,
                    "path": path,
                    "content_hash": row["content_hash"],
                    "kind": row["kind"],
                    "bits": int(row["bits"]) if row["kind"] != maths.ALIKE else None,
                    "likeness": None if pd.isna(row["likeness"]) else float(row["likeness"]),
                    "words": maths.how_alike(
                        row["kind"], int(row["bits"]), row["likeness"], row["share"]
                    ),
                    "closest": int(row["closest"]) or None,
                    "label": _text(row["label_now"]),
                    "answer": _text(row["answer"]),
                    "confidence": None if pd.isna(row["confidence"]) else float(row["confidence"]),
                    "is_proven": found.is_proven,
                }
            )
    return rows


def report_lines(found: Similar) -> list[str]:
    """The neighbours in words."""
    said = [found.headline.headline, *found.notes]
    if not found.is_proven:
        said.append(words.NOT_PROVEN)
    return [*said, *(words.line_of(row) for row in similar_json(found))]
