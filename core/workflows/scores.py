"""What is known of a project's frames: files, metadata, clips, the model's answers, reviews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import MetadataError, PictureError
from core.findings import columns
from core.findings.not_sure import shown_answer
from core.findings.slice_rules import frames_held
from core.findings.statements import answer_sentence, count_of
from core.frames.clips import assign_clips
from core.frames.images import decode, display_jpeg, encode_jpeg
from core.frames.labels import class_folder_labels
from core.frames.metadata import JoinResult, join_metadata
from core.frames.metadata_file import read_metadata_file
from core.frames.pattern_table import PatternResult, apply_pattern
from core.frames.patterns import compile_pattern
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Accuracy, BrokenFrame, Folder, SliceRule
from core.store import choices as choice_store
from core.store import frames as frame_store
from core.store import predictions as prediction_store
from core.store import quality as quality_store
from core.store.database import connect
from core.tables import FRAMES, conform
from core.workflows import narrow, standing
from core.workflows.choices import Choices, choices_of
from core.workflows.kept import kept_beside
from core.workflows.locked import locked_hashes
from core.workflows.unlike import unusual_frames

COMPUTED = ("is_right", "shown", "is_unusual", *columns.COMPUTED)
"""Columns added here; metadata columns of these names get "meta_" before them."""

FULL_QUALITY = 95  # JPEG, for a look at single pixels


@dataclass(frozen=True, eq=False)  # compared and cached by identity: one per state of the project
class Scores:
    """One project as one table, with everything that did not make it into the table."""

    project: Project
    choices: Choices
    # tables.FRAMES, metadata columns, tables.PREDICTIONS, QUALITY, COMPUTED: shown is the answer or
    # "not sure", is_unusual always False while no threshold is chosen: nothing is hidden then
    frames: pd.DataFrame
    broken: tuple[BrokenFrame, ...]
    metadata_columns: tuple[str, ...]
    rows_without_frame: tuple[str, ...]  # metadata rows that name no picture
    frames_without_row: tuple[str, ...]  # pictures the metadata does not name
    folders_without_row: tuple[Folder, ...]  # the metadata names no picture in them
    labels_unknown: dict[str, int]  # labels the model has no answer for, with their frames
    notes: tuple[str, ...]  # plain sentences about what could not be read

    def of(self, folder: Folder) -> pd.DataFrame:
        """The rows of one folder."""
        return self.frames[self.frames["folder"] == folder.value]

    def labelled(self, folder: Folder) -> pd.DataFrame:
        """Rows with an answer and a label the model knows; `is_right` is bool there."""
        frames = self.of(folder)
        counted = frames[frames["is_right"].notna()]
        return counted.assign(is_right=counted["is_right"].astype(bool))

    def accuracy(self, folder: Folder) -> Accuracy:
        """How often the model is right on the labelled frames of a folder."""
        counted = self.labelled(folder)
        return accuracy(counted["is_right"].to_numpy(), counted["clip"].to_numpy())


def scores(project: Project) -> Scores:
    """
    Everything known, read again only when the database or the metadata file changed.

    Of a narrowed project only the field frames of its slice; the reference stays whole.

    Raises:
        FieldcheckError: it is narrowed to a saved slice that is not kept any more.
    """
    whole = _whole(project.whole)
    if not project.narrow:
        return whole
    rules = narrow.rules_of(project)
    tags = narrow.tags_of(project) if any(rule.tags for rule in rules) else {}
    return _narrowed(whole, rules, tuple(sorted(tags.items())))


@kept_beside(most=8)
def _narrowed(
    whole: Scores, rules: tuple[SliceRule, ...], tags: tuple[tuple[str, tuple[str, ...]], ...]
) -> Scores:
    frames = whole.frames
    held = frames_held(frames, rules, tags=dict(tags))
    is_field = (frames["folder"] == Folder.FIELD.value).to_numpy(dtype=bool)
    return replace(whole, frames=frames[held | ~is_field].reset_index(drop=True))


def _whole(project: Project) -> Scores:
    with connect(project.database) as db:
        revision = choice_store.revision(db)
    chosen = choices_of(project)
    csv = chosen.metadata_csv
    stamp = csv.stat().st_mtime_ns if csv and csv.is_file() else 0
    identity = project.database.stat().st_ino
    return _scores(project, revision, stamp, identity)


@lru_cache(maxsize=4)
def _scores(project: Project, _revision: int, _stamp: int, _identity: int) -> Scores:
    chosen = choices_of(project)
    with connect(project.database) as db:
        frames = frame_store.load_frames(db)
        broken = tuple(frame_store.broken_frames(db))
        predictions = prediction_store.load_predictions(db, chosen.model_id or "")
        quality = quality_store.load_quality(db)
    classes = chosen.spec.classes if chosen.spec else ()
    frames["label"] = _folder_labels(frames, list(classes))
    found = Scores(project, chosen, frames, broken, (), (), (), (), {}, ())
    found = _with_metadata(_with_names(found))
    found = _with_answers(found, predictions, classes)
    return _with_shown(_with_quality(found, quality))


def _folder_labels(frames: pd.DataFrame, classes: list[str]) -> pd.Series[str]:
    by_folder = {
        folder: class_folder_labels(list(paths), classes or None)
        for folder, paths in frames.groupby("folder")["path"]
    }
    labels = [
        by_folder[folder].get(path)
        for folder, path in zip(frames["folder"], frames["path"], strict=True)
    ]
    return pd.Series(labels, index=frames.index, dtype="str")


def _with_metadata(found: Scores) -> Scores:
    csv, folders = found.choices.metadata_csv, found.choices.folders
    if csv is None:
        return found
    try:
        table = read_metadata_file(csv)
        joined = join_metadata(found.frames, table, csv_folder=csv.parent, folders=folders)
    except MetadataError as error:
        return replace(found, notes=(*found.notes, str(error)))
    found = _with_columns(found, joined.frames)
    return replace(
        found,
        rows_without_frame=tuple(joined.rows_without_frame),
        frames_without_row=tuple(joined.frames_without_row),
        folders_without_row=tuple(joined.folders_without_row),
        notes=(*found.notes, *table.notes, *_join_notes(joined)),
    )


def _with_names(found: Scores) -> Scores:
    """What file and folder names say; a metadata row goes before it, as it is written by hand."""
    if found.choices.name_pattern is None:
        return found
    try:
        pattern = compile_pattern(found.choices.name_pattern)
    except MetadataError as error:
        return replace(found, notes=(*found.notes, str(error)))
    told = apply_pattern(found.frames, pattern)
    notes = _name_notes(told, set(found.of(Folder.FIELD)["path"]))
    return replace(_with_columns(found, told.frames), notes=(*found.notes, *notes))


def _name_notes(told: PatternResult, field: set[str]) -> list[str]:
    """About field frames only: reference folders are rarely named as cameras name."""
    sorts = (
        (told.unfitting, "does not fit the pattern of names", "do not fit the pattern of names"),
        (told.unclear, "can be read in several ways", "can be read in several ways"),
    )
    notes = []
    for paths, one, many in sorts:
        if found := [path for path in paths if path in field]:
            verb = one if len(found) == 1 else many
            notes.append(
                f"{count_of(len(found), 'field frame')} {verb} and got nothing from it, such as "
                f"{found[0]}."
            )
    return notes


def _with_columns(found: Scores, frames: pd.DataFrame) -> Scores:
    """The frames with their new columns, renamed where they are called like ours."""
    frames = frames.rename(columns={name: f"meta_{name}" for name in COMPUTED})
    new = tuple(name for name in frames.columns if name not in found.frames.columns)
    return replace(found, frames=frames, metadata_columns=(*found.metadata_columns, *new))


def _join_notes(joined: JoinResult) -> list[str]:
    notes = []
    if joined.repeated_rows:
        notes.append(
            f"{count_of(len(joined.repeated_rows), 'row')} of the metadata name a picture that an "
            f"earlier row named; the first counts, such as for {joined.repeated_rows[0]}."
        )
    if joined.unread_times:
        notes.append(
            f"{count_of(len(joined.unread_times), 'time')} of the metadata could not be read, such "
            f"as '{joined.unread_times[0]}'."
        )
    return notes


def _with_answers(found: Scores, predictions: pd.DataFrame, classes: tuple[str, ...]) -> Scores:
    frames = found.frames
    frames["label"] = _as_classes(frames["label"], classes)
    frames["clip"] = assign_clips(frames, gap_seconds=found.choices.clip_gap_seconds)
    frames = conform(frames, FRAMES).merge(predictions, on="content_hash", how="left")
    is_known = frames["label"].isin(classes)
    counted = is_known & frames["answer"].notna()
    is_right = (frames["label"] == frames["answer"]).astype(object)
    frames["is_right"] = is_right.where(counted, None)
    # Without a model there are no classes, and every label would count as unknown.
    unknown = frames.loc[frames["label"].notna() & ~is_known & bool(classes), "label"]
    return replace(found, frames=frames, labels_unknown=dict(unknown.value_counts()))


def _with_shown(found: Scores) -> Scores:
    frames, threshold = found.frames, found.choices.sure_threshold
    frames["is_unusual"] = (
        False
        if threshold is None
        else unusual_frames(
            found.project, found.choices, frames, locked=locked_hashes(found.project, frames)
        )
    )
    frames["shown"] = pd.Series(
        [
            shown_answer(a, c, threshold=threshold, is_unusual=u) if isinstance(a, str) else None
            for a, c, u in frames[["answer", "confidence", "is_unusual"]].itertuples(index=False)
        ],
        index=frames.index,
        dtype="str",
    )
    return found


def _with_quality(found: Scores, quality: pd.DataFrame) -> Scores:
    frames = columns.with_derived_columns(
        found.frames.merge(quality, on="content_hash", how="left"),
        day_hours=found.choices.day_hours,
        is_southern=found.choices.is_southern,
    )
    return replace(found, frames=frames)


def _as_classes(labels: pd.Series[str], classes: tuple[str, ...]) -> pd.Series[str]:
    """Labels that differ from a class only in case or surrounding blanks take its spelling."""
    spelling = {name.strip().casefold(): name for name in classes}
    return labels.map(
        lambda label: spelling.get(label.strip().casefold(), label.strip()), na_action="ignore"
    ).astype("str")


def dial_frames(project: Project) -> pd.DataFrame:
    """Answered field frames by path, one per picture; the reference's if there is no field."""
    found = scores(project)
    has_field = len(found.of(Folder.FIELD)) or project.narrow
    frames = found.of(Folder.FIELD) if has_field else found.frames
    answered = frames[frames["answer"].notna()]
    return answered.drop_duplicates("content_hash").sort_values("path")


