"""Index the frames and let the model answer them: can be stopped, resumes where it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from core.engines.local import Scored, measure_files, score_files
from core.errors import FolderError
from core.findings.statements import count_of, right_in
from core.frames.index import index_folder
from core.frames.listing import picture_paths
from core.frames.quality import VERSION, Quality
from core.frames.unchanged import check_unchanged
from core.project import Project
from core.records import Accuracy, BrokenFrame, Folder, ProgressCallback, StopCallback
from core.settings import SETTINGS
from core.store import frames as frame_store
from core.store import predictions as prediction_store
from core.store import quality as quality_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.models import classifier_of, identify_model
from core.workflows.pace import remember_pace
from core.workflows.scores import Scores, scores

PhaseCallback = Callable[[str], None]
"""on_phase("Reading the pictures"): what the next progress calls count."""


def prepare(
    project: Project,
    *,
    on_phase: PhaseCallback = lambda phase: None,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> float:
    """
    Index both folders, score every frame that has no answer yet, measure what was not measured.

    Returns:
        Seconds it took.

    Raises:
        ModelError, FolderError, DiskError: nothing done so far is lost.
    """
    started = time.perf_counter()
    on_phase("Reading the pictures")
    index_frames(project, on_progress=on_progress, should_stop=should_stop)
    if not should_stop():
        on_phase("Asking the model")
        scored = score_frames(project, on_progress=on_progress, should_stop=should_stop)
        remember_pace(scored, time.perf_counter() - started)
    if not should_stop():
        measure_frames(project, on_phase=on_phase, on_progress=on_progress, should_stop=should_stop)
    return time.perf_counter() - started


def index_frames(
    project: Project,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> None:
    """
    Bring the frames table up to date with the folders; unchanged files are not read again.

    Raises:
        FolderError: a folder of the project is gone.
    """
    folders = choices_of(project).folders
    totals: dict[Folder, int] = {}
    for folder, root in folders.items():
        if not root.is_dir():
            raise FolderError(
                f"The {folder.value} folder {root} is gone. Plug it in, or choose another."
            )
        totals[folder] = len(picture_paths(root))
    before = 0
    for folder, root in folders.items():
        if should_stop():
            return
        _index_one(
            project,
            folder,
            root,
            before=before,
            total=sum(totals.values()),
            on_progress=on_progress,
            should_stop=should_stop,
        )
        before += totals[folder]


def _index_one(
    project: Project,
    folder: Folder,
    root: Path,
    *,
    before: int,
    total: int,
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> None:
    with connect(project.database) as db:
        known = frame_store.known_files(db, folder)
        gone = set(known["path"]) - set(picture_paths(root))
        if gone:
            frame_store.forget_frames(db, folder, sorted(gone))

    def keep(rows: list[dict[str, Any]], broken: list[BrokenFrame]) -> None:
        with connect(project.database) as db:
            frame_store.save_frames(db, [*rows, *(_broken_row(root, item) for item in broken)])

    index_folder(
        root,
        name=folder,
        # A broken file is tried again: new permissions or a mended drive change no file time.
        known=known[~known["is_broken"]],
        on_batch=keep,
        on_progress=lambda done, _: on_progress(before + done, total),
        should_stop=should_stop,
    )


def _broken_row(root: Path, item: BrokenFrame) -> dict[str, Any]:
    try:
        stat = (root / item.path).stat()
        size, modified = stat.st_size, stat.st_mtime_ns
    except OSError:
        size, modified = -1, -1
    return {
        "folder": item.folder.value,
        "path": item.path,
        "size_bytes": size,
        "modified_ns": modified,
        "broken_reason": item.reason,
    }


def score_frames(
    project: Project,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> int:
    """
    Let the model answer every picture it has not answered; each batch is on disk at once.

    Returns:
        How many were scored now.

    Raises:
        ModelError: the model cannot be opened.

    A file written again since it was indexed is left out with that reason: its answer would be
    kept under the content hash of the picture before.
    """
    chosen = identify_model(project)
    model_id = chosen.model_id or ""
    with connect(project.database) as db:
        frames = frame_store.load_frames(db).drop_duplicates("content_hash")
        answered = prediction_store.scored_hashes(db, model_id)
    todo = frames[~frames["content_hash"].isin(answered)]
    places = _places(todo, chosen.folders)
    files = [(key, chosen.folders[folder] / path) for key, (folder, path) in places.items()]
    stamps = {
        key: {"size_bytes": size, "modified_ns": modified}
        for key, size, modified in todo[["content_hash", "size_bytes", "modified_ns"]].itertuples(
            index=False
        )
    }
    already = len(frames) - len(files)
    scored = 0
    on_progress(already, len(frames))
    if not files:
        return 0  # without loading the model: most starts have nothing new

    def keep(batch: Scored, done: int) -> None:
        nonlocal scored
        with connect(project.database) as db:
            prediction_store.save_predictions(
                db,
                model_id=model_id,
                content_hashes=batch.keys,
                answers=batch.answers,
                logits=batch.logits,
                embeddings=batch.embeddings,
            )
        _save_quality(project, dict(zip(batch.keys, batch.qualities, strict=True)))
        scored += len(batch.keys)
        on_progress(already + done, len(frames))

    score_files(
        classifier_of(project),
        files,
        on_batch=keep,
        on_broken=partial(_list_broken, project, chosen.folders, places),
        check=lambda key, path: check_unchanged(path, **stamps[key]),
        should_stop=should_stop,
        batch_size=SETTINGS.batch_size,
    )
    return scored


def measure_frames(
    project: Project,
    *,
    on_phase: PhaseCallback = lambda phase: None,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> int:
    """
    Measure every picture that was not measured while the model was asked; each batch is kept.

    Those are pictures answered by an earlier Fieldcheck. Their answers stay as they are.

    Args:
        on_phase: told only if there is anything to do.

    Returns:
        How many were measured now.
    """
    folders = choices_of(project).folders
    with connect(project.database) as db:
        frames = frame_store.load_frames(db).drop_duplicates("content_hash")
        done_before = quality_store.measured_hashes(db, version=VERSION)
    places = _places(frames[~frames["content_hash"].isin(done_before)], folders)
    files = [(key, folders[folder] / path) for key, (folder, path) in places.items()]
    already = len(frames) - len(files)
    measured = 0
    if not files:
        return 0
    on_phase("Measuring the pictures")
    on_progress(already, len(frames))

    def keep(qualities: dict[str, Quality], done: int) -> None:
        nonlocal measured
        _save_quality(project, qualities)
        measured += len(qualities)
        on_progress(already + done, len(frames))

    measure_files(
        files,
        on_batch=keep,
        on_broken=partial(_list_broken, project, folders, places),
        should_stop=should_stop,
    )
    return measured


def _places(frames: pd.DataFrame, folders: dict[Folder, Path]) -> dict[str, tuple[Folder, str]]:
    """
    Where each picture lies, by content hash and in its order.

    That order is as good as random, so that partial figures already stand for the whole.
    """
    rows = frames.sort_values("content_hash")[["content_hash", "folder", "path"]]
    return {
        content_hash: (Folder(folder), path)
        for content_hash, folder, path in rows.itertuples(index=False)
        if Folder(folder) in folders
    }


def _save_quality(project: Project, qualities: dict[str, Quality]) -> None:
    rows = [(key, asdict(quality)) for key, quality in qualities.items()]
    with connect(project.database) as db:
        quality_store.save_quality(db, rows, version=VERSION)


def _list_broken(
    project: Project,
    folders: dict[Folder, Path],
    places: dict[str, tuple[Folder, str]],
    content_hash: str,
    reason: str,
) -> None:
    """List a file as broken that could be read when it was indexed, but not now or not whole."""
    folder, path = places[content_hash]
    row = _broken_row(folders[folder], BrokenFrame(folder, path, reason))
    with connect(project.database) as db:
        frame_store.save_frames(db, [row])


def is_ready(project: Project) -> bool:
    """Whether every indexed frame has an answer, and there are frames."""
    frames = scores(project).frames
    return bool(len(frames)) and bool(frames["answer"].notna().all())


def score_report(project: Project, *, seconds: float) -> dict[str, Any]:
    """What `fieldcheck score --json` prints (product.md, "Command line")."""
    found = scores(project)
    field, reference = found.of(Folder.FIELD), found.of(Folder.REFERENCE)
    labelled = found.labelled(Folder.FIELD)
    silent = (~labelled["is_right"]) & (labelled["confidence"] >= SETTINGS.silent_confidence)
    return {
        "frames": _counts(found, Folder.FIELD, field),
        "reference_frames": _counts(found, Folder.REFERENCE, reference),
        "accuracy": {
            "field": accuracy_json(found.accuracy(Folder.FIELD)),
            "reference": accuracy_json(found.accuracy(Folder.REFERENCE)),
        },
        "silent_failures": int(silent.sum()) if len(labelled) else None,
        "labels_unknown": {label: int(n) for label, n in found.labels_unknown.items()},
        "metadata": {
            "rows_without_frame": list(found.rows_without_frame),
            "frames_without_row": list(found.frames_without_row),
            "folders_without_row": [folder.value for folder in found.folders_without_row],
        },
        "notes": list(found.notes),
        "seconds": round(seconds, 3),
    }


def report_lines(report: dict[str, Any]) -> list[str]:
    """The score report in words."""
    lines = []
    for name in ("reference", "field"):
        found = report["accuracy"][name]
        what = f"{name} frames"
        lines.append(f"{right_in(Accuracy(**found), what)}." if found else f"No labelled {what}.")
    if report["silent_failures"] is not None:
        lines.append(
            f"{count_of(report['silent_failures'], 'labelled field frame')} wrong though at least "
            "99 % sure."
        )
    for part in ("frames", "reference_frames"):
        lines += [
            f"Left out: {item['folder']}/{item['path']}: {item['reason']}"
            for item in report[part]["broken"]
        ]
    return [*lines, *report["notes"], f"{report['seconds']:.1f} s."]


def _counts(found: Scores, folder: Folder, frames: Any) -> dict[str, Any]:
    broken = [item for item in found.broken if item.folder is folder]
    return {
        "found": len(frames) + len(broken),
        "scored": int(frames["answer"].notna().sum()),
        "broken": [
            {"folder": item.folder.value, "path": item.path, "reason": item.reason}
            for item in broken
        ],
    }


def accuracy_json(accuracy: Accuracy) -> dict[str, Any] | None:
    """An accuracy as data; None without labels."""
    return asdict(accuracy) if accuracy.of else None
