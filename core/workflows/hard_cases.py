"""Hard cases: which failures are gathered, how far, what to collect next; and frozen versions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from core.findings import hard_case_words as words
from core.findings.hard_cases import CLASS, Gathered, Progress, gathered
from core.findings.slice_rules import HARD_CASE
from core.findings.statements import count_of
from core.project import Project
from core.records import FailureMode, Statement
from core.workflows import failure_modes
from core.workflows.failure_modes import add_mode, change_mode, drop_mode, mode_names
from core.workflows.frozen_sets import (
    HARD_CASES,
    Difference,
    FrozenReport,
    before,
    difference,
    field_rows,
    find,
    freeze,
    mode_source,
    origin_words,
    report,
    slice_source,
    source_count,
    sources,
    usual_name,
    usual_source,
)
from core.workflows.frozen_slices import titled_sets
from core.workflows.narrow import rule_of
from core.workflows.scores import scores
from core.workflows.slices import columns, title_of
from core.workflows.tagged import Tagged, tagged

__all__ = [
    "HARD_CASES",
    "METHOD",
    "NOT_THE_FIELD",
    "PROGRESS_WORDS",
    "Difference",
    "FrozenReport",
    "HardCases",
    "ModeRow",
    "add_mode",
    "before",
    "change_mode",
    "difference",
    "drop_mode",
    "field_rows",
    "find",
    "freeze",
    "furthest_behind",
    "hard_cases",
    "list_json",
    "list_lines",
    "made_words",
    "mode_names",
    "mode_row",
    "mode_source",
    "relabelled_lines",
    "report",
    "show_json",
    "show_lines",
    "sidebar_words",
    "since_words",
    "slice_source",
    "source_count",
    "sources",
    "titles",
    "unsaid_frames",
    "usual_name",
    "usual_source",
]

NOT_THE_FIELD = words.NOT_THE_FIELD
PROGRESS_WORDS = words.PROGRESS_WORDS
_HARD = frozenset({HARD_CASE})

METHOD = (
    "A frame belongs to a failure mode by its tag: the mode's name, or one it had before; capitals "
    "make no difference, and copies of a picture count once. A mode has enough when it has its "
    "target of frames and a tenth of that in clips, never fewer than ten, because frames of one "
    "clip repeat each other. What is lacking: values of camera, class (the label, else the "
    "answer) and time of day that field frames have and the mode's lack, most frames first. A "
    "frozen set keeps content hashes, labels as they stand (as reviewed, else as the data came), "
    "clips and answers; the database refuses to change it. Share right on it: today's answers "
    "against the labels of the freezing, Wilson's 95 % interval on the effective count; before "
    "against after is paired on the same frames (Newcombe 1998, method 10). Other pages narrowed "
    "to it use the labels of the data."
)


@dataclass(frozen=True)
class ModeRow:
    """One failure mode and how far it has come."""

    mode: FailureMode
    found: Gathered
    count: str  # in words
    next_step: str


@dataclass(frozen=True)
class HardCases:
    """All the page begins with."""

    modes: tuple[ModeRow, ...]
    kept: int  # frames marked as hard cases
    unsaid: int  # of them, without a mode
    unsaid_clips: int
    gone: int  # tagged or marked pictures that are in no folder any more
    headline: Statement
    notes: tuple[str, ...]


def hard_cases(project: Project) -> HardCases:
    """Every mode with its progress, and the hard cases nobody said the why of."""
    modes, known = failure_modes.modes(project), tagged(project)
    asked = _asked_columns(project)
    # Those begun come first; else the order is the person's.
    rows = tuple(
        sorted((_row(mode, known, asked) for mode in modes), key=lambda row: not row.found.frames)
    )
    kept, unsaid = known.having(_HARD), _unsaid(known, modes)
    clips = int(unsaid["clip"].nunique())
    gone = len(
        known.hashes(_names(modes) | _HARD) - set(scores(project.whole).frames["content_hash"])
    )
    notes = [
        f"{count_of(gone, 'tagged picture')} {'is' if gone == 1 else 'are'} in none of the folders "
        "any more and not counted; the tags are kept."
    ] * bool(gone)
    return HardCases(
        rows, len(kept), len(unsaid), clips, gone,
        words.unsaid_words(len(unsaid), clips, len(kept)), tuple(notes),
    )  # fmt: skip


def mode_row(project: Project, name: str) -> tuple[ModeRow, pd.DataFrame]:
    """
    One mode with its frames.

    Raises:
        FieldcheckError: there is no such mode.
    """
    mode, known = failure_modes.mode_of(project, name), tagged(project)
    row = _row(mode, known, _asked_columns(project))
    return row, known.having(failure_modes.names_of(mode))


def unsaid_frames(project: Project) -> pd.DataFrame:
    """Hard cases without the tag of a mode."""
    return _unsaid(tagged(project), failure_modes.modes(project))


def _row(mode: FailureMode, known: Tagged, asked: dict[str, str]) -> ModeRow:
    frames = known.having(failure_modes.names_of(mode))
    found = gathered(frames, known.frames, target=mode.target, columns=asked)
    return ModeRow(mode, found, words.count_words(found), words.next_words(found, mode.name, asked))


def _asked_columns(project: Project) -> dict[str, str]:
    """In which something may be lacking, with titles."""
    offered = columns(project.whole)
    found = {"camera": title_of("camera"), CLASS: title_of("label")}
    found["hour_block"] = title_of("hour_block")
    return {name: title for name, title in found.items() if name == CLASS or name in offered}


def _unsaid(known: Tagged, modes: list[FailureMode]) -> pd.DataFrame:
    frames = known.having(_HARD)
    return frames[~frames["content_hash"].isin(known.hashes(_names(modes)))]


def _names(modes: list[FailureMode]) -> frozenset[str]:
    return frozenset().union(*(failure_modes.names_of(mode) for mode in modes))


def furthest_behind(project: Project) -> str:
    """What to collect next of the mode that was begun and lags most; "" if there is none."""
    known = tagged(project)
    # Without what they lack, which takes long and is not said here.
    rows = (_row(mode, known, {}) for mode in failure_modes.modes(project))
    begun = [row for row in rows if row.found.progress in (Progress.COLLECTING, Progress.FEW_CLIPS)]
    if not begun:
        return ""
    last = min(begun, key=lambda row: row.found.share)
    return f"Collect more of “{last.mode.name}”: {last.count}"


def titles(project: Project) -> list[str]:
    """Every frozen version, the newest first."""
    newest = sorted(titled_sets(project).items(), key=lambda one: one[1].made_at, reverse=True)
    return [title for title, _ in newest]


def made_words(found: FrozenReport) -> str:
    """ "44 frames from 12 clips, frozen on 3 March 2026 by Ana: mode “dusk”"."""
    kept = found.kept
    return (
        f"{count_of(kept.frames, 'frame')} from {count_of(found.clips, 'clip')}, frozen on "
        f"{kept.made_at.astimezone():%d %B %Y} by {kept.reviewer}: {origin_words(kept.origin)}"
    )


def since_words(project: Project, title: str) -> list[str]:
    """What a version changed in the one before; [] if it was the first."""
    other = before(project, title)
    return [difference(project, other, title).sentence] if other else []


def relabelled_lines(project: Project, told: Difference) -> list[str]:
    """Each frame that has another label in the second version."""
    paths = field_rows(project, told.parts["relabelled"]).set_index("content_hash")["path"]
    return [
        f"{paths.get(digest, 'a picture that is gone')}: {old or 'no label'}, now "
        f"{new or 'no label'}"
        for digest, old, new in told.relabelled
    ]


def sidebar_words(project: Project) -> str:
    """What must be said wherever only a frozen set is shown; "" if it is none."""
    named = rule_of(project).slices
    known = titled_sets(project)
    sets = [known[name] for name in named if name in known]
    if not sets:
        return ""
    held = report(project, named[0] if named[0] in known else next(n for n in named if n in known))
    said = "A frozen set, picked because it is hard: its share right is not the field's."
    return said + words.missing_words(held.missing, held.kept.frames)


def list_json(project: Project) -> dict[str, Any]:
    """What `fieldcheck hard_cases list --json` prints."""
    found = hard_cases(project)
    return {
        "modes": [
            {
                "name": row.mode.name, "about": row.mode.about, "also": list(row.mode.also),
                "target": row.mode.target, "frames": row.found.frames, "clips": row.found.clips,
                "clip_target": row.found.clip_target, "progress": row.found.progress.value,
                "lacks": {lack.column: list(lack.values) for lack in row.found.lacks},
                "next_step": row.next_step,
            }
            for row in found.modes
        ],
        "hard_cases": found.kept,
        "not_said_why": {"frames": found.unsaid, "clips": found.unsaid_clips},
        "gone": found.gone,
        "frozen": [frozen_json(report(project, title)) for title in titles(project)],
    }  # fmt: skip


def frozen_json(found: FrozenReport) -> dict[str, Any]:
    """One version as data."""
    return {
        "title": found.title, "name": found.kept.name, "version": found.kept.version,
        "id": found.kept.id, "of": found.kept.origin, "made_at": found.kept.made_at.isoformat(),
        "reviewer": found.kept.reviewer, "model_id": found.kept.model_id,
        "frames": found.kept.frames, "clips": found.clips, "labelled": found.labelled,
        "missing": found.missing, "labels_changed": found.labels_changed,
        "now": asdict(found.now),
        "before": asdict(found.change.before) if found.change else None,
        "gain": -found.change.drop if found.change else None,
        "gain_low": -found.change.high if found.change else None,
        "gain_high": -found.change.low if found.change else None,
    }  # fmt: skip


def show_json(project: Project, title: str, *, against: str | None = None) -> dict[str, Any]:
    """What `fieldcheck hard_cases show NAME --json` prints."""
    found = report(project, title)
    other = against or before(project, found.title)
    told = difference(project, other, found.title) if other else None
    return {
        **frozen_json(found),
        "sentence": _sentences(found)[0],
        "against": None if told is None else {
            "title": told.titles[0], "added": list(told.added), "removed": list(told.removed),
            "relabelled": [
                {"content_hash": digest, "label_before": old, "label": new}
                for digest, old, new in told.relabelled
            ],
            "same": told.same,
        },
    }  # fmt: skip


def list_lines(project: Project) -> list[str]:
    """The same in words."""
    found = hard_cases(project)
    lines = [
        f"{row.mode.name}: {PROGRESS_WORDS[row.found.progress][1]}. {row.count} {row.next_step}"
        for row in found.modes
    ]
    lines += [f"{found.headline.headline} {found.headline.next_step}".strip(), *found.notes]
    for title in titles(project):
        held = report(project, title)
        lines.append(f"{title}: {made_words(held)}. {held.statements[0].headline}")
    return lines


def show_lines(project: Project, title: str, *, against: str | None = None) -> list[str]:
    """One version in words."""
    found = report(project, title)
    told = (
        [difference(project, against, found.title).sentence]
        if against
        else since_words(project, found.title)
    )
    return [f"{found.title}: {made_words(found)}.", *_sentences(found), *told]


def _sentences(found: FrozenReport) -> list[str]:
    said = [f"{one.headline} {one.next_step}".strip() for one in found.statements]
    return [*said, *found.notes, NOT_THE_FIELD]
