"""Which field frames look unlike the reference, per camera, and does it get less sure on them?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from core.errors import NothingYetError, PictureError
from core.findings.ood import sureness_by_distance
from core.findings.pixel_rules import PixelFacts, pixel_reasons
from core.findings.statements import count_of
from core.findings.unlike_words import (
    no_reference_statement,
    sinking_statement,
    unusual_statement,
)
from core.frames.images import decode_reduced
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Folder, Statement
from core.workflows.kept import kept_beside
from core.workflows.live_answers import FACTS_SIDE, facts_of
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import Scores, picture_path, scores
from core.workflows.unlike import gauge_of, strangeness

LOOKED_AT = 60
"""Strangest frames whose pixels are looked at for the page; blank and dark ones are among them."""


@dataclass(frozen=True, eq=False)
class UnusualReport:
    """Strangeness of the field."""

    headline: Statement
    by_camera: tuple[Statement, ...]
    frames: pd.DataFrame  # unusual field frames, strangest first, with score and distance
    sinking: Statement | None
    field_curve: list[dict[str, float]]
    reference_curve: list[dict[str, float]]
    kept: int  # reference pictures kept when the other half of clips set the rule
    of: int
    threshold: float


def unusual(project: Project) -> UnusualReport:
    """
    Field frames unlike the reference.

    Raises:
        NothingYetError: no field frame has an answer.
    """
    return _unusual(scores(project))


@kept_beside(most=3)
def _unusual(found: Scores) -> UnusualReport:
    measured = strangeness(
        found.project, found.choices, found.frames, locked=reserved_hashes(found.project)
    )
    table = found.frames.drop(columns="is_unusual").join(measured)
    table = table[table["answer"].notna()]
    measured_only = table[table["score"].notna()]
    field = table[table["folder"] == Folder.FIELD.value]
    reference = table[table["folder"] == Folder.REFERENCE.value].drop_duplicates("content_hash")
    if field.empty:
        raise NothingYetError(
            "No field frame has an answer yet. They come in on the Overview page."
        )
    gauge = gauge_of(
        found.project, found.choices, found.frames, locked=reserved_hashes(found.project)
    )
    if gauge is None or gauge.threshold == float("inf"):
        return UnusualReport(
            no_reference_statement(len(reference)),
            (),
            field.head(0),
            None,
            [],
            [],
            0,
            0,
            float("inf"),
        )
    curves = [
        sureness_by_distance(gauge.own.distance, part["distance"], part["confidence"])
        for part in (
            measured_only[measured_only["folder"] == folder.value].drop_duplicates("content_hash")
            for folder in (Folder.FIELD, Folder.REFERENCE)
        )
    ]
    chosen = field[field["is_unusual"]]
    return UnusualReport(
        headline=_statement(field),
        by_camera=tuple(
            _statement(rows, where=f"{camera}: ")
            for camera, rows in field.groupby("camera", sort=True)
        ),
        frames=chosen.sort_values(["score", "distance"], ascending=False),
        sinking=sinking_statement(curves[0]),
        field_curve=curves[0],
        reference_curve=curves[1],
        kept=gauge.kept,
        of=gauge.of,
        threshold=gauge.threshold,
    )


def _statement(frames: pd.DataFrame, *, where: str = "") -> Statement:
    counted = accuracy(frames["is_unusual"].to_numpy(bool), frames["clip"].to_numpy(object))
    return unusual_statement(counted, where=where)


def pixel_notes(project: Project, report: UnusualReport) -> list[str]:
    """What the pixels alone say of the strangest frames: "4 of them: the picture is too dark"."""
    strangest = report.frames.drop_duplicates("content_hash").head(LOOKED_AT)
    counted: Counter[str] = Counter()
    for digest in strangest["content_hash"]:
        facts = stored_facts(project, digest)
        counted.update(pixel_reasons(facts) if facts else ())
    if not len(strangest):
        return []
    looked = f"of the {count_of(len(strangest), 'strangest frame')}"
    return [f"In {count:,} {looked}, {reason}." for reason, count in counted.most_common()] or [
        f"None {looked} is blank, too dark, too bright or too small."
    ]


def stored_facts(project: Project, digest: str) -> PixelFacts | None:
    """Pixel facts of one frame of the project; None if its file is gone or broken."""
    path = picture_path(project, digest)
    return None if path is None else _facts(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=4096)
def _facts(path: str, _modified_ns: int) -> PixelFacts | None:
    from pathlib import Path

    try:
        small = decode_reduced(Path(path), short_side=FACTS_SIDE)
    except PictureError:
        return None
    return facts_of(small.image, width=small.width, height=small.height)


def technical(report: UnusualReport) -> str:
    """How it is computed, in technical terms."""
    checked = (
        f" Held-out check: {report.kept:,} of {report.of:,} reference pictures were kept when the "
        "other half of the clips set the threshold."
        if report.of
        else ""
    )
    return (
        "Two training-free scores: GEN on the softmax probabilities (Liu et al. 2023, g = 0.1, "
        "at most 100 classes) and the distance to the 10th nearest of at most 5,000 reference "
        "embeddings on the unit sphere (Sun et al. 2022). Each becomes the share of reference "
        "pictures that are less unlike, where a reference picture is compared without its own "
        "clip; the larger of both shares is the strangeness. Unusual is what lies above the "
        f"split-conformal 95 % quantile of the reference ({report.threshold:.3f}).{checked} The "
        "chart uses the distance alone, because GEN is another name for confidence. Whiskers are "
        "quartiles. The pixel rules (brightness spread under 2, under 16 colours, 98 % of pixels "
        "at or under a tenth of full brightness, 90 % clipped, a side under 32 px) need no model."
    )
