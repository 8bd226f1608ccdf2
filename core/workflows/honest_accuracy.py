"""How often is it right on all frames, told honestly after some were relabelled?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from core.findings.audit import audit_part
from core.findings.honest_accuracy import METHOD, Honest, honest_statement, limits
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Folder, Statement
from core.workflows.scores import reviewed, scores

__all__ = ["METHOD", "honest", "honest_json", "honest_lines", "statement"]


def honest(project: Project) -> Honest:
    """
    Accuracy as labelled, after review on what was looked at, and estimated for all field frames.

    Of a narrowed project the random check is that of the whole; the frames are the slice's.
    """
    found = scores(project)
    standing = reviewed(project).set_index("content_hash")
    # Only answered ones: of a picture the model has not seen yet nothing is right or wrong.
    whole = _answered(project.whole)
    decisions = {str(one): str(did) for one, did in standing["decision"].dropna().items()}
    part = audit_part(whole["content_hash"], decisions)
    frames = _answered(project)
    frames["label_now"] = frames["content_hash"].map(standing["label"])
    has_class = frames["label_now"].notna()
    frames["is_right"] = frames["label_now"] == frames["answer"]
    audited = frames[frames["content_hash"].isin(part.clear)]
    unclear = frames[frames["content_hash"].isin(part.unclear)]
    low, high = limits(audited, unclear)
    return Honest(
        as_labelled=found.accuracy(Folder.FIELD),
        looked_at=_accuracy(frames[has_class]),
        audited=_accuracy(audited),
        low=low,
        high=high,
        unclear=len(unclear),
        frames=len(frames),
        waiting=len(frames) - len(audited) - len(unclear),
    )


def _answered(project: Project) -> pd.DataFrame:
    """Answered field frames, one row a picture."""
    frames = scores(project).of(Folder.FIELD)
    frames = frames.loc[frames["answer"].notna(), ["content_hash", "clip", "answer"]]
    return frames.drop_duplicates("content_hash").reset_index(drop=True)


def _accuracy(frames: pd.DataFrame) -> Any:
    return accuracy(frames["is_right"].to_numpy(dtype=bool), frames["clip"].to_numpy())


def statement(project: Project) -> Statement:
    """The three figures in one sentence, for the overview, a session's end and the report."""
    return honest_statement(honest(project))


def honest_json(project: Project) -> dict[str, Any]:
    """What `fieldcheck accuracy --json` prints; a figure without frames is null."""
    found = honest(project)
    said = honest_statement(found)
    figures = {
        name: asdict(one) if one.of else None
        for name, one in (
            ("as_labelled", found.as_labelled),
            ("looked_at", found.looked_at),
            ("random_check", found.audited),
        )
    }
    estimate = {"rate": found.audited.rate, "low": found.low, "high": found.high}
    return {
        **figures,
        "estimate": estimate if found.is_enough else None,
        "unclear": found.unclear,
        "frames": found.frames,
        "waiting": found.waiting,
        "state": said.state.value,
        "sentence": said.headline,
        "next_step": said.next_step,
    }


def honest_lines(row: dict[str, Any]) -> list[str]:
    """The same in words."""
    return [row["sentence"], row["next_step"]]
