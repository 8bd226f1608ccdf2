"""Is a camera ill? Everything wrong with each, since when, on what evidence, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.engines.local import read_files
from core.findings.camera_episodes import Episode, Seen
from core.findings.camera_health import CameraHealth, camera_health, with_swaps
from core.findings.camera_times import is_ahead
from core.findings.camera_words import (
    KINDS,
    METHOD,
    episode_statement,
    health_statement,
    note_sentences,
)
from core.findings.statements import count_of
from core.frames.camera_views import SAMPLES, TILES, VERSION, VIEW, CameraView, camera_view
from core.frames.unchanged import check_unchanged
from core.project import Project
from core.records import BrokenFrame, Folder, ProgressCallback, Statement, StopCallback
from core.store import camera_views as store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores

__all__ = ["KINDS", "METHOD", "CamerasReport", "cameras", "cameras_json", "prepare", "report_lines"]

NEEDED = ("brightness", "contrast", "sharpness", "warmth", "dark_share", "bright_share", "colours",
          "jpeg_quality")  # fmt: skip


@dataclass(frozen=True, eq=False)
class CamerasReport:
    """Every camera of the field."""

    headline: Statement
    cameras: tuple[CameraHealth, ...]  # by name
    strip: pd.DataFrame  # camera, and camera_health.DAY_COLUMNS: one row a camera and day
    broken: tuple[BrokenFrame, ...]  # field files that could not be read at all
    waiting: int  # pictures not looked at yet: `prepare` was stopped
    paths: dict[str, str]  # content hash: path of the field frame


def prepare(
    project: Project,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> int:
    """
    Keep of every field picture what tells how its camera fares; each batch is on disk at once.

    One decoding a picture, about 4 KB each. A file that cannot be read or was written again since
    it was indexed is left out; the next indexing lists it.

    Returns:
        How many were looked at now.
    """
    field = scores(project.whole).of(Folder.FIELD).drop_duplicates("content_hash")
    root = choices_of(project).folders.get(Folder.FIELD)
    with connect(project.database) as db:
        known = store.seen_hashes(db, version=VERSION)
    todo = field[~field["content_hash"].isin(known)].sort_values("content_hash")
    already, made = len(field) - len(todo), 0
    on_progress(already, len(field))
    if root is None or todo.empty:
        return 0
    files = _files(todo, root)

    def keep(views: dict[str, CameraView], done: int) -> None:
        nonlocal made
        with connect(project.database) as db:
            store.save_views(db, [_row(key, view) for key, view in views.items()], version=VERSION)
        made += len(views)
        on_progress(already + done, len(field))

    stamps = todo.set_index("content_hash")[["size_bytes", "modified_ns"]]
    read_files(
        [(key, path) for key, path in files.items()],
        partial(_look, {files[key]: (int(s), int(m)) for key, s, m in stamps.itertuples()}),
        on_batch=keep,
        on_broken=lambda key, reason: None,
        should_stop=should_stop,
    )
    return made


def _files(todo: pd.DataFrame, root: Path) -> dict[str, Path]:
    return {key: root / path for key, path in zip(todo["content_hash"], todo["path"], strict=True)}


def _look(stamps: dict[Path, tuple[int, int]], path: Path) -> CameraView:
    size, modified = stamps[path]
    check_unchanged(path, size_bytes=size, modified_ns=modified)
    return camera_view(path)


def _row(content_hash: str, view: CameraView) -> store.ViewRow:
    return store.ViewRow(
        content_hash, view.pixels, view.tiles.astype("<u4").tobytes(), view.samples.tobytes(),
        view.view.tobytes(), view.tint,
    )  # fmt: skip


def cameras(project: Project, *, now: datetime | None = None) -> CamerasReport:
    """
    Every camera of the whole field, as far as `prepare` has looked at its pictures.

    Args:
        now: local time without zone; frames more than a day after it have a clock that is ahead.
    """
    found = scores(project.whole)
    with connect(project.database) as db:
        known = frozenset(store.seen_hashes(db, version=VERSION))
    moment = pd.Timestamp(now or datetime.now()).floor("h")
    return _report(found, len(known), moment)


@kept_beside(most=2)
def _report(found: Scores, _known: int, now: pd.Timestamp) -> CamerasReport:
    field = found.of(Folder.FIELD)
    names = field["camera"].fillna("")
    real = field.loc[~is_ahead(field["taken_at"], now=now), "taken_at"].dropna()
    last = real.max() if len(real) else None
    cameras, waiting = [], 0
    every = sorted(names.unique())
    for name in every:
        is_its = names == name
        frames = field[is_its].reset_index(drop=True)
        seen = _seen(found.project, frames)
        waiting += int(frames.loc[~seen.is_known, "content_hash"].nunique())
        cameras.append(
            camera_health(
                frames, seen, now=now, last=last, cameras=len(every),
                others=list(real[(~is_its).reindex(real.index)].sort_values()),
            )
        )  # fmt: skip
    told = tuple(with_swaps(cameras))
    strips = [one.days.assign(camera=one.camera) for one in told if len(one.days)]
    return CamerasReport(
        headline=health_statement(told),
        cameras=told,
        strip=pd.concat(strips, ignore_index=True) if strips else _no_days(),
        broken=tuple(item for item in found.broken if item.folder is Folder.FIELD),
        waiting=waiting,
        paths=dict(zip(field["content_hash"], field["path"], strict=True)),
    )


def _no_days() -> pd.DataFrame:
    return pd.DataFrame(columns=["day", "frames", "clips", "kind", "state", "camera"])


def _seen(project: Project, frames: pd.DataFrame) -> Seen:
    with connect(project.database) as db:
        return Seen(
            *store.load_views(
                db, list(frames["content_hash"]), version=VERSION,
                tile_side=TILES, sample_side=SAMPLES, view_side=VIEW,
            )
        )  # fmt: skip


def cameras_json(report: CamerasReport) -> dict[str, Any]:
    """What `fieldcheck cameras --json` prints."""
    return {
        "state": report.headline.state.value,
        "sentence": report.headline.headline,
        "next_step": report.headline.next_step,
        "cameras": [
            {
                "camera": one.camera,
                "frames": one.frames,
                "clips": one.clips,
                "state": one.state.value,
                "episodes": [_episode_json(each, report.paths) for each in one.episodes],
                "days": [
                    {**row, "day": row["day"].date().isoformat()}
                    for row in one.days.to_dict("records")
                ],
                "notes": note_sentences(one),
            }
            for one in report.cameras
        ],
        "unreadable": [{"path": item.path, "reason": item.reason} for item in report.broken],
        "waiting": report.waiting,
    }


def _episode_json(one: Episode, paths: dict[str, str]) -> dict[str, Any]:
    said = episode_statement(one)
    return {
        "kind": one.kind,
        "state": one.state.value,
        "sentence": said.headline,
        "next_step": said.next_step,
        "since": _iso(one.since),
        "until": _iso(one.until),
        "is_open": one.is_open,
        "frames": one.frames,
        "clips": one.clips,
        "content_hashes": list(one.hashes),
        "first_path": paths.get(one.hashes[0], "") if one.hashes else "",
        "facts": {key: _plain(value) for key, value in one.facts.items()},
    }


def _iso(at: pd.Timestamp | None) -> str | None:
    return None if at is None else at.isoformat()


def _plain(value: float | int | str) -> float | int | str | None:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def report_lines(report: CamerasReport) -> list[str]:
    """The report in words, what is confirmed first in each camera."""
    lines = [report.headline.headline, report.headline.next_step]
    for one in report.cameras:
        name = one.camera or "without a name"
        lines.append(f"{name}: {count_of(one.frames, 'frame')} in {count_of(one.clips, 'clip')}.")
        for each in one.episodes:
            statement = episode_statement(each)
            lines.append(f"  {statement.headline} {statement.next_step}")
        lines += [f"  {note}" for note in note_sentences(one)]
    if report.broken:
        lines.append(
            f"{count_of(len(report.broken), 'file')} could not be read, such as "
            f"{report.broken[0].path}: {report.broken[0].reason}"
        )
    return lines
