"""Do looks at the same frame agree: a reviewer's with their own, and two reviewers'?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.findings import agreement as maths
from core.findings import agreement_words as words
from core.metrics.intervals import accuracy
from core.metrics.kappa import cohen_kappa
from core.project import Project
from core.records import Accuracy, Statement
from core.workflows.choices import choices_of
from core.workflows.scores import scores
from core.workflows.standing import decisions_of

METHOD = words.METHOD


@dataclass(frozen=True)
class Looks:
    """Frames looked at twice."""

    statement: Statement
    same: Accuracy  # frames on which both looks said the same
    kappa: float  # up to 1; nan if it cannot be told
    confused: tuple[tuple[str, str, int], ...]  # two names and how often, most often first

    @property
    def pairs(self) -> list[str]:
        """The pairs confused, in words."""
        return words.pair_words(self.confused)

    @property
    def beyond_chance(self) -> str:
        """Kappa in words, for the fold."""
        return words.kappa_words(self.kappa)


@dataclass(frozen=True)
class Agreement:
    """A reviewer's agreement with themselves, and that of reviewers with each other."""

    reviewer: str
    own: Looks
    others: Looks


def agreement(project: Project) -> Agreement:
    """From the frames looked at twice, of the slice only where the project is narrowed."""
    reviewer = choices_of(project).reviewer
    decisions = decisions_of(project)
    found = scores(project).frames
    clips = dict(zip(found["content_hash"], found["clip"], strict=True))
    own = maths.second_looks(decisions)
    own = own[own["reviewer"] == reviewer]
    others = maths.two_reviewers(decisions)
    return Agreement(
        reviewer,
        _looks(
            own, clips, lambda same, pairs: words.self_statement(same, pairs, reviewer=reviewer)
        ),
        _looks(others, clips, words.others_statement),
    )


def _looks(pairs: pd.DataFrame, clips: dict[str, str], statement: Any) -> Looks:
    pairs = pairs[pairs["content_hash"].isin(list(clips))]
    is_same = (pairs["first"] == pairs["second"]).to_numpy(dtype=bool)
    same = accuracy(is_same, np.array([clips[d] for d in pairs["content_hash"]], dtype=str))
    confused = maths.confused(pairs)
    return Looks(
        statement(same, confused),
        same,
        cohen_kappa(list(pairs["first"]), list(pairs["second"])),
        tuple(confused),
    )


def agreement_json(found: Agreement) -> dict[str, Any]:
    """What `fieldcheck reviews agreement --json` prints."""
    return {
        "reviewer": found.reviewer,
        "with_oneself": _looks_json(found.own),
        "with_others": _looks_json(found.others),
    }


def _looks_json(looks: Looks) -> dict[str, Any]:
    same = looks.same
    return {
        **asdict(looks.statement),
        "same": same.right, "of": same.of, "clips": same.clips,
        "effective": same.effective, "low": same.low, "high": same.high,
        "kappa": None if np.isnan(looks.kappa) else looks.kappa,
        "confused": [
            {"one": one, "other": other, "count": count} for one, other, count in looks.confused
        ],
    }  # fmt: skip


def agreement_lines(found: Agreement) -> list[str]:
    """The same in words."""
    lines = []
    for looks in (found.own, found.others):
        lines += [looks.statement.headline, f"  {looks.statement.next_step}"]
        lines += [f"  {pair}" for pair in looks.pairs]
        if looks.same.of:
            lines.append(f"  {looks.beyond_chance}")
    return lines
