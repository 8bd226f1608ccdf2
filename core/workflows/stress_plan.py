"""What a stress sweep asks: which frames, under which conditions, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.corruptions import chain_text, checked_damage, damage_chain, is_hit
from core.errors import CorruptionError, NothingYetError
from core.project import Project
from core.records import Chain, Folder
from core.settings import SETTINGS
from core.workflows.scores import scores

USUAL = (
    "low_light", "field_rain", "field_fog", "motion_blur", "defocus_blur", "dirty_lens",
    "jpeg_compression",
)  # fmt: skip
"""What cameras meet most, to begin with."""

SEVERITIES = (3.0, 1.0, 5.0)
"""Moderate first: if time runs out, that is the figure to have."""


@dataclass(frozen=True)
class Plan:
    """What is asked of the model: every frame under every condition."""

    folder: Folder
    corruptions: tuple[str, ...]  # damages: names, or chains as core.corruptions.damages has them
    severities: tuple[float, ...]  # in the order they are swept
    frames: int  # the first so many of `swept_frames`
    seed: int = 0
    share: float = 1.0  # of those frames that are damaged; the others count as they are
    short_side: int = SETTINGS.working_short_side  # px, the pictures are damaged at


def folders(project: Project) -> list[Folder]:
    """
    The folders that can be swept; the reference first, because it is the clean hold-out.

    Narrowed to a slice, only the field: the reference is not part of any slice.
    """
    frames = scores(project).frames
    answered = set(frames.loc[frames["answer"].notna(), "folder"])
    order = (Folder.FIELD,) if project.narrow else (Folder.REFERENCE, Folder.FIELD)
    return [folder for folder in order if folder.value in answered]


def plan(
    project: Project,
    *,
    corruptions: Sequence[str] = USUAL,
    severities: Sequence[float] = SEVERITIES,
    folder: Folder | None = None,
    frames: int | None = None,
    seed: int = 0,
    share: float = 1.0,
    short_side: int = SETTINGS.working_short_side,
) -> Plan:
    """
    A checked plan; all frames of the first folder that has any, unless said otherwise.

    Raises:
        CorruptionError: a name is unknown, a severity is off the dial or the share is not above 0
            and at most 1; or none is given.
        NothingYetError: no frame has an answer yet.
    """
    if not corruptions or not severities:
        raise CorruptionError("Choose at least one condition and one severity above 0.")
    damages = [checked_damage(damage) for damage in corruptions]
    for damage in damages:
        for severity in severities:
            damage_chain(damage, severity)
            if severity == 0:
                raise CorruptionError("Severity 0 is the untouched picture. Choose one above 0.")
    is_hit("", share=share, seed=seed)
    if share == 0:
        raise CorruptionError("A share of 0 damages no frame. 30 % is 0.3.")
    there = folders(project)
    if not there or (folder is not None and folder not in there):
        raise NothingYetError(
            "No frames have an answer yet. They come in on the Overview page, or by "
            "`fieldcheck score`."
        )
    chosen = folder or there[0]
    n_frames = len(swept_frames(project, chosen))
    return Plan(
        chosen,
        tuple(dict.fromkeys(damages)),
        tuple(dict.fromkeys(map(float, severities))),
        n_frames if frames is None else max(1, min(frames, n_frames)),
        seed,
        share,
        short_side,
    )


def swept_frames(project: Project, folder: Folder) -> pd.DataFrame:
    """
    The answered frames of a folder, labelled ones only if there are any, in sweeping order.

    Each start of the list is a sample stratified by label: labels take turns, and within a label
    every clip gives a frame before one gives a second. By content hash otherwise, which is as
    good as random; a larger sample holds the smaller one.
    """
    found = scores(project)
    frames = found.labelled(folder)
    if frames.empty:
        frames = found.of(folder)
        frames = frames[frames["answer"].notna()]
    frames = frames.drop_duplicates("content_hash").sort_values("content_hash")
    stratum = frames["label"].fillna("")
    within_clip = frames.groupby([stratum, frames["clip"]]).cumcount()
    ordered = frames.assign(_stratum=stratum, _in_clip=within_clip).sort_values(
        ["_stratum", "_in_clip", "content_hash"]
    )
    ordered["_turn"] = ordered.groupby("_stratum").cumcount()
    ordered = ordered.sort_values(["_turn", "content_hash"], ignore_index=True)
    return ordered.drop(columns=["_stratum", "_in_clip", "_turn"])


def chains_of(asked: Plan) -> list[Chain]:
    """Every damage of a plan at every severity, in the order they are swept."""
    return [
        damage_chain(damage, severity)
        for severity in asked.severities
        for damage in asked.corruptions
    ]


def stored_name(chain: Chain, asked: Plan) -> str:
    """The name an answer to a damaged picture is stored under; no conditions is untouched."""
    text = chain_text(chain) if chain else "clean"
    if asked.short_side == SETTINGS.working_short_side:
        return text
    return f"{text}@{asked.short_side}"


def hit_frames(frames: pd.DataFrame, asked: Plan) -> pd.Series[bool]:
    """Which of the frames a plan damages; all of them unless it has a share."""
    hit = [is_hit(digest, share=asked.share, seed=asked.seed) for digest in frames["content_hash"]]
    return pd.Series(hit, index=frames.index, dtype=bool)


def moderate_first(severities: Sequence[float]) -> list[float]:
    """The order to sweep in: moderate, then outwards from mild to severe."""
    return sorted(severities, key=lambda level: (level != SETTINGS.severity_default, level))
