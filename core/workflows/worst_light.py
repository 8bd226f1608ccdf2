"""The worst-light hundred: which frames, how far it is labelled, and its gap to the reference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from core.findings.audit import audit_part
from core.findings.worst_light import light_words, worst_light
from core.findings.worst_light_words import METHOD, PICKED, worst_light_statement
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Accuracy, Folder, Statement
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, reviewed, scores

__all__ = ["METHOD", "PICKED", "WorstLight", "reasons", "worst_light_set"]

COLUMNS = (
    "content_hash", "clip", "camera", "label", "answer", "is_right", "brightness", "contrast",
    "dark_share", "bright_share",
)  # fmt: skip


@dataclass(frozen=True)
class WorstLight:
    """How far the set is labelled and what it says."""

    frames: tuple[str, ...]  # content hashes, in the queue's order
    decided: int
    checked: Accuracy  # decided ones without a break in that order
    as_labelled: Accuracy  # the whole set by the labels as they came
    statement: Statement


def reasons(project: Project) -> dict[str, str]:
    """
    What is wrong with the light of each frame of the set, in the queue's order of it.

    That order is by content hash, as if by lot: what is decided of the set is then at any time a
    fair share of it, not its darkest frames.
    """
    return dict(_reasons(scores(project.whole)))


@kept_beside(most=4)
def _reasons(found: Scores) -> tuple[tuple[str, str], ...]:
    frames = _measured(found)
    chosen = frames[frames["content_hash"].isin(worst_light(frames))]
    chosen = chosen.sort_values("content_hash")
    return tuple((row["content_hash"], light_words(row)) for _, row in chosen.iterrows())


def _measured(found: Scores) -> pd.DataFrame:
    frames = found.of(Folder.FIELD)
    frames = frames.loc[frames["answer"].notna(), list(COLUMNS)]
    return frames.dropna(subset=["brightness"]).drop_duplicates("content_hash")


def worst_light_set(project: Project) -> WorstLight:
    """The set of the whole project, whatever slice is looked at."""
    whole = project.whole
    found = scores(whole)
    chosen = list(reasons(whole))
    standing = reviewed(whole).set_index("content_hash")
    decisions = {str(one): str(did) for one, did in standing["decision"].dropna().items()}
    part = audit_part(chosen, decisions)
    frames = _measured(found).set_index("content_hash").loc[chosen]
    clear = frames.loc[list(part.clear)]
    labels = standing["label"].reindex(clear.index)
    labelled = frames[frames["is_right"].notna()]
    checked = accuracy((labels == clear["answer"]).to_numpy(dtype=bool), clear["clip"].to_numpy())
    as_labelled = accuracy(labelled["is_right"].to_numpy(dtype=bool), labelled["clip"].to_numpy())
    decided = sum(digest in decisions for digest in chosen)
    return WorstLight(
        tuple(chosen),
        decided,
        checked,
        as_labelled,
        worst_light_statement(
            found.accuracy(Folder.REFERENCE), checked, as_labelled,
            of=len(chosen), decided=decided, unclear=len(part.unclear),
        ),
    )  # fmt: skip


def worst_light_json(project: Project) -> dict[str, Any]:
    """What `fieldcheck accuracy --json` says of the set; a figure without frames is null."""
    found = worst_light_set(project)
    return {
        "frames": len(found.frames),
        "decided": found.decided,
        "checked": asdict(found.checked) if found.checked.of else None,
        "as_labelled": asdict(found.as_labelled) if found.as_labelled.of else None,
        "state": found.statement.state.value,
        "sentence": found.statement.headline,
        "next_step": found.statement.next_step,
    }


def worst_light_lines(row: dict[str, Any]) -> list[str]:
    """The same in words."""
    return [row["sentence"], row["next_step"], PICKED]
