"""Which conditions break it? What a sweep found, in tables and in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.corruptions import CORRUPTIONS, chain_text, damage_chain, damage_title
from core.findings import stress as findings
from core.findings import stress_words as words
from core.findings.statements import count_of, severity_word
from core.metrics import robustness
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Accuracy, BrokenFrame, Folder, Statement
from core.settings import SETTINGS
from core.workflows import frozen_sets, presets, trained_with
from core.workflows.choices import choices_of
from core.workflows.frozen_slices import titled_sets
from core.workflows.scores import reviewed, scores
from core.workflows.stress_plan import (
    SEVERITIES,
    USUAL,
    Plan,
    folders,
    hit_frames,
    moderate_first,
    plan,
    stored_name,
    swept_frames,
)
from core.workflows.sweep import (
    Offer,
    offers,
    run,
    seconds_per_frame,
    stored_answers,
    sweep,
)

__all__ = [
    "FOLDER_TITLES",
    "METHOD",
    "SEVERITIES",
    "SHARES",
    "USUAL",
    "Offer",
    "Plan",
    "StressReport",
    "choices",
    "damaged_answers",
    "folders",
    "frames_in",
    "hard_sets",
    "moderate_first",
    "notes",
    "offer_title",
    "offers",
    "plan",
    "plan_titles",
    "report_lines",
    "run",
    "severity_title",
    "share_title",
    "side_by_side",
    "stress",
    "stress_json",
    "sweep",
    "titles",
]  # fmt: skip

FOLDER_TITLES = {
    Folder.REFERENCE: "Reference (clean)",
    Folder.FIELD: "Field",
}

SHARES = (1.0, SETTINGS.share_hit)
"""Of the frames that are damaged: all, or as many as bad weather hits."""

METHOD = (
    "Every frame is damaged at the working size, exactly as on the Dial, with its own seed, and "
    "answered anew; `fieldcheck stress` prints the same numbers. Share right with Wilson's 95 % "
    "interval on the effective count (clips, not frames). The drop is paired on the same frames: "
    "Newcombe 1998, method 10 for paired shares, and McNemar's exact test, both on counts scaled "
    "to the effective count; q is Benjamini-Hochberg over all conditions. A condition breaks the "
    "model at the mildest severity that takes 20 points. Without labels, right means the same "
    "answer as on the clean picture. A chain is turned up as a whole: its strongest condition has "
    "the severity, the others keep their proportion. Samples are stratified by label and take "
    "clips in turn; the widest interval is told beforehand. A triangle marks where the share right "
    "falls for certain and mean confidence by less than half as much."
)


@dataclass(frozen=True)
class StressReport:
    """What is known so far of the conditions of a plan."""

    plan: Plan
    by_label: bool  # right means as labelled; else the same answer as on the clean picture
    table: pd.DataFrame  # tables.STRESS
    breaking: pd.DataFrame  # one row a corruption, first to break first
    points: pd.DataFrame  # of each frame and corruption the severity at which its answer flips
    weakest: pd.DataFrame  # content_hash, flipped, asked and the columns of the frames
    headline: Statement
    statements: tuple[Statement, ...]  # one a row of `breaking`
    error: float  # mean corruption error, unnormalised, 0..1
    published: robustness.MeanCorruptionError | None  # of ImageNet-1k models asked all of it
    by_training: tuple[Statement, ...]  # damages trained with, and new ones apart; if any is marked
    hit: int  # frames that are damaged; the rest of the plan's frames count as they are
    clean: Accuracy  # the swept frames untouched
    corrupted: Accuracy  # the same frames, all conditions together
    hard_title: str  # which hard cases
    hard: Accuracy  # on those of them that have a label


def damaged_answers(project: Project, asked: Plan) -> tuple[pd.DataFrame, bool]:
    """The stored answers of a plan's frames as findings.stress wants them, and whether by label."""
    frames = swept_frames(project, asked.folder).head(asked.frames)
    by_label = bool(frames["is_right"].notna().all()) and len(frames) > 0
    stored = stored_answers(project, asked)
    clean = _clean_answers(frames, stored, asked)
    clean["wanted"] = clean["label"] if by_label else clean["clean_answer"]
    is_hit = hit_frames(clean, asked)
    parts = []
    for severity in asked.severities:
        for damage in asked.corruptions:
            chain = damage_chain(damage, severity)
            answered = stored[stored["chain"] == stored_name(chain, asked)]
            found = clean[is_hit].merge(answered, on="content_hash", how="inner")
            # Of the frames left as they are, no larger part than of those damaged so far.
            reached = len(found) / max(1, int(is_hit.sum()))
            spared = clean[~is_hit].head(round(reached * int((~is_hit).sum())))
            spared = spared.assign(
                answer=spared["clean_answer"], confidence=spared["clean_confidence"]
            )
            part = pd.concat([found, spared], ignore_index=True)
            parts.append(part.assign(corruption=damage, severity=severity))
    return pd.concat(parts, ignore_index=True), by_label


