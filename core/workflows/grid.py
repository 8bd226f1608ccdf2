"""Any selection of frames as a grid: sort, filter, page; tag or label many and take it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import FieldcheckError
from core.findings.slice_rules import HARD_CASE
from core.findings.statements import count_of
from core.project import Project
from core.records import Action, Folder
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.labels_now import label_now, labels_now
from core.workflows.narrow import tags_of
from core.workflows.queue import record_all
from core.workflows.scores import scores, sentences
from core.workflows.slices import title_of

__all__ = [
    "HARD_CASE",
    "PER_PAGE",
    "Act",
    "LabelPlan",
    "Range",
    "arranged",
    "bounds",
    "cards",
    "carrying",
    "every",
    "label_frames",
    "label_plan",
    "labels",
    "last_act",
    "numeric_columns",
    "page_of",
    "pages",
    "sentences_of",
    "sort_columns",
    "tag_frames",
    "undo_act",
    "untag_frames",
    "untagged",
]  # fmt: skip

PER_PAGE = 24
CLIENT = "grid-"
"""Every act of the grid is a window of its own, named by this and a UUID."""

TITLES = {
    "confidence": "How sure it is",
    "taken_at": "Time",
    "path": "File",
    "answer": "Answer",
    "is_right": "Right or wrong",
    "brightness": "Brightness (0 to 1)",
    "sharpness": "Sharpness (1 is blurred)",
    "contrast": "Contrast",
    "noise": "Noise",
    "warmth": "Warmth of the light",
    "dark_share": "Share of the picture that is black",
    "bright_share": "Share of the picture that is white",
    "jpeg_quality": "JPEG quality",
    "width": "Width in pixels",
    "height": "Height in pixels",
    "size_bytes": "File size in bytes",
}
_INNER = frozenset(
    {"modified_ns", "entropy", "luma_entropy", "laplacian_variance", "colours", "content_hash",
     "picture_hash", "folder", "top3", "clip", "shown", "is_unusual",
     # of the look-alikes
     "kind", "bits", "likeness", "share", "closest", "label_now", "note", "places"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Range:
    """Frames whose value in a column lies from `low` to `high`, both included."""

    column: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Act:
    """One tag put on, or taken off, or one label put on many frames at once."""

    client: str
    value: str  # the tag, or the class
    frames: int
    kind: str = "tag"  # or "label"
    is_off: bool = False  # a tag taken off

    @property
    def words(self) -> str:
        """ "“dusk” on 12 frames", "“dusk” off 12 frames", "label “wrench” on 12 frames"."""
        kind = "label " if self.kind == "label" else ""
        way = "off" if self.is_off else "on"
        return f"{kind}“{self.value}” {way} {count_of(self.frames, 'frame')}"


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """What labelling many frames at once would change, before it is done."""

    label: str
    changed: tuple[str, ...]  # content hashes that get the label, in order
    words: str


def numeric_columns(frames: pd.DataFrame) -> dict[str, str]:
    """Columns of numbers that differ between the frames, with their titles, ours first."""
    return {
        name: title
        for name, title in _titles(frames).items()
        if pd.api.types.is_numeric_dtype(frames[name])
        and not pd.api.types.is_bool_dtype(frames[name])
        and frames[name].nunique() > 1
    }


def sort_columns(frames: pd.DataFrame) -> dict[str, str]:
    """Every column the frames differ in, with their titles, ours first."""
    return {name: title for name, title in _titles(frames).items() if frames[name].nunique() > 1}


def _titles(frames: pd.DataFrame) -> dict[str, str]:
    names = dict.fromkeys([*(name for name in TITLES if name in frames), *frames.columns])
    return {name: TITLES.get(name) or title_of(name) for name in names if name not in _INNER}


def bounds(frames: pd.DataFrame, column: str) -> tuple[float, float]:
    """
    The smallest and the largest number in a column.

    Raises:
        FieldcheckError: it is no column of numbers that differ.
    """
    known = numeric_columns(frames)
    if column not in known:
        raise FieldcheckError(
            f"'{column}' is not a column of numbers that differ here. There are: "
            f"{', '.join(known) or 'none'}."
        )
    return float(frames[column].min()), float(frames[column].max())


def arranged(
    frames: pd.DataFrame,
    *,
    sort: str = "",
    descending: bool = False,
    ranges: Sequence[Range] = (),
) -> pd.DataFrame:
    """
    The frames within every range, sorted, one row per picture content.

    Args:
        sort: a column; "" keeps the order the frames came in. Frames without a value come last
            either way; equal ones keep the order they came in.
        ranges: a frame without a value is in no range.

    Raises:
        FieldcheckError: a column is not there, or holds no numbers.
    """
    rows = frames.drop_duplicates("content_hash")
    for wanted in ranges:
        bounds(frames, wanted.column)
        rows = rows[rows[wanted.column].between(wanted.low, wanted.high)]
    if not sort:
        return rows
    if sort not in rows:
        raise FieldcheckError(f"There is no column '{sort}' to sort by.")
    keys = rows[sort].map(str, na_action="ignore") if rows[sort].dtype == object else rows[sort]
    order = keys.reset_index(drop=True).sort_values(
        ascending=not descending, kind="stable", na_position="last"
    )
    return rows.iloc[order.index]


def every(project: Project) -> pd.DataFrame:
    """All field frames with an answer: wrong ones first, surest first, then unlabelled, right."""
    frames = scores(project).of(Folder.FIELD)
    frames = frames[frames["answer"].notna()]
    rank = frames["is_right"].map({False: 0, True: 2}).fillna(1)
    order = frames.assign(rank=rank).sort_values(["rank", "confidence"], ascending=[True, False])
    return frames.loc[order.index]


def pages(rows: pd.DataFrame) -> int:
    """How many pages the rows fill, at least 1."""
    return max(1, -(-len(rows) // PER_PAGE))


def page_of(rows: pd.DataFrame, page: int) -> pd.DataFrame:
    """The rows of one page, counted from 1; a page beyond the last is the last."""
    start = (min(max(page, 1), pages(rows)) - 1) * PER_PAGE
    return rows.iloc[start : start + PER_PAGE]


def cards(project: Project, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """What a thumbnail says of a frame: hash, path, note, sentence, is_wrong, tags, decided."""
    tags = tags_of(project.whole) if len(rows) else {}
    decided = labels_now(project) if len(rows) else {}
    notes = rows["note"] if "note" in rows else [""] * len(rows)
    return [
        {
            "hash": digest,
            "path": path,
            "sentence": sentence[0].upper() + sentence[1:],
            "is_wrong": right is False or right == 0,
            "tags": list(tags.get(digest, ())),
            "note": note,
            "decided": decided.get(digest, ""),
        }
        for digest, path, right, sentence, note in zip(
            rows["content_hash"],
            rows["path"],
            rows["is_right"],
            sentences_of(rows),
            notes,
            strict=True,
        )
    ]


def sentences_of(rows: pd.DataFrame) -> list[str]:
    """What the model said of each frame, or that it has not answered yet."""
    answered = rows["answer"].notna()
    said = dict(zip(rows.index[answered], sentences(rows[answered]), strict=True))
    return [said.get(place, "no answer yet") for place in rows.index]


def untagged(project: Project, content_hashes: Sequence[str], tag: str) -> list[str]:
    """Those of the frames that do not carry a tag yet, in order."""
    tags = tags_of(project.whole)
    return [digest for digest in content_hashes if tag not in tags.get(digest, ())]


def carrying(project: Project, content_hashes: Sequence[str], tag: str) -> list[str]:
    """Those of the frames that carry a tag, in order."""
    tags = tags_of(project.whole)
    return [digest for digest in content_hashes if tag in tags.get(digest, ())]


def tag_frames(project: Project, content_hashes: Sequence[str], tag: str) -> Act:
    """
    Tag frames, one review each, all committed together or none.

    Args:
        tag: HARD_CASE or any word. Frames that carry it already get no second review.

    Raises:
        ReviewError: the tag is empty or too long, or a picture is not in the project.
        FieldcheckError: no frame is chosen, or all carry the tag already.
        DiskError: nothing was stored; trying again is safe.
    """
    tag = " ".join(tag.split())
    if not content_hashes:
        raise FieldcheckError("No frame is chosen. Click some, then tag them.")
    wanted = untagged(project, list(dict.fromkeys(content_hashes)), tag)
    if not wanted:
        raise FieldcheckError(f"All of these carry “{tag}” already. Nothing was changed.")
    return _act(project, wanted, tag, is_off=False)


def untag_frames(project: Project, content_hashes: Sequence[str], tag: str) -> Act:
    """
    Take a tag off those of the frames that carry it, one review each, all together or none.

    Raises:
        FieldcheckError: none of them carries it.
        ReviewError, DiskError: as `tag_frames`.
    """
    wanted = carrying(project, list(dict.fromkeys(content_hashes)), tag)
    if not wanted:
        raise FieldcheckError(f"None of these carries “{tag}”. Nothing was changed.")
    return _act(project, wanted, tag, is_off=True)


def _act(project: Project, digests: Sequence[str], tag: str, *, is_off: bool) -> Act:
    if tag == HARD_CASE:
        action, value = Action.HARD_CASE, "off" if is_off else "on"
    else:
        action, value = Action.UNTAG if is_off else Action.TAG, tag
    client = f"{CLIENT}{uuid.uuid4()}"
    record_all(
        project,
        [_event(client, n, digest, action, value=value) for n, digest in enumerate(digests, 1)],
    )
    return Act(client, tag, len(digests), is_off=is_off)


def labels(project: Project) -> list[str]:
    """The classes a frame can be labelled with."""
    spec = choices_of(project).spec
    return list(spec.classes) if spec else []


def label_plan(project: Project, content_hashes: Sequence[str], label: str) -> LabelPlan:
    """
    What labelling these frames would change: "38 frames become wrench: 30 are pliers now, 8 …".

    Frames that carry the label already, as given or decided, get no review.
    """
    asked = list(dict.fromkeys(content_hashes))
    frames = scores(project.whole).frames.drop_duplicates("content_hash")
    frames = frames[frames["content_hash"].isin(asked)]
    now = label_now(frames, labels_now(project))
    standing = dict(zip(frames["content_hash"], now, strict=True))
    was = {
        digest: None if pd.isna(standing.get(digest)) else str(standing[digest])
        for digest in asked
        if digest in standing
    }
    changed = tuple(digest for digest, label_was in was.items() if label_was != label)
    counts: dict[str | None, int] = {}
    for digest in changed:
        counts[was[digest]] = counts.get(was[digest], 0) + 1
    return LabelPlan(label, changed, _plan_words(label, counts, kept=len(was) - len(changed)))


def _plan_words(label: str, counts: dict[str | None, int], *, kept: int) -> str:
    changed = sum(counts.values())
    carry, stays = ("carries", "stays") if kept == 1 else ("carry", "stay")
    stay = f"{count_of(kept, 'frame')} {carry} “{label}” already" if kept else ""
    if not changed:
        return f"{stay}. Nothing would change." if kept else "No frame is chosen."
    named = sorted((-n, name) for name, n in counts.items() if name is not None)
    parts = [f"{-n:,} {'changes' if n == -1 else 'change'} from “{name}”" for n, name in named]
    if None in counts:
        parts.append(f"{counts[None]:,} had no label")
    said = f"{count_of(changed, 'frame')} become{'s' if changed == 1 else ''} “{label}”: "
    return said + ", ".join(parts) + (f"; {stay} and {stays}" if kept else "") + "."


def label_frames(project: Project, content_hashes: Sequence[str], label: str) -> Act:
    """
    Label frames, one review each, all committed together or none.

    Raises:
        ReviewError: the label is none of the model's classes.
        FieldcheckError: no frame is chosen, or all carry the label already.
        DiskError: nothing was stored; trying again is safe.
    """
    if not content_hashes:
        raise FieldcheckError("No frame is chosen. Click some, then label them.")
    plan = label_plan(project, content_hashes, label)
    if not plan.changed:
        raise FieldcheckError(f"{plan.words} Nothing was changed.")
    client = f"{CLIENT}{uuid.uuid4()}"
    events = [
        _event(client, n, digest, Action.LABEL, value=label)
        for n, digest in enumerate(plan.changed, 1)
    ]
    record_all(project, events)
    return Act(client, label, len(plan.changed), kind="label")


def last_act(project: Project) -> Act | None:
    """This reviewer's newest tagging or labelling of many that still stands, in part at least."""
    rows = _standing(project)
    if not rows:
        return None
    first = rows[0]
    is_hard = first["action"] == Action.HARD_CASE
    return Act(
        first["client"],
        HARD_CASE if is_hard else first["value"],
        len(rows),
        kind="label" if first["action"] == Action.LABEL else "tag",
        is_off=first["action"] == Action.UNTAG or (is_hard and first["value"] == "off"),
    )


def undo_act(project: Project, act: Act) -> int:
    """
    Take an act back from every frame on which it still stands, all or none; returns how many.

    Raises:
        FieldcheckError: a newer one stands, or it was taken back already.
    """
    rows = _standing(project)
    if not rows or rows[0]["client"] != act.client:
        raise FieldcheckError(
            f"The {act.kind} {act.words.removeprefix('label ')} is not the last one any more, or "
            "was taken back elsewhere. Nothing was changed."
        )
    client = f"{CLIENT}{uuid.uuid4()}"
    record_all(
        project,
        [
            _event(client, n, row["content_hash"], Action.UNDO, undoes=row["id"])
            for n, row in enumerate(rows, 1)
        ],
    )
    return len(rows)


def _standing(project: Project) -> list[dict[str, Any]]:
    reviewer = choices_of(project).reviewer
    with connect(project.database) as db:
        return review_store.last_batch(db, reviewer=reviewer, prefix=CLIENT)


def _event(
    client: str, sequence: int, digest: str, action: Action, **more: str | None
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "client": client,
        "sequence": sequence,
        "content_hash": digest,
        "action": action,
        **more,
    }
