"""Name rare classes sooner: a bar per class, set on some clips, priced on others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import DiskError, FieldcheckError, NothingYetError
from core.findings.class_prices import TotalPrice, price_table, total_price
from core.findings.holdout_words import left_out_words
from core.findings.statements import count_of
from core.findings.thresholds_words import (
    HOW_WORDS,
    MIX_WORDS,
    class_statement,
    how_words,
    total_statement,
)
from core.metrics.class_bars import answers_under, bars_by_rarity, fit_bars
from core.metrics.class_mix import ClassMix, class_mix, mix_weights
from core.metrics.classification import softmax
from core.metrics.intervals import clip_counts, effective_of_clips
from core.models.sidecar import sidecar_path, spec_to_json
from core.project import Project
from core.records import Folder, Statement
from core.settings import SETTINGS
from core.workflows.class_frequency import ClassFrequency, class_frequency
from core.workflows.kept import kept_beside
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, scores, vectors

RULE = "answer = argmax over classes of probability / threshold"

AIMS: dict[str, str] = {
    "balanced": "Best balance of finding and false alarms",
    "8_in_10": "Find 8 in 10 of each class",
    "9_in_10": "Find 9 in 10 of each class",
}
"""What bars may aim for on the page."""

METHOD = (
    "The answer is argmax of p / τ, a bar τ per class. The labelled clips are split in two by "
    "seed, classes evenly: bars are set on one part (with the reference), priced on the other. "
    "Classes with 30 effective validation frames get the τ with the highest macro F1, or the "
    "highest that reaches the recall asked for; the others logit adjustment (Menon et al. 2021), "
    "τ = training share × number of classes. Validation frames are weighted to the field's class "
    "mix: predicted counts corrected by the confusion matrix (Lipton et al. 2018), else EM "
    "(Saerens et al. 2002), else as labelled. Recall has Wilson's interval; precision and false "
    "alarms per 1,000 frames are weighted to the same mix, on effective counts of clips and "
    "weights; McNemar's exact test on the same frames. Frames a locked test set reserves are in "
    "neither part."
)


@dataclass(frozen=True)
class Fitted:
    """Bars and what they were set on."""

    classes: tuple[str, ...]
    bars: NDArray[np.float64]  # (n_classes,)
    how: tuple[str, ...]  # a key of HOW_WORDS for each class
    mix: ClassMix  # of the field
    validation: pd.DataFrame
    test: pd.DataFrame
    tested_on: Folder
    reserved: int  # labelled frames left out
    unreadable: int  # frames whose answers are no numbers


@dataclass(frozen=True)
class ThresholdsReport:
    """Bars per class and what they gain and cost on frames they were not set on."""

    fitted: Fitted
    prices: pd.DataFrame  # findings.class_prices.PRICES, changed classes first
    total: TotalPrice
    headline: Statement
    statements: tuple[Statement, ...]  # one a row whose answers change
    notes: tuple[str, ...]  # how the bars were set, what was left out
    seed: int
    recall: float | None
    frequency: ClassFrequency

    @property
    def bars(self) -> dict[str, float]:
        """The bar of every class; 1 is the usual one."""
        return dict(zip(self.fitted.classes, map(float, self.fitted.bars), strict=True))


def recall_of(aim: str) -> float | None:
    """The share to find that an aim of AIMS stands for; None for the balance."""
    return {"8_in_10": 0.8, "9_in_10": 0.9}.get(aim)


def thresholds(project: Project, *, recall: float | None = None, seed: int = 0) -> ThresholdsReport:
    """
    A bar per class, set on one half of the labelled clips and priced on the other.

    Args:
        recall: 0..1, the share of each class's frames to find; None balances finding and alarms.
        seed: which clips are kept for the test.

    Raises:
        NothingYetError: too few labelled clips, or classes, to set and test apart.
    """
    if recall is not None and not 0 < recall <= 1:
        raise FieldcheckError(f"The share to find is above 0 and at most 1; found {recall:g}.")
    return _thresholds(scores(project), class_frequency(project, is_for_fit=True), recall, seed)


@kept_beside(most=6)
def _thresholds(
    found: Scores, frequency: ClassFrequency, recall: float | None, seed: int
) -> ThresholdsReport:
    fitted = set_bars(found, frequency, recall=recall, seed=seed)
    test = fitted.test
    logits = vectors(found.project, "logits", list(test["content_hash"]))
    labels = _codes(test["label"], fitted.classes)
    before = answers_under(logits, np.ones(len(fitted.classes)))
    after = answers_under(logits, fitted.bars)
    clip = test["clip"].to_numpy(dtype=object)
    prices = price_table(
        labels, before, after, clip, shares=fitted.mix.shares, classes=fitted.classes,
        bars=fitted.bars, how=fitted.how,
    )  # fmt: skip
    total = total_price(labels, before, after, clip)
    is_changed = (prices["found_before"] != prices["found_after"]) | (
        prices["alarms_before"] != prices["alarms_after"]
    )
    gain = prices["found_after"] - prices["found_before"]
    order = pd.DataFrame({"same": ~is_changed, "gain": -gain}).sort_values(["same", "gain"]).index
    changed = prices.loc[[place for place in order if is_changed[place]]]
    moved = sum(way != "usual" for way in fitted.how)
    return ThresholdsReport(
        fitted=fitted,
        prices=prices.loc[order].reset_index(drop=True),
        total=total,
        headline=total_statement(total, changed=moved, tested_on=fitted.tested_on.value),
        statements=tuple(class_statement(row) for row in _records(changed)),
        notes=_notes(fitted, frequency),
        seed=seed,
        recall=recall,
        frequency=frequency,
    )


def set_bars(
    found: Scores,
    frequency: ClassFrequency,
    *,
    recall: float | None = None,
    seed: int = 0,
    least: float = SETTINGS.min_effective,
) -> Fitted:
    """
    Bars set on the validation part; no reserved frame is in either part or in the field's mix.

    Args:
        least: effective validation frames of a class from which its bar is tuned.

    Raises:
        NothingYetError: as `thresholds`.
    """
    classes = tuple(name for name, _ in frequency.counts)
    counts = np.array([count for _, count in frequency.counts], dtype=np.float64)
    labelled = pd.concat([found.labelled(folder) for folder in Folder])
    free = without_reserved(found.project, labelled).drop_duplicates("content_hash")
    readable = _readable(found, free)
    validation, test, tested_on = _parts(readable, seed)
    logits = vectors(found.project, "logits", list(validation["content_hash"]))
    labels = _codes(validation["label"], classes)
    mix = _field_mix(found, labels, logits, counts)
    may_tune = _worth(validation, classes) >= least
    start = np.where(may_tune, 1.0, bars_by_rarity(counts))
    bars = fit_bars(
        logits, labels, start=start, may_change=may_tune,
        weights=mix_weights(labels, mix.shares), recall=recall,
    )  # fmt: skip
    return Fitted(
        classes, bars, _ways(bars, may_tune), mix, validation, test, tested_on,
        reserved=len(labelled) - len(without_reserved(found.project, labelled)),
        unreadable=len(free) - len(readable),
    )  # fmt: skip


def _ways(bars: NDArray[np.float64], may_tune: NDArray[np.bool_]) -> tuple[str, ...]:
    ways = np.where(may_tune, "tuned", "by_rarity")
    return tuple(
        str(way) for way in np.where(np.isclose(bars, 1.0, rtol=0, atol=1e-12), "usual", ways)
    )


def _readable(found: Scores, frames: pd.DataFrame) -> pd.DataFrame:
    if frames.empty:
        return frames
    logits = vectors(found.project, "logits", list(frames["content_hash"]))
    return frames.iloc[np.flatnonzero(np.isfinite(logits).all(axis=1))]


def _parts(frames: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Folder]:
    """The validation part, the test part, and which folder the test part is of."""
    least = 2 * SETTINGS.min_clips
    for tested_on in Folder:
        of_folder = frames[frames["folder"] == tested_on.value]
        if of_folder["clip"].nunique() >= least and of_folder["label"].nunique() > 1:
            kept = clips_for_test(of_folder, seed=seed)
            is_test = frames["clip"].isin(kept)
            return frames[~is_test], of_folder[of_folder["clip"].isin(kept)], tested_on
    clips = frames.loc[frames["folder"] == Folder.FIELD.value, "clip"].nunique()
    if frames["label"].nunique() == 1 and frames["clip"].nunique() >= least:
        raise NothingYetError(
            "All labelled frames are of one class, so there is nothing to weigh it against. Label "
            "frames of other classes too."
        )
    raise NothingYetError(
        f"Setting bars on some clips and testing them on others takes {least} labelled clips; the "
        f"field has {clips}. Label about {max(least - clips, 1)} more frames, each from another "
        "clip."
    )


def clips_for_test(frames: pd.DataFrame, *, seed: int) -> frozenset[str]:
    """
    Every second clip, in the order of a hash, class by class, so that rare ones are in both parts.

    Args:
        frames: clip, label and content_hash; a clip goes with its most frequent label.
    """
    clips = frames.groupby("clip", sort=True).agg(
        least=("content_hash", "min"), label=("label", lambda labels: labels.mode().iloc[0])
    )
    clips["order"] = [
        blake2b(f"{least}:{seed}".encode(), digest_size=8).hexdigest() for least in clips["least"]
    ]
    ordered = clips.sort_values(["label", "order"])
    return frozenset(ordered.index[1::2])


def _worth(frames: pd.DataFrame, classes: tuple[str, ...]) -> NDArray[np.float64]:
    """Effective frames of each class, shape (n_classes,); all-alike answers count as clips."""
    by_class = dict(list(frames.groupby("label")))
    worth = np.zeros(len(classes))
    for number, name in enumerate(classes):
        if name in by_class:
            mine = by_class[name]
            right, of = clip_counts(mine["is_right"], mine["clip"])
            worth[number] = effective_of_clips(right, of)
    return worth


def _field_mix(
    found: Scores,
    labels: NDArray[np.intp],
    logits: NDArray[np.float32],
    counts: NDArray[np.float64],
) -> ClassMix:
    field = found.of(Folder.FIELD)
    field = without_reserved(found.project, field[field["answer"].notna()])
    unseen = vectors(found.project, "logits", list(field["content_hash"]))
    unseen = unseen[np.isfinite(unseen).all(axis=1)] if len(unseen) else unseen
    return class_mix(
        labels,
        logits.argmax(axis=1),
        unlabelled=softmax(unseen) if len(unseen) else np.zeros((0, len(counts))),
        prior=np.maximum(counts, 1.0),
    )


def _codes(labels: pd.Series[str], classes: tuple[str, ...]) -> NDArray[np.intp]:
    place = {name: number for number, name in enumerate(classes)}
    return np.asarray(labels.map(place), dtype=np.intp)


def _notes(fitted: Fitted, frequency: ClassFrequency) -> tuple[str, ...]:
    notes = [
        f"Set on {count_of(len(fitted.validation), 'labelled frame')} in "
        f"{count_of(fitted.validation['clip'].nunique(), 'clip')}, tested on "
        f"{count_of(len(fitted.test), fitted.tested_on.value + ' frame')} in "
        f"{count_of(fitted.test['clip'].nunique(), 'clip')} that had no say in it."
        + left_out_words(fitted.reserved, "labelled frame")
    ]
    if fitted.tested_on is Folder.REFERENCE:
        notes.append(
            f"The field has fewer than {2 * SETTINGS.min_clips} labelled clips, so the test is on "
            "the reference: expect less in the field."
        )
    notes += how_words(
        dict(zip(fitted.classes, fitted.how, strict=True)), least=SETTINGS.min_effective
    )
    if "by_rarity" in fitted.how:
        notes.append(f"How rare each class was in training is counted in {frequency.source}.")
    notes.append(MIX_WORDS[fitted.mix.source])
    if fitted.unreadable:
        notes.append(
            f"{count_of(fitted.unreadable, 'frame')} left out: the model's outputs for it are not "
            "numbers."
        )
    return tuple(notes)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def readable_table(report: ThresholdsReport) -> pd.DataFrame:
    """The prices in words and counts, a row a class, for people."""
    rows = report.prices
    return pd.DataFrame(
        {
            "Class": rows["class"],
            "Bar": rows["bar"].round(3),
            "How it was set": [HOW_WORDS[way] for way in rows["how"]],
            "Frames of it": rows["frames"],
            "Found before": rows["found_before"],
            "Found after": rows["found_after"],
            "Answered so before": rows["answers_before"],
            "Answered so after": rows["answers_after"],
            "False alarms before": rows["alarms_before"],
            "False alarms after": rows["alarms_after"],
            "In 1,000 field frames before": rows["alarms_before_1000"].round(1),
            "In 1,000 field frames after": rows["alarms_after_1000"].round(1),
        }
    )


def thresholds_json(report: ThresholdsReport) -> dict[str, Any]:
    """What `fieldcheck thresholds --json` prints, and what the exported file holds."""
    fitted, total = report.fitted, report.total
    prices = report.prices.astype(object).where(report.prices.notna(), None)
    return {
        "thresholds": report.bars,
        "rule": RULE,
        "seed": report.seed,
        "recall": report.recall,
        "validation": {
            "frames": len(fitted.validation), "clips": int(fitted.validation["clip"].nunique()),
        },
        "test": {
            "folder": fitted.tested_on.value, "frames": total.of, "clips": total.clips,
            "effective": total.effective, "right_before": total.before,
            "right_after": total.after, "gained": total.gained, "lost": total.lost,
            "change_low": total.low, "change_high": total.high, "p": total.p,
        },
        "reserved": fitted.reserved,
        "mix": {
            "source": fitted.mix.source.value,
            "shares": dict(zip(fitted.classes, map(float, fitted.mix.shares), strict=True)),
        },
        "frequency": {"source": report.frequency.source, "counts": dict(report.frequency.counts)},
        "state": report.headline.state.value,
        "classes": _records(prices),
    }  # fmt: skip


def sidecar_json(project: Project, report: ThresholdsReport) -> dict[str, Any]:
    """The model's sidecar, NAME.model.json, with the thresholds in it."""
    spec = scores(project).choices.spec
    described: Mapping[str, Any] = spec_to_json(spec) if spec else {}
    return {**described, "thresholds": report.bars}


def sidecar_name(project: Project) -> str:
    """`NAME.model.json` for the project's model file."""
    path = scores(project).choices.model_path
    return sidecar_path(path).name if path else "model.model.json"


def file_bytes(content: Mapping[str, Any]) -> bytes:
    """JSON as it is written to a file."""
    return (json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def write_thresholds(content: Mapping[str, Any], out: Path) -> Path:
    """
    Write `thresholds_json` or `sidecar_json` to a file.

    Raises:
        DiskError: it cannot be written there.
    """
    draft = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(file_bytes(content))
        draft.replace(out)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise DiskError(
            f"{out} cannot be written ({error.strerror}). Choose another place with --out."
        ) from error
    return out


def report_lines(report: ThresholdsReport) -> list[str]:
    """The page's sentences, for a terminal."""
    lines = [f"{report.headline.headline} {report.headline.next_step}"]
    for statement in report.statements:
        lines.append(f"{statement.headline} {statement.next_step}")
    return [*lines, *report.notes]
