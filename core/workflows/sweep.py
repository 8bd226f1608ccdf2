"""The stress sweep: can be stopped or killed, resumes where it was; and what it will take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from core.corruptions import chain_text, corrupt_chain, frame_seed
from core.engines.local import score_views
from core.errors import PictureError
from core.frames.images import decode, working_image
from core.metrics.intervals import wilson_interval
from core.project import Project
from core.records import Answer, BrokenFrame, Chain, Folder, Image, ProgressCallback, StopCallback
from core.store import stress as stress_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.models import classifier_of
from core.workflows.scoring import PhaseCallback
from core.workflows.stress_plan import Plan, chains_of, swept_frames

BUDGETS = (30.0, 120.0, 600.0)
"""Seconds a person may have."""


@dataclass(frozen=True)
class Offer:
    """A number of frames, the time they take here and how exact the answer gets."""

    frames: int
    seconds: float
    points: float  # half width of the widest 95 % interval, percentage points


def offers(project: Project, asked: Plan) -> list[Offer]:
    """A sample for each of BUDGETS that is less than all, then all frames, with their times."""
    each = seconds_per_frame(project, asked)
    frames = swept_frames(project, asked.folder)
    sizes = [int(budget / each) for budget in BUDGETS]
    wanted = [size for size in sizes if 10 <= size < len(frames)] + [len(frames)]
    return [
        Offer(size, size * each, 100 * _half_width(frames["clip"].head(size).nunique()))
        for size in dict.fromkeys(wanted)
    ]


def _half_width(clips: int) -> float:
    low, high = wilson_interval(clips / 2, clips)
    return (high - low) / 2


def seconds_per_frame(project: Project, asked: Plan) -> float:
    """How long one frame under all conditions of a plan takes here, measured on two frames now."""
    model_id = choices_of(project).model_id or ""
    return _seconds_per_frame(project, asked.folder, asked.corruptions, asked.severities, model_id)


@lru_cache(maxsize=64)
def _seconds_per_frame(
    project: Project,
    folder: Folder,
    corruptions: tuple[str, ...],
    severities: tuple[float, ...],
    _model_id: str,
) -> float:
    asked = Plan(folder, corruptions, severities, 2)
    frames = swept_frames(project, folder).head(2)
    one, warm = files_of(project, frames.head(1)), [chains_of(asked)[0]]
    _score(project, asked, one, [warm] * len(one))
    files = files_of(project, frames)
    started = time.perf_counter()
    _score(project, asked, files, [chains_of(asked)] * len(files))
    return max((time.perf_counter() - started) / len(files), 1e-4)


def sweep(
    project: Project,
    asked: Plan,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> tuple[BrokenFrame, ...]:
    """
    Damage every frame of a plan by every condition and store what the model says of it.

    Severity by severity, so that a stopped sweep has whole figures for the first ones. Each frame
    is on disk before the next is asked; what is there already is not asked again.

    Args:
        on_progress: gets pictures answered and pictures in all, one a frame and condition.

    Returns:
        Frames that could not be read; the rest went on.

    Raises:
        ModelError, DiskError: what was answered so far is kept.
    """
    frames = swept_frames(project, asked.folder).head(asked.frames)
    chains = chains_of(asked)
    stored = stored_answers(project, asked)
    known = set(zip(stored["content_hash"], stored["chain"], strict=True))
    total = len(frames) * len(chains)
    done = sum(
        (digest, chain_text(chain)) in known
        for digest in frames["content_hash"]
        for chain in chains
    )
    on_progress(done, total)
    broken: dict[str, BrokenFrame] = {}
    model_id = choices_of(project).model_id or ""
    for severity in asked.severities:
        stage = [chain for chain in chains if chain[0].severity == severity]
        files, missing = [], []
        for file in files_of(project, frames):
            wanted = [c for c in stage if (file.content_hash, chain_text(c)) not in known]
            if wanted and file.content_hash not in broken:
                files.append(file)
                missing.append(wanted)
        asked_of = {file.content_hash: wanted for file, wanted in zip(files, missing, strict=True)}

        def keep(digest: str, answers: list[Answer], asked_of: Any = asked_of) -> None:
            nonlocal done
            with connect(project.database) as db:
                stress_store.save_stress_answers(
                    db,
                    model_id=model_id,
                    seed=asked.seed,
                    content_hash=digest,
                    chains=[chain_text(chain) for chain in asked_of[digest]],
                    answers=answers,
                )
            done += len(answers)
            on_progress(done, total)

        for item in _score(project, asked, files, missing, keep=keep, should_stop=should_stop):
            broken[item[0]] = item[1]
        if should_stop():
            break
    return tuple(broken.values())


def run(
    project: Project,
    asked: Plan,
    on_phase: PhaseCallback,
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> tuple[BrokenFrame, ...]:
    """`sweep` as a job beside the pages."""
    on_phase("Damaging frames and asking the model")
    return sweep(project, asked, on_progress=on_progress, should_stop=should_stop)


@dataclass(frozen=True, slots=True)
class FrameFile:
    """A frame's file as it was when it was indexed."""

    content_hash: str
    folder: Folder
    path: str
    root: Path
    size_bytes: int
    modified_ns: int