def _clean_answers(frames: pd.DataFrame, stored: pd.DataFrame, asked: Plan) -> pd.DataFrame:
    """Frames with what is said of them untouched, at the size the plan damages them at."""
    if asked.short_side == SETTINGS.working_short_side:
        columns = frames[["content_hash", "clip", "label", "answer", "confidence"]]
    else:
        untouched = stored[stored["chain"] == stored_name((), asked)]
        columns = frames[["content_hash", "clip", "label"]].merge(
            untouched[["content_hash", "answer", "confidence"]], on="content_hash", how="inner"
        )
    return columns.rename(columns={"answer": "clean_answer", "confidence": "clean_confidence"})


def stress(project: Project, asked: Plan, *, hard_set: str | None = None) -> StressReport:
    """
    What is known so far; whole once `sweep` of the same plan has ended.

    Args:
        hard_set: the frozen hard-case set that stands beside clean and corrupted, by its title;
            None for the frames marked now.

    Raises:
        FieldcheckError: there is no such set.
    """
    hard_title, hard = _hard_cases(project, hard_set)
    answers, by_label = damaged_answers(project, asked)
    table = findings.stress_table(answers)
    breaking = findings.breaking_rows(table)
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in breaking.to_dict("records")
    ]
    names = {damage: damage_title(damage) for damage in asked.corruptions}
    frames = swept_frames(project, asked.folder)
    return StressReport(
        asked,
        by_label,
        table,
        breaking,
        findings.breaking_points(answers),
        findings.weakest_frames(answers).merge(frames, on="content_hash"),
        words.first_to_break(rows, names, asked=len(rows)),
        tuple(
            words.condition_statement(names[row["corruption"]], row, by_label=by_label)
            for row in rows
        ),
        findings.mean_corruption_error(table, asked.corruptions),
        _published(project, table, by_label=by_label, asked=asked),
        _by_training(project, answers),
        int(hit_frames(frames.head(asked.frames), asked).sum()),
        _share_right(answers.drop_duplicates("content_hash"), "clean_answer"),
        _share_right(answers, "answer"),
        hard_title,
        hard,
    )


def _published(
    project: Project, table: pd.DataFrame, *, by_label: bool, asked: Plan
) -> robustness.MeanCorruptionError | None:
    """mCE, where it means something: ImageNet-1k's classes, labels, every frame, at 224 px."""
    spec = choices_of(project).spec
    at_its_size = asked.share == 1 and asked.short_side == SETTINGS.reference_side
    if spec is None or not (by_label and at_its_size and robustness.is_imagenet_1k(spec.classes)):
        return None
    rows = table[table["severity"].isin(robustness.SEVERITIES)].sort_values("severity")
    errors = {
        str(name): list(1 - group["right"] / group["of"])
        for name, group in rows.groupby("corruption")
    }
    clean = 1 - rows["clean_right"].sum() / max(1, rows["of"].sum())
    return robustness.mean_corruption_error(errors, clean_error=float(clean))


def _by_training(project: Project, answers: pd.DataFrame) -> tuple[Statement, ...]:
    """Damages the model was trained with and new ones, apart; nothing where none is marked."""
    marked = set(trained_with.trained_with(project))
    known = answers["corruption"].map(
        lambda damage: {c.name for c in damage_chain(str(damage), 1.0)} <= marked
    )
    if not marked or not known.any():
        return ()
    return words.training_words(
        _share_right(answers[known], "answer"), _share_right(answers[~known], "answer")
    )


def _share_right(answers: pd.DataFrame, column: str) -> Accuracy:
    return accuracy((answers[column] == answers["wanted"]).to_numpy(), answers["clip"].to_numpy())


def _hard_cases(project: Project, title: str | None) -> tuple[str, Accuracy]:
    """A frozen set with its own labels; else those marked, a person's label before the data's."""
    if title is not None:
        found = frozen_sets.report(project, title)
        return f"Hard cases: {found.title}, frozen", found.now
    return "Hard cases: kept by hand in the queue", _marked(project)


def _marked(project: Project) -> Accuracy:
    kept = reviewed(project)
    kept = kept[kept["hard_case"].astype(bool)].set_index("content_hash")
    found = scores(project)
    frames = found.frames.drop_duplicates("content_hash")
    frames = frames[frames["content_hash"].isin(kept.index) & frames["answer"].notna()]
    label = frames["content_hash"].map(kept["label"]).fillna(frames["label"])
    classes = found.choices.spec.classes if found.choices.spec else ()
    counted = label.isin(classes).to_numpy(dtype=bool)
    right = (label == frames["answer"]).to_numpy(dtype=bool)
    return accuracy(right[counted], frames["clip"].to_numpy()[counted])


