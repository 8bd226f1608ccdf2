"""The stress sweep: can be stopped or killed, resumes where it was; and what it will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core.corruptions import corrupt_chain, frame_seed
from core.engines.local import score_views
from core.frames.images import decode, working_image
from core.frames.unchanged import check_unchanged
from core.metrics.intervals import wilson_interval
from core.project import Project
from core.records import Answer, BrokenFrame, Chain, Folder, Image, ProgressCallback, StopCallback
from core.settings import SETTINGS
from core.store import stress as stress_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.models import classifier_of
from core.workflows.scoring import PhaseCallback
from core.workflows.stress_plan import (
    Plan,
    chains_of,
    hit_frames,
    stored_name,
    swept_frames,
)

KeepCallback = Callable[[str, list[Chain], list[Answer]], None]
"""keep(content hash, chains asked of it, their answers)."""

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
    return sized_offers(swept_frames(project, asked.folder), each=seconds_per_frame(project, asked))


def sized_offers(frames: pd.DataFrame, *, each: float) -> list[Offer]:
    """
    A sample for each of BUDGETS that is less than all, then all frames, with their times.

    Args:
        frames: as `swept_frames`.
        each: seconds a frame.
    """
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
    return asked.share * _seconds_per_frame(
        project, asked.folder, asked.corruptions, asked.severities, asked.short_side, model_id
    )


@lru_cache(maxsize=64)
def _seconds_per_frame(
    project: Project,
    folder: Folder,
    corruptions: tuple[str, ...],
    severities: tuple[float, ...],
    short_side: int,
    _model_id: str,
) -> float:
    asked = Plan(folder, corruptions, severities, 2, short_side=short_side)
    frames = swept_frames(project, folder).head(2)
    files = frame_files(project, frames)
    chains = [chain for stage in _stages(asked) for chain in stage]
    _score(project, asked, [(file, chains[:1]) for file in files[:1]])
    started = time.perf_counter()
    _score(project, asked, [(file, chains) for file in files])
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
    stored = stored_answers(project, asked)
    known = set(zip(stored["content_hash"], stored["chain"], strict=True))
    stages = _stages(asked)
    of_stage = [frames if stage == [()] else frames[hit_frames(frames, asked)] for stage in stages]
    total = sum(len(hit) * len(stage) for hit, stage in zip(of_stage, stages, strict=True))
    done = 0
    work: list[tuple[list[FrameFile], list[list[Chain]]]] = []
    for hit, stage in zip(of_stage, stages, strict=True):
        files = frame_files(project, hit)
        missing = [
            [c for c in stage if (file.content_hash, stored_name(c, asked)) not in known]
            for file in files
        ]
        done += sum(len(stage) - len(wanted) for wanted in missing)
        work.append((files, missing))
    on_progress(done, total)
    broken: dict[str, BrokenFrame] = {}
    model_id = choices_of(project).model_id or ""

    def keep(digest: str, asked_of: list[Chain], answers: list[Answer]) -> None:
        nonlocal done
        with connect(project.database) as db:
            stress_store.save_stress_answers(
                db,
                model_id=model_id,
                seed=asked.seed,
                content_hash=digest,
                chains=[stored_name(chain, asked) for chain in asked_of],
                answers=answers,
            )
        done += len(answers)
        on_progress(done, total)

    for files, missing in work:
        todo = [
            (file, wanted)
            for file, wanted in zip(files, missing, strict=True)
            if wanted and file.content_hash not in broken
        ]
        broken |= _score(project, asked, todo, keep=keep, should_stop=should_stop)
        if should_stop():
            break
    return tuple(broken.values())


def _stages(asked: Plan) -> list[list[Chain]]:
    """What is asked of every frame before the next stage begins; the empty chain is untouched."""
    n = len(asked.corruptions)
    chains = chains_of(asked)
    stages = [chains[start : start + n] for start in range(0, len(chains), n)]
    # At the working size the clean answer is known from scoring.
    return stages if asked.short_side == SETTINGS.working_short_side else [[()], *stages]


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


def frame_files(project: Project, frames: pd.DataFrame) -> list[FrameFile]:
    """Where the frames of a table lie, and what their files were when they were indexed."""
    roots = choices_of(project).folders
    columns = ["content_hash", "folder", "path", "size_bytes", "modified_ns"]
    return [
        FrameFile(digest, Folder(folder), path, roots[Folder(folder)], size, modified)
        for digest, folder, path, size, modified in frames[columns].itertuples(index=False)
    ]


def _score(
    project: Project,
    asked: Plan,
    todo: Sequence[tuple[FrameFile, Sequence[Chain]]],
    *,
    keep: KeepCallback = lambda digest, chains, answers: None,
    should_stop: StopCallback = lambda: False,
) -> dict[str, BrokenFrame]:
    """Answers of each file under its chains, handed to `keep`; the frames that are broken."""
    broken: dict[str, BrokenFrame] = {}
    by_hash = {file.content_hash: (file, list(wanted)) for file, wanted in todo}

    def views(item: tuple[FrameFile, Sequence[Chain]]) -> list[Image]:
        file, wanted = item
        image = working_image(decoded_frame(file), short_side=asked.short_side)
        image.flags.writeable = False
        seed = frame_seed(file.content_hash, asked.seed)
        return [corrupt_chain(image, chain, seed=seed) if chain else image for chain in wanted]

    def list_broken(digest: str, reason: str) -> None:
        file, _ = by_hash[digest]
        broken[digest] = BrokenFrame(file.folder, file.path, reason)

    score_views(
        classifier_of(project),
        [(file.content_hash, (file, wanted)) for file, wanted in todo],
        views=views,
        on_item=lambda digest, answers: keep(digest, by_hash[digest][1], answers),
        on_broken=list_broken,
        should_stop=should_stop,
    )
    return broken


def unchanged(file: FrameFile) -> Path:
    """The file's path, if it still is the picture that was indexed; else PictureError."""
    path = file.root / file.path
    check_unchanged(path, size_bytes=file.size_bytes, modified_ns=file.modified_ns)
    return path


def decoded_frame(file: FrameFile) -> Image:
    """The picture that was indexed; PictureError if another one lies there by now."""
    image = decode(unchanged(file))
    unchanged(file)  # it may have been overwritten while it was read
    return image


def stored_answers(project: Project, asked: Plan) -> pd.DataFrame:
    """What is stored of a plan's chains, of whatever frames: store.stress.COLUMNS."""
    model_id = choices_of(project).model_id or ""
    chains = [stored_name(chain, asked) for stage in _stages(asked) for chain in stage]
    with connect(project.database) as db:
        return stress_store.load_stress_answers(
            db, model_id=model_id, seed=asked.seed, chains=chains
        )
