"""The shortcut exam: which cue carries the answer, texture, colour, shape or background?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from core.corruptions import CUE_CHANGES, change_cue, foreground, frame_seed
from core.engines.local import score_views
from core.errors import NothingYetError, PictureError
from core.findings import shortcut_words as words
from core.findings import shortcuts as findings
from core.findings.statements import count_of
from core.frames.images import encode_jpeg, working_image
from core.project import Project
from core.records import (
    Answer,
    BrokenFrame,
    Cue,
    Folder,
    Foreground,
    Image,
    ProgressCallback,
    Statement,
    StopCallback,
)
from core.store import shortcuts as store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.models import classifier_of
from core.workflows.scoring import PhaseCallback
from core.workflows.stress_plan import folders, swept_frames
from core.workflows.sweep import (
    FrameFile,
    Offer,
    decoded_frame,
    frame_files,
    sized_offers,
    unchanged,
)

METHOD = (
    "Every frame of the sweep is changed in six ways at the working size and answered anew; "
    "`fieldcheck stress --shortcuts` prints the same numbers. Cut and shuffled: 4 × 4 pieces, "
    "none stays. The object is found by colour alone (GrabCut, from two starts that must agree: "
    "unlike the rim of the picture, and in the middle); frames where they do not agree, or where "
    "the object is tiny, fills the frame or runs out of it, sit out the last three changes, "
    "which are judged only if the object was found in at least half of the frames. It is "
    "an estimate: look at the pairs. Object covered: its convex hull and a margin, grown over "
    "from around. The guess is naming the commonest answer every time; a change is lost if more "
    "than half of the way from the untouched share right down to the guess is gone, and proven "
    "if the whole paired interval (Newcombe 1998, on effective counts) lies on one side and, for "
    "losses, q of McNemar's test is at most 0.05 over the six (Benjamini-Hochberg). Background: "
    "kept with the object covered, lost with the background blanked (kept in both: suspected). "
    "Colour: lost in grey and in opposite colours, kept when shuffled. Texture: kept in all three, "
    "lost as an outline. Shape: kept in grey, in opposite colours and as an outline, lost when "
    "shuffled. Strange "
    "pictures cost a model answers by their strangeness alone, so a loss is weaker evidence than "
    "something kept."
)

HASH = "content_hash"
_WITH_OBJECT = [name for name, change in CUE_CHANGES.items() if change.needs_object]

EXAMPLE_SIDE = 150
"""px, long side of the pictures that show a change."""


@dataclass(frozen=True)
class Exam:
    """What is asked: six changes of the first frames of the sweep."""

    folder: Folder
    frames: int
    seed: int = 0


@dataclass(frozen=True)
class ShortcutReport:
    """What the exam says so far."""

    exam: Exam
    by_label: bool  # right means as labelled; else the same answer as on the untouched picture
    table: pd.DataFrame  # tables.CUES
    cue: Cue | None
    headline: Statement
    statements: tuple[Statement, ...]  # one a row of the table
    left_out: dict[str, int]  # frames whose object was not found, by reason
    left_out_sentence: str


def exam(
    project: Project, *, folder: Folder | None = None, frames: int | None = None, seed: int = 0
) -> Exam:
    """
    A checked exam; all frames of the folder the sweep takes first, unless said otherwise.

    Raises:
        NothingYetError: no frame has an answer yet.
    """
    there = folders(project)
    if not there or (folder is not None and folder not in there):
        raise NothingYetError(
            "No frames have an answer yet. They come in on the Overview page, or by "
            "`fieldcheck score`."
        )
    chosen = folder or there[0]
    n_frames = len(swept_frames(project, chosen))
    return Exam(chosen, n_frames if frames is None else max(1, min(frames, n_frames)), seed)


def offers(project: Project, asked: Exam) -> list[Offer]:
    """Samples by the time a person may have, measured here and now on one frame."""
    model_id = choices_of(project).model_id or ""
    frames = swept_frames(project, asked.folder)
    return sized_offers(frames, each=_seconds_per_frame(project, asked.folder, model_id))


@lru_cache(maxsize=16)
def _seconds_per_frame(project: Project, folder: Folder, _model_id: str) -> float:
    files = frame_files(project, swept_frames(project, folder).head(2))
    times = []
    for file in files:  # the first brings in the model
        started = time.perf_counter()
        _score(project, 0, [file], {file.content_hash: list(CUE_CHANGES)})
        times.append(time.perf_counter() - started)
    return max(times[-1], 1e-4)


def take_exam(
    project: Project,
    asked: Exam,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> tuple[BrokenFrame, ...]:
    """
    Change every frame in six ways and store what the model says of it.

    Each frame is on disk before the next is asked; what is there already is not asked again.

    Args:
        on_progress: gets frames done and frames in all.

    Returns:
        Frames that could not be read; the rest went on.

    Raises:
        ModelError, DiskError: what was answered so far is kept.
    """
    frames = swept_frames(project, asked.folder).head(asked.frames)
    model_id = choices_of(project).model_id or ""
    with connect(project.database) as db:
        stored = store.load_cue_answers(db, model_id=model_id, seed=asked.seed)
    known = set(zip(stored["content_hash"], stored["change"], strict=True))
    missing = {
        digest: [name for name in CUE_CHANGES if (digest, name) not in known]
        for digest in frames["content_hash"]
    }
    files = [file for file in frame_files(project, frames) if missing[file.content_hash]]
    done, total = len(frames) - len(files), len(frames)
    on_progress(done, total)

    def keep(digest: str, answers: Mapping[str, Answer], left_out: Mapping[str, str]) -> None:
        nonlocal done
        with connect(project.database) as db:
            store.save_cue_answers(
                db,
                model_id=model_id,
                seed=asked.seed,
                content_hash=digest,
                answers=answers,
                left_out=left_out,
            )
        done += 1
        on_progress(done, total)

    return _score(project, asked.seed, files, missing, keep=keep, should_stop=should_stop)


def run(
    project: Project,
    asked: Exam,
    on_phase: PhaseCallback,
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> tuple[BrokenFrame, ...]:
    """`take_exam` as a job beside the pages."""
    on_phase("Changing frames and asking the model")
    return take_exam(project, asked, on_progress=on_progress, should_stop=should_stop)


def _score(
    project: Project,
    seed: int,
    files: Sequence[FrameFile],
    changes: Mapping[str, Sequence[str]],
    *,
    keep: Any = lambda digest, answers, left_out: None,
    should_stop: StopCallback = lambda: False,
) -> tuple[BrokenFrame, ...]:
    """Answers of each file under its changes, handed to `keep`; the frames that are broken."""
    broken: list[BrokenFrame] = []
    by_hash = {file.content_hash: file for file in files}
    doubts: dict[str, str | None] = {}

    def views(file: FrameFile) -> list[Image]:
        image, found = _read(file)
        doubts[file.content_hash] = found.doubt
        own_seed = frame_seed(file.content_hash, seed)
        return [
            change_cue(image, name, found=found, seed=own_seed)
            for name in _possible(changes[file.content_hash], found.doubt)
        ]

    def hand_over(digest: str, answers: list[Answer]) -> None:
        doubt = doubts.pop(digest)
        possible = _possible(changes[digest], doubt)
        left_out = {name: doubt for name in changes[digest] if name not in possible}
        keep(digest, dict(zip(possible, answers, strict=True)), left_out)

    def list_broken(digest: str, reason: str) -> None:
        broken.append(BrokenFrame(by_hash[digest].folder, by_hash[digest].path, reason))

    score_views(
        classifier_of(project),
        [(file.content_hash, file) for file in files],
        views=views,
        on_item=hand_over,
        on_broken=list_broken,
        should_stop=should_stop,
    )
    return tuple(broken)


def _read(file: FrameFile) -> tuple[Image, Foreground]:
    image = working_image(decoded_frame(file))
    image.flags.writeable = False
    return image, foreground(image)


def _possible(names: Sequence[str], doubt: str | None) -> list[str]:
    return [name for name in names if doubt is None or not CUE_CHANGES[name].needs_object]


def shortcuts(project: Project, asked: Exam) -> ShortcutReport:
    """What is known so far; whole once `take_exam` of the same exam has ended."""
    frames = swept_frames(project, asked.folder).head(asked.frames)
    by_label = bool(frames["is_right"].notna().all()) and len(frames) > 0
    clean = frames[["content_hash", "clip", "label", "answer"]].rename(
        columns={"answer": "clean_answer"}
    )
    clean["wanted"] = clean["label"] if by_label else clean["clean_answer"]
    model_id = choices_of(project).model_id or ""
    with connect(project.database) as db:
        stored = store.load_cue_answers(db, model_id=model_id, seed=asked.seed)
    stored = stored[stored["change"].isin(CUE_CHANGES)].merge(clean, on="content_hash")
    stored = stored.sort_values("change", key=lambda names: names.map(_place), kind="stable")
    table = findings.cue_table(stored[stored["answer"].notna()])
    doubted = stored[stored["left_out"].notna()].drop_duplicates("content_hash")
    left_out = {
        str(reason): int(number) for reason, number in doubted["left_out"].value_counts().items()
    }
    reading = findings.read_cues(table)
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    titles = {change.name: change.title for change in CUE_CHANGES.values()}
    return ShortcutReport(
        asked,
        by_label,
        table,
        reading.cue,
        words.headline(reading, rows, titles, by_label=by_label),
        tuple(
            words.change_statement(
                titles[row["change"]],
                CUE_CHANGES[row["change"]].looks_like,
                row,
                by_label=by_label,
            )
            for row in rows
        ),
        left_out,
        words.left_out_sentence(left_out, of=stored["content_hash"].nunique()),
    )


def _place(name: str) -> int:
    return list(CUE_CHANGES).index(name)


def examples(project: Project, asked: Exam) -> dict[str, tuple[bytes, bytes]]:
    """
    Of every change a frame before and after it, as small JPEG files; {} if the frame is gone.

    The first frame whose object was found is shown, because it can show all six.
    """
    frames = swept_frames(project, asked.folder).head(asked.frames)
    model_id = choices_of(project).model_id or ""
    with connect(project.database) as db:
        stored = store.load_cue_answers(db, model_id=model_id, seed=asked.seed)
    found = set(stored.loc[stored["answer"].notna() & stored["change"].isin(_WITH_OBJECT), HASH])
    digest = next((d for d in frames[HASH] if d in found), frames[HASH].iloc[0])
    file = frame_files(project, frames[frames[HASH] == digest])[0]
    try:
        unchanged(file)
        return _examples(file, frame_seed(digest, asked.seed))
    except PictureError:
        return {}


@lru_cache(maxsize=8)
def _examples(file: FrameFile, seed: int) -> dict[str, tuple[bytes, bytes]]:
    image, found = _read(file)
    before = _thumbnail(image)
    return {
        name: (before, _thumbnail(change_cue(image, name, found=found, seed=seed)))
        for name in _possible(list(CUE_CHANGES), found.doubt)
    }


def _thumbnail(image: Image) -> bytes:
    small = working_image(image, short_side=EXAMPLE_SIDE * min(image.shape[:2]) // max(image.shape))
    return encode_jpeg(small)


def shortcuts_json(report: ShortcutReport) -> dict[str, Any]:
    """What `fieldcheck stress --shortcuts --json` prints."""
    return {
        "cue": report.cue.value if report.cue else None,
        "state": report.headline.state.value,
        "headline": report.headline.headline,
        "next_step": report.headline.next_step,
        "frames": report.exam.frames,
        "frames_of": report.exam.folder.value,
        "seed": report.exam.seed,
        "compared_with": "label" if report.by_label else "clean answer",
        "left_out": report.left_out,
        "changes": [
            {str(name): (None if pd.isna(value) else value) for name, value in row.items()}
            for row in report.table.to_dict("records")
        ],
    }


def report_lines(
    report: ShortcutReport, broken: Sequence[BrokenFrame] = (), *, seconds: float = 0.0
) -> list[str]:
    """The exam in words."""
    lines = [report.headline.headline, report.headline.next_step]
    lines += [f"{said.headline} {said.next_step}" for said in report.statements]
    if report.left_out_sentence:
        lines.append(report.left_out_sentence)
    lines += [f"Left out: {item.folder.value}/{item.path}: {item.reason}" for item in broken]
    return [*lines, f"{count_of(report.exam.frames, 'frame')}, {seconds:.1f} s."]