def sentences(frames: pd.DataFrame) -> list[str]:
    """What the model said of each frame, in words: "99 % sure it is a wrench; ..."."""
    return [
        answer_sentence(
            row["answer"],
            row["confidence"],
            None if pd.isna(row["label"]) else row["label"],
            shown=row["shown"],
            is_unusual=row["is_unusual"],
        )
        for row in frames[["answer", "confidence", "label", "shown", "is_unusual"]].to_dict(
            "records"
        )
    ]


def reviewed(project: Project) -> pd.DataFrame:
    """What stands for each reviewed picture (see store.reviews.current_reviews)."""
    return standing.reviewed(project)


def vectors(project: Project, column: str, content_hashes: list[str]) -> NDArray[np.float32]:
    """Stored "logits" or "embedding" rows of scored pictures, in order."""
    model_id = choices_of(project).model_id or ""
    with connect(project.database) as db:
        return prediction_store.load_vectors(db, model_id, column, content_hashes)


def picture_path(project: Project, content_hash: str) -> Path | None:
    """Where a picture with this content lies now; None if none of its files is left."""
    folders = choices_of(project).folders
    with connect(project.database) as db:
        rows = list(
            db.query("SELECT folder, path FROM frames WHERE content_hash = ?", [content_hash])
        )
    for row in rows:
        folder = folders.get(Folder(row["folder"]))
        if folder and (folder / row["path"]).is_file():
            return Path(folder / row["path"])
    return None


def picture_jpeg(project: Project, content_hash: str, *, long_side: int) -> bytes:
    """
    A frame as JPEG, turned and shrunk for the screen; the last few hundred are kept.

    Raises:
        PictureError: the file is gone or broken.
    """
    path = picture_path(project, content_hash)
    if path is None:
        raise PictureError("This picture's file is gone. Put it back, or choose another frame.")
    return _picture_jpeg(path, path.stat().st_mtime_ns, long_side)


def full_jpeg(project: Project, content_hash: str) -> bytes:
    """
    A frame as JPEG in its own size, for a look at its pixels; only the last few are kept.

    Raises:
        PictureError: the file is gone or broken, or a side is longer than JPEG allows.
    """
    path = picture_path(project, content_hash)
    if path is None:
        raise PictureError("This picture's file is gone. Put it back, or choose another frame.")
    return _full_jpeg(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=3)
def _full_jpeg(path: Path, _modified_ns: int) -> bytes:
    return encode_jpeg(decode(path), quality=FULL_QUALITY)


@lru_cache(maxsize=256)
def _picture_jpeg(path: Path, _modified_ns: int, long_side: int) -> bytes:
    return display_jpeg(path, long_side=long_side)