def side_by_side(report: StressReport) -> list[tuple[str, Accuracy, Statement]]:
    """Clean, corrupted and hard cases, each with its title and its sentence."""
    what = f"{report.plan.folder.value} frames"
    return [
        ("Clean: the frames as they are", report.clean, words.clean_words(report.clean, what)),
        (
            "Corrupted: all conditions above together",
            report.corrupted,
            words.corrupted_words(report.corrupted, report.plan.frames),
        ),
        (report.hard_title, report.hard, words.hard_words(report.hard)),
    ]


def hard_sets(project: Project) -> dict[str | None, str]:
    """What can stand beside clean and corrupted: the frames marked now, each frozen set."""
    return {None: "Kept by hand now"} | {title: title for title in titled_sets(project)}


def titles() -> dict[str, str]:
    """The everyday name of every corruption, ours first."""
    ours_first = sorted(CORRUPTIONS.values(), key=lambda spec: spec.fidelity.value != "ours")
    return {spec.name: spec.title for spec in ours_first}


def choices(project: Project) -> dict[str, str]:
    """What can be swept, with titles: every corruption, and the presets of more than one."""
    chains = {
        chain_text(preset.chain): f"{preset.name}: {damage_title(chain_text(preset.chain)).lower()}"
        for preset in presets.presets(project)
        if len(preset.chain) > 1
    }
    return {**titles(), **chains}


def plan_titles(asked: Plan) -> dict[str, str]:
    """The everyday name of every damage of a plan."""
    return {damage: damage_title(damage) for damage in asked.corruptions}


def frames_in(project: Project, asked: Plan, *, minutes: float) -> int:
    """How many frames of a plan can be swept in that time here; at least one."""
    return max(1, int(60 * minutes / seconds_per_frame(project, asked)))


def notes(report: StressReport) -> list[str]:
    """What belongs beside the figures: the share damaged, mCE, damages trained with."""
    found = []
    if report.plan.share < 1:
        found.append(words.share_words(report.hit, report.plan.frames))
    if report.published:
        found.append(
            f"As published for ImageNet-C: mCE {report.published.mce:.1f}, relative mCE "
            f"{report.published.relative:.1f} (AlexNet is 100; frost is ours, and the published "
            "set was saved as JPEG after the damage)."
        )
    return [*found, *(f"{said.headline} {said.next_step}" for said in report.by_training)]


def stress_json(report: StressReport) -> list[dict[str, Any]]:
    """What `fieldcheck stress --json` prints (product.md): a row per corruption and severity."""
    rows = [
        {str(name): (None if pd.isna(value) else value) for name, value in row.items()}
        for row in report.table.to_dict("records")
    ]
    compared = "label" if report.by_label else "clean answer"
    shared = {
        "compared_with": compared,
        "frames_of": report.plan.folder.value,
        "share": report.plan.share,
        "short_side": report.plan.short_side,
        "hard_cases": report.hard_title,
        "hard_right": report.hard.right,
        "hard_of": report.hard.of,
    }
    return [{**row, **shared} for row in rows]


def report_lines(
    report: StressReport, broken: Sequence[BrokenFrame] = (), *, seconds: float = 0.0
) -> list[str]:
    """The report in words."""
    lines = [report.headline.headline, report.headline.next_step]
    lines += [f"{said.headline} {said.next_step}" for said in report.statements]
    if len(report.table):
        of, wrong = (
            int(report.table["of"].sum()),
            int((report.table["of"] - report.table["right"]).sum()),
        )
        lines += [f"{title}. {said.headline}" for title, _, said in side_by_side(report)]
        lines += notes(report)
        lines.append(
            f"Over all conditions {wrong:,} of {of:,} answers are wrong; the mean of the "
            f"corruptions' own shares is {report.error:.3f} (not divided by another model's)."
        )
    lines += [f"Left out: {item.folder.value}/{item.path}: {item.reason}" for item in broken]
    return [*lines, f"{count_of(report.plan.frames, 'frame')}, {seconds:.1f} s."]


def severity_title(severity: float) -> str:
    """ "3 moderate"; the number alone between the words of the glossary."""
    word = severity_word(severity)
    return f"{severity:g} {word}" if severity in SEVERITIES else f"{severity:g}"


def share_title(share: float) -> str:
    """ "Every frame", "3 in 10 frames"."""
    return "Every frame" if share == 1 else f"{10 * share:g} in 10 frames"


def offer_title(offer: Offer, *, of: int) -> str:
    """ "2 min: 120 frames, ± 9 points"."""
    minutes = offer.seconds / 60
    time_words = f"{max(1, round(offer.seconds))} s" if minutes < 1.5 else f"{minutes:.0f} min"
    which = f"all {offer.frames:,}" if offer.frames == of else f"{offer.frames:,}"
    return f"{time_words}: {which} frames, ± {offer.points:.0f} points"