def files_of(project: Project, frames: pd.DataFrame) -> list[FrameFile]:
    """Where the frames of a table (tables.FRAMES) lie, in its order."""
    roots = choices_of(project).folders
    columns = ["content_hash", "folder", "path", "size_bytes", "modified_ns"]
    return [
        FrameFile(digest, Folder(folder), path, roots[Folder(folder)], size, modified)
        for digest, folder, path, size, modified in frames[columns].itertuples(index=False)
    ]


def _score(
    project: Project,
    asked: Plan,
    files: Sequence[FrameFile],
    chains: Sequence[Sequence[Chain]],
    *,
    keep: Any = lambda digest, answers: None,
    should_stop: StopCallback = lambda: False,
) -> list[tuple[str, BrokenFrame]]:
    """Answers of each file under its chains, handed to `keep`; the frames that are broken."""
    broken: list[tuple[str, BrokenFrame]] = []
    by_hash = {file.content_hash: file for file in files}

    def views(item: tuple[FrameFile, Sequence[Chain]]) -> list[Image]:
        file, wanted = item
        image = working_image(decode(unchanged(file)))
        image.flags.writeable = False
        seed = frame_seed(file.content_hash, asked.seed)
        return [corrupt_chain(image, chain, seed=seed) for chain in wanted]

    def list_broken(digest: str, reason: str) -> None:
        file = by_hash[digest]
        broken.append((digest, BrokenFrame(file.folder, file.path, reason)))

    score_views(
        classifier_of(project),
        [(file.content_hash, (file, wanted)) for file, wanted in zip(files, chains, strict=True)],
        views=views,
        on_item=keep,
        on_broken=list_broken,
        should_stop=should_stop,
    )
    return broken


def unchanged(file: FrameFile) -> Path:
    """
    The file's path, if it still is the picture that was indexed.

    Raises:
        PictureError: it is gone or has changed.
    """
    path = file.root / file.path
    try:
        stat = path.stat()
    except OSError as error:
        raise PictureError(
            "the file is gone; put it back, or look at the folders again on the Overview page"
        ) from error
    if (stat.st_size, stat.st_mtime_ns) != (file.size_bytes, file.modified_ns):
        raise PictureError("the file has changed; look at the folders again on the Overview page")
    return path


def stored_answers(project: Project, asked: Plan) -> pd.DataFrame:
    model_id = choices_of(project).model_id or ""
    chains = [chain_text(chain) for chain in chains_of(asked)]
    with connect(project.database) as db:
        return stress_store.load_stress_answers(
            db, model_id=model_id, seed=asked.seed, chains=chains
        )
