"""Freeze hard cases by name and version; hold a version against today and against another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.errors import FieldcheckError
from core.findings import hard_case_words as words
from core.findings.slice_rules import HARD_CASE
from core.metrics.intervals import accuracy
from core.metrics.paired import PairedDrop, paired_drop
from core.project import Project
from core.records import DECISIONS, Accuracy, Action, Folder, FrozenFrame, FrozenSet, Statement
from core.store import frozen as store
from core.store.database import connect
from core.workflows import failure_modes
from core.workflows.choices import choices_of
from core.workflows.frozen_slices import FROZEN, frames_of, titled_sets
from core.workflows.narrow import within
from core.workflows.saved_slices import saved_slices
from core.workflows.scores import reviewed, scores
from core.workflows.tagged import tagged

HARD_CASES = "hard cases"
"""The source of a set that is neither a mode nor a saved slice: all that are marked."""

_MODE, _SLICE = "mode: ", "slice: "
_VERSION = re.compile(r" v\d+$")


@dataclass(frozen=True)
class FrozenReport:
    """One version as it stands today."""

    title: str  # the name it is asked for by
    kept: FrozenSet
    clips: int  # at freezing
    labelled: int  # at freezing
    missing: int  # frames whose pictures are gone from the folders
    labels_changed: int  # frames labelled otherwise today
    now: Accuracy  # today's model against the labels of the freezing, frames still there
    change: PairedDrop | None  # the model of its day against today's; None if it is the same
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """What sets two versions apart, by content hash."""

    titles: tuple[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    relabelled: tuple[tuple[str, str | None, str | None], ...]  # hash, label in one, in the other
    both: tuple[str, ...]  # those relabelled among them
    sentence: str

    @property
    def same(self) -> int:
        """Frames in both."""
        return len(self.both)

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """Content hashes by what became of them."""
        relabelled = tuple(digest for digest, _, _ in self.relabelled)
        return {
            "added": self.added, "removed": self.removed, "relabelled": relabelled,
            "same": self.both,
        }  # fmt: skip


def sources(project: Project) -> dict[str, str]:
    """What can be frozen, with titles: all hard cases, each mode, each saved slice."""
    found = {HARD_CASES: "Every hard case"}
    found |= {f"{_MODE}{one}": f"Mode: {one}" for one in failure_modes.mode_names(project)}
    for saved in saved_slices(project.whole):
        if saved.origin != FROZEN:
            found[f"{_SLICE}{saved.name}"] = f"Slice: {saved.name}"
    return found


def mode_source(name: str) -> str:
    """The source that a mode is."""
    return f"{_MODE}{name}"


def slice_source(name: str) -> str:
    """The source that a saved slice is."""
    return f"{_SLICE}{name}"


def origin_words(source: str) -> str:
    """ "mode “dusk”", "slice “cam3 at night”", "every hard case"."""
    for prefix in (_MODE, _SLICE):
        if source.startswith(prefix):
            return f"{prefix[:-2]} “{source.removeprefix(prefix)}”"
    return "every hard case"


def usual_source(project: Project, name: str) -> str:
    """What a name is frozen from unless one says: as last time, else its mode, else all."""
    name = " ".join(name.split())
    last = [one for one in titled_sets(project).values() if one.name == name]
    if last and last[-1].origin in sources(project):
        return last[-1].origin
    for mode in failure_modes.modes(project):
        if failure_modes.folded(name) in failure_modes.names_of(mode):
            return f"{_MODE}{mode.name}"
    return HARD_CASES


def usual_name(project: Project, source: str) -> str:
    """The name a source was frozen under last; else the mode's or slice's own."""
    last = [one for one in titled_sets(project).values() if one.origin == source]
    if last:
        return max(last, key=lambda one: one.made_at).name
    return source.removeprefix(_MODE).removeprefix(_SLICE)


def source_count(project: Project, source: str) -> int:
    """How many frames a source holds now."""
    return len(source_frames(project, source))


def source_frames(project: Project, source: str) -> pd.DataFrame:
    """
    The field frames of a source, one per picture content.

    Raises:
        FieldcheckError: there is no such source.
    """
    if source.startswith(_SLICE):
        name = source.removeprefix(_SLICE)
        return _field(within(project.whole, name))
    if source.startswith(_MODE):
        mode = failure_modes.mode_of(project, source.removeprefix(_MODE))
        return tagged(project.whole).having(failure_modes.names_of(mode))
    if source != HARD_CASES:
        raise FieldcheckError(
            f"There is nothing called '{source}' to freeze. There are: "
            f"{', '.join(sources(project))}."
        )
    return tagged(project.whole).having(frozenset({HARD_CASE}))


def _field(project: Project) -> pd.DataFrame:
    return scores(project).of(Folder.FIELD).drop_duplicates("content_hash")


def freeze(project: Project, name: str, *, source: str | None = None) -> str:
    """
    Keep the frames of a source, with their labels as they stand, as the next version of a name.

    Frames are taken from the whole project. Returns the title: "night-hard v1".

    Args:
        source: a key of `sources`; None for the `usual_source` of the name.

    Raises:
        FieldcheckError: the name or source is wrong, no frame is in it, or the last version is the
            same.
        DiskError: it cannot be stored.
    """
    name = failure_modes.checked_name(name, "set")
    if _VERSION.search(f" {name}"):
        raise FieldcheckError(
            f"Leave the version out of the name: “{_VERSION.sub('', name)}” is enough, versions "
            "are counted."
        )
    source = source or usual_source(project, name)
    frames = source_frames(project, source)
    if frames.empty:
        raise FieldcheckError(
            f"There is no frame in “{source}” to freeze. Mark some with F in the queue, or tag "
            "them with T."
        )
    _check_title_free(project, name)
    chosen = choices_of(project)
    with connect(project.database) as db:
        kept = store.freeze(
            db, name=name, origin=source, model_id=chosen.model_id, reviewer=chosen.reviewer,
            made_at=datetime.now(UTC), frames=_as_they_stand(project, frames),
        )  # fmt: skip
    return next(title for title, one in titled_sets(project).items() if one.id == kept.id)


def _check_title_free(project: Project, name: str) -> None:
    versions = [one.version for one in titled_sets(project).values() if one.name == name]
    title = f"{name} v{max(versions, default=0) + 1}"
    if title in {saved.name for saved in saved_slices(project.whole)}:
        raise FieldcheckError(f"There is a saved slice called “{title}”. Choose another name.")


def _as_they_stand(project: Project, frames: pd.DataFrame) -> list[FrozenFrame]:
    labels = standing_labels(project, frames)
    return [
        FrozenFrame(
            row["content_hash"],
            row["path"],
            str(row["clip"]),
            labels[row["content_hash"]],
            row["answer"] if isinstance(row["answer"], str) else None,
        )
        for row in frames[["content_hash", "path", "clip", "answer"]].to_dict("records")
    ]


def standing_labels(project: Project, frames: pd.DataFrame) -> dict[str, str | None]:
    """
    The label of each content hash today: as reviewed, else as the data came.

    None where there is none, or where a person said that it is wrong and the right one unknown.
    """
    found: dict[str, str | None] = {
        digest: label if isinstance(label, str) else None
        for digest, label in zip(frames["content_hash"], frames["label"], strict=True)
    }
    decided = reviewed(project)
    decided = decided[decided["decision"].isin(DECISIONS - {Action.SKIP})]
    for row in decided.to_dict("records"):
        if row["content_hash"] in found:
            label = row["label"]
            found[row["content_hash"]] = label if isinstance(label, str) else None
    return found


def report(project: Project, title: str) -> FrozenReport:
    """
    A version held against today.

    Args:
        title: as `titled_sets` names it; a bare name is its last version.

    Raises:
        FieldcheckError: there is no such set, or two have the name.
    """
    title, kept = find(project, title)
    rows = _rows(project, kept)
    here = rows[rows["is_here"]]
    counted = here[here["frozen_label"].isin(_classes(project)) & here["answer"].notna()]
    clip, right = counted["clip"].to_numpy(), _right(counted, "answer")
    now, missing = accuracy(right, clip), int((~rows["is_here"]).sum())
    labelled = int(rows["frozen_label"].notna().sum())
    changed = int((here["frozen_label"].fillna("") != here["label_today"].fillna("")).sum())
    change = None
    if kept.model_id != choices_of(project).model_id:
        both = counted[counted["frozen_answer"].notna()]
        if len(both):
            change = paired_drop(
                _right(both, "frozen_answer"), _right(both, "answer"), both["clip"].to_numpy()
            )
    said = [words.frozen_words(now, labelled=labelled, missing=missing, of=len(rows))]
    if change:
        said.append(words.before_after_words(change, f"{kept.made_at.astimezone():%d %B %Y}"))
    notes = tuple(note for note in (words.labels_changed_words(changed),) if note)
    return FrozenReport(
        title, kept, int(rows["frozen_clip"].nunique()), labelled, missing, changed, now, change,
        tuple(said), notes,
    )  # fmt: skip


def _right(rows: pd.DataFrame, column: str) -> np.ndarray:
    return (rows[column].astype(object) == rows["frozen_label"].astype(object)).to_numpy(dtype=bool)


def _classes(project: Project) -> tuple[str, ...]:
    spec = choices_of(project).spec
    return spec.classes if spec else ()


def _rows(project: Project, kept: FrozenSet) -> pd.DataFrame:
    """
    One row per frozen frame: content_hash, frozen_path, frozen_clip, frozen_label, frozen_answer,
    what the frames table says of it today, label_today, and is_here.
    """
    frozen = pd.DataFrame(
        [
            (one.content_hash, one.path, one.clip, one.label, one.answer)
            for one in frames_of(project, kept.id)
        ],
        columns=["content_hash", "frozen_path", "frozen_clip", "frozen_label", "frozen_answer"],
        dtype="str",
    )
    today = _field(project.whole)
    labels = standing_labels(project, today)
    rows = frozen.merge(
        today[["content_hash", "clip", "answer"]], on="content_hash", how="left", indicator=True
    )
    rows["is_here"] = rows.pop("_merge") == "both"
    rows["label_today"] = pd.Series(
        [labels.get(digest) for digest in rows["content_hash"]], index=rows.index, dtype="str"
    )
    return rows


def find(project: Project, title: str) -> tuple[str, FrozenSet]:
    """
    A set by its title, or the last version by its bare name.

    Raises:
        FieldcheckError: there is none, or two laptops froze different ones under that name.
    """
    known = titled_sets(project)
    if title in known:
        return title, known[title]
    bare = [(name, one) for name, one in known.items() if one.name == " ".join(title.split())]
    newest = max((one.version for _, one in bare), default=0)
    last = [(name, one) for name, one in bare if one.version == newest]
    alike = last or [(name, one) for name, one in known.items() if name.startswith(f"{title} (")]
    if len(alike) > 1:
        raise FieldcheckError(
            f"There are {len(alike)} sets of that name, frozen on different laptops: "
            f"{', '.join(name for name, _ in alike)}. Say which."
        )
    if not alike:
        raise FieldcheckError(
            f"There is no frozen set “{title[:80]}”. "
            + (f"There are: {', '.join(known)}." if known else "None is frozen yet.")
        )
    return alike[0]


def difference(project: Project, one: str, other: str) -> Difference:
    """
    What was added, removed and relabelled from one version to another.

    Raises:
        FieldcheckError: as `find`.
    """
    (title, first), (next_title, second) = find(project, one), find(project, other)
    before = {frame.content_hash: frame.label for frame in frames_of(project, first.id)}
    after = {frame.content_hash: frame.label for frame in frames_of(project, second.id)}
    added = tuple(sorted(after.keys() - before.keys()))
    removed = tuple(sorted(before.keys() - after.keys()))
    both = tuple(sorted(before.keys() & after.keys()))
    relabelled = tuple((h, before[h], after[h]) for h in both if before[h] != after[h])
    return Difference(
        (title, next_title), added, removed, relabelled, both,
        words.difference_words(
            title, next_title, added=len(added), removed=len(removed),
            relabelled=len(relabelled), same=len(both),
        ),
    )  # fmt: skip


def before(project: Project, title: str) -> str | None:
    """The title of the version a set followed; None if it was the first."""
    _, kept = find(project, title)
    return next((t for t, one in titled_sets(project).items() if one.id == kept.follows), None)


def field_rows(project: Project, content_hashes: tuple[str, ...]) -> pd.DataFrame:
    """The field frames of these contents that are still there, as the grid takes them."""
    frames = _field(project.whole)
    return frames[frames["content_hash"].isin(content_hashes)]


def export_rows(project: Project, title: str, table: pd.DataFrame) -> pd.DataFrame:
    """
    The rows of an export of a frozen set, one per file, and one per frame that is gone.

    Adds label_frozen and answer_frozen (as they were), and label_today (as reviewed, else as the
    data came).
    """
    rows = _rows(project, find(project, title)[1])
    names = {"frozen_label": "label_frozen", "frozen_answer": "answer_frozen"}
    added = rows.rename(columns=names)[["content_hash", *names.values(), "label_today"]]
    found = table.merge(added, on="content_hash", how="right")
    found["model_id"] = choices_of(project).model_id
    found["hard_case"] = found["hard_case"].map(lambda flag: flag is True or flag == 1)
    found = found.astype({"hard_case": bool})
    found["tags"] = found["tags"].fillna("")
    return found.sort_values(["folder", "path", "content_hash"], ignore_index=True)
