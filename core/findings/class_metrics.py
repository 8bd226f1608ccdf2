"""Per class: how many it finds, how many of its answers hold, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.findings.statements import between, count_of, frames_to_label, percent
from core.metrics.intervals import accuracy, clip_correlation, clip_counts
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

CLASS_METRICS: dict[str, str] = {
    "class": "str",
    "frames": "int64",  # labelled so
    "found": "int64",  # of these, answered so
    "recall": "float64",  # found / frames; nan without frames
    "recall_low": "float64",
    "recall_high": "float64",
    "answers": "int64",  # answered so, of all labelled frames
    "precision": "float64",  # found / answers; nan if never answered
    "precision_low": "float64",
    "precision_high": "float64",
    "f1": "float64",  # nan only where there are neither frames nor answers
    "false_alarms": "int64",  # answered so, labelled otherwise
    "false_alarms_per_1000": "float64",  # of all frames
    "false_alarms_low": "float64",
    "false_alarms_high": "float64",
    "effective": "float64",  # of the frames labelled so
    "clips": "int64",
}


def class_metrics(frames: pd.DataFrame, *, classes: Sequence[str]) -> pd.DataFrame:
    """
    One row per class, in the order given: CLASS_METRICS.

    Args:
        frames: label, answer and clip of frames that have both.
        classes: every class the model can answer.

    Source:
        Wilson intervals on effective counts; a class that is all found, or never, borrows the
        correlation of the whole set. False alarms are counted on all frames, per 1,000 of them.
    """
    label, answer = frames["label"].to_numpy(object), frames["answer"].to_numpy(object)
    clip = frames["clip"].to_numpy(object)
    seen = clip_correlation(*clip_counts(label == answer, clip)) if len(frames) else float("nan")
    unseen = 1.0 if np.isnan(seen) else seen
    rows = [_row(name, label == name, answer == name, clip, unseen) for name in classes]
    return pd.DataFrame(rows, columns=list(CLASS_METRICS)).astype(CLASS_METRICS)


def _row(
    name: str, is_it: np.ndarray, said: np.ndarray, clip: np.ndarray, unseen: float
) -> dict[str, object]:
    found = accuracy(said[is_it], clip[is_it], correlation_if_unseen=unseen)
    holds = accuracy(is_it[said], clip[said], correlation_if_unseen=unseen)
    alarms = accuracy(said & ~is_it, clip, correlation_if_unseen=unseen)
    wanted, answers = found.of, holds.of
    return {
        "class": name, "frames": wanted, "found": found.right,
        "recall": found.rate, "recall_low": found.low, "recall_high": found.high,
        "answers": answers,
        "precision": holds.rate, "precision_low": holds.low, "precision_high": holds.high,
        "f1": 2 * found.right / (wanted + answers) if wanted + answers else float("nan"),
        "false_alarms": alarms.right, "false_alarms_per_1000": alarms.rate * 1000,
        "false_alarms_low": alarms.low * 1000, "false_alarms_high": alarms.high * 1000,
        "effective": found.effective, "clips": found.clips,
    }  # fmt: skip


def macro_averages(table: pd.DataFrame) -> dict[str, float]:
    """
    Mean recall, precision and F1 over the classes that have frames; each class counts the same.

    A class that is never answered has precision 0 here, as in scikit-learn (zero_division=0).
    """
    present = table[table["frames"] > 0]
    if present.empty:
        return dict.fromkeys(("recall", "precision", "f1"), float("nan"))
    return {
        "recall": float(present["recall"].mean()),
        "precision": float(present["precision"].fillna(0.0).mean()),
        "f1": float(present["f1"].mean()),
    }


def confusion(frames: pd.DataFrame) -> pd.DataFrame:
    """
    How often each label got each answer: label, answer, frames; only pairs that occur.

    Args:
        frames: label and answer.
    """
    counted = frames.groupby(["label", "answer"], observed=True).size().rename("frames")
    return counted.reset_index().astype({"label": "str", "answer": "str", "frames": "int64"})


def class_statement(row: dict[str, object]) -> Statement:
    """One class in words: how many of it are found, and what its false alarms cost."""
    name, wanted, found = row["class"], int(str(row["frames"])), int(str(row["found"]))
    alarms = int(str(row["false_alarms"]))
    per_1000 = float(str(row["false_alarms_per_1000"]))
    false = (
        f"It is named in {count_of(alarms, 'frame')} of something else"
        f" ({per_1000:.0f} of every 1,000 frames)."
        if alarms
        else "Nothing else is ever taken for it."
    )
    if not wanted:
        return Statement(f"{name}: no frame is labelled so. {false}", "", State.NOT_ENOUGH)
    low, high = float(str(row["recall_low"])), float(str(row["recall_high"]))
    seen = Accuracy(found, wanted, float(str(row["effective"])), int(str(row["clips"])), low, high)
    headline = (
        f"{name}: found in {found:,} of {count_of(wanted, 'frame')} "
        f"({percent(found / wanted)}, {between(low, high)}). {false}"
    )
    if not int(str(row["answers"])):
        headline = f"{name}: the model never names it, in none of {count_of(wanted, 'frame')}."
    more = frames_to_label(seen)
    return Statement(
        headline,
        f"Label {more} more of it before you trust this." if more else "",
        State.NOT_ENOUGH if more else State.NONE_FOUND,
    )


def mix_up_statement(frames: pd.DataFrame, *, n_classes: int) -> Statement:
    """
    The commonest mix-up in words; confirmed if it is surely more than its fair share of mistakes.

    Args:
        frames: label, answer and clip.
        n_classes: how many the model knows; with n there are n (n - 1) ways to be wrong.
    """
    wrong = frames[frames["label"] != frames["answer"]]
    if wrong.empty:
        return Statement(f"No mix-up in {count_of(len(frames), 'frame')}.", "", State.NONE_FOUND)
    first = confusion(wrong).sort_values("frames", ascending=False).iloc[0]
    is_first = (wrong["label"] == first["label"]) & (wrong["answer"] == first["answer"])
    share = accuracy(is_first.to_numpy(bool), wrong["clip"].to_numpy(object))
    fair = 1 / max(1, n_classes * (n_classes - 1))
    is_thin = share.clips < SETTINGS.min_clips
    sure = State.CONFIRMED if share.low > fair and n_classes > 2 else State.SUSPECTED
    return Statement(
        f"Most often {first['label']} is taken for {first['answer']}: {share.right:,} of "
        f"{share.of:,} mistakes ({percent(share.rate)}, {between(share.low, share.high)}).",
        "Click a cell for its frames.",
        State.NOT_ENOUGH if is_thin else sure,
    )
