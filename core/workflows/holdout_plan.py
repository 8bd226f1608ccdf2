"""What a hold-out is to be made of: how large, of which frames, under which damages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from core.corruptions import chain_text, checked_severity, frame_seed, parse_chain
from core.errors import CorruptionError, HoldoutError, NothingYetError
from core.exports.holdout import picture_file
from core.exports.holdout_recipe import HeldPicture, Recipe
from core.findings.holdout import draw, held_out_frames
from core.findings.statements import count_of
from core.project import Project
from core.records import Chain, Folder
from core.settings import SETTINGS
from core.workflows.scores import scores
from core.workflows.stress_plan import SEVERITIES, USUAL

PACKAGES = ("fieldcheck", "numpy", "opencv-python-headless", "pillow", "scipy", "albumentations")
"""What the bytes of a damaged picture may depend on; their versions go into the recipe."""


@dataclass(frozen=True)
class Asked:
    """What a hold-out is to be made of."""

    folder: Folder
    share: float  # of the labelled frames, between 0 and 1
    seed: int
    corruptions: tuple[str, ...]  # names or chains; a part without a severity gets a drawn one
    severities: tuple[float, ...]  # drawn from


def parse_share(text: str) -> float:
    """
    "10%" or "0.1" as 0.1.

    Raises:
        HoldoutError: it is no share above 0 and below 1.
    """
    number = text.strip()
    try:
        share = float(number[:-1]) / 100 if number.endswith("%") else float(number)
    except ValueError:
        raise HoldoutError(f"'{text}' is not a share. Write 10% or 0.1.") from None
    if not 0 < share < 1:
        hint = f" Did you mean {number}%?" if 1 < share < 100 and number[-1] != "%" else ""
        raise HoldoutError(
            f"A test set of {text} is not possible: take more than nothing and leave frames to "
            f"fit on, such as 10%.{hint}"
        )
    return share


def ask(
    project: Project,
    *,
    share: float = 0.1,
    corruptions: Sequence[str] = USUAL,
    severities: Sequence[float] = SEVERITIES,
    folder: Folder | None = None,
    seed: int = 0,
) -> Asked:
    """
    A checked wish; the reference where it is labelled, unless said otherwise.

    Raises:
        CorruptionError: a name or severity is unknown, or none is given.
        HoldoutError: the share or the seed cannot be.
        NothingYetError: no frame is labelled.
    """
    parse_share(f"{share:g}")
    if seed < 0:
        raise HoldoutError(f"The seed is {seed}. Give a whole number from 0 up.")
    if not corruptions or not severities:
        raise CorruptionError("Choose at least one condition and one severity above 0.")
    for level in [*severities, *(c.severity for text in corruptions for c in parse_chain(text))]:
        if checked_severity(level) == 0:
            raise CorruptionError("Severity 0 is the untouched picture. Choose one above 0.")
    there = [one for one in (Folder.REFERENCE, Folder.FIELD) if len(labelled(project, one))]
    if not there or (folder is not None and folder not in there):
        raise NothingYetError(
            f"No {folder.value + ' ' if folder else ''}frame has a label the model knows, so "
            "there is nothing to make a test set of. Add labels by class folders or metadata.csv."
        )
    return Asked(
        folder or there[0],
        share,
        seed,
        tuple(sorted({text.replace(" ", "") for text in corruptions})),
        tuple(sorted({float(level) for level in severities})),
    )


def labelled(project: Project, folder: Folder) -> pd.DataFrame:
    """
    The frames of a folder a hold-out can take, each content once, with or without an answer.

    A picture that stands under two labels is left out: nobody knows which of them is right.
    """
    found = scores(project)
    classes = found.choices.spec.classes if found.choices.spec else ()
    frames = found.of(folder)
    known = frames["label"].isin(classes) if classes else frames["label"].notna()
    frames = frames[known].sort_values(["content_hash", "path"])
    n_labels = frames.groupby("content_hash")["label"].transform("nunique")
    return frames[n_labels == 1].drop_duplicates("content_hash")


def share_title(project: Project, folder: Folder, share: float) -> str:
    """ "10 % (24 of 240)"."""
    of = len(labelled(project, folder))
    return f"{100 * share:g} % ({max(1, round(share * of)):,} of {of:,})"


def usual_name(asked: Asked) -> str:
    """ "reference-10-percent-seed-0"."""
    return f"{asked.folder.value}-{100 * asked.share:g}-percent-seed-{asked.seed}"


def asked_json(asked: Asked, *, of: int) -> dict[str, Any]:
    """The wish as data, with the number of labelled frames there were."""
    return {
        "folder": asked.folder.value,
        "share": asked.share,
        "of": of,
        "seed": asked.seed,
        "corruptions": list(asked.corruptions),
        "severities": list(asked.severities),
        "working_short_side": SETTINGS.working_short_side,
    }


def is_same_wish(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two of `asked_json` ask for the same; `of` belongs to the frames, not to the wish."""
    return {**first, "of": 0} == {**second, "of": 0}


def planned(project: Project, asked: Asked, name: str) -> Recipe:
    """
    The recipe of a wish, its pictures not yet made.

    Raises:
        HoldoutError: no clip is small enough, or nothing would be left.
    """
    frames = labelled(project, asked.folder)
    chosen = held_out_frames(frames, share=asked.share, seed=asked.seed)
    if chosen.empty:
        smallest = int(frames["clip"].value_counts().min())
        raise HoldoutError(
            f"{100 * asked.share:g} % of {count_of(len(frames), 'labelled frame')} in "
            f"{count_of(frames['clip'].nunique(), 'clip')} is less than one whole clip: the "
            f"smallest has {count_of(smallest, 'frame')}, and a clip is never split. Ask for a "
            "larger share, or label frames from more clips."
        )
    if len(chosen) == len(frames):
        raise HoldoutError(
            f"This would lock all {count_of(len(frames), 'labelled frame')} and leave none to fit "
            "on. Ask for a smaller share, or label frames from more clips."
        )
    pictures = [_picture(row, asked) for row in chosen.to_dict("records")]
    return Recipe(name, asked_json(asked, of=len(frames)), versions(), tuple(pictures))


def _picture(row: dict[Any, Any], asked: Asked) -> HeldPicture:
    chain = drawn_chain(row["content_hash"], asked)
    return HeldPicture(
        file=picture_file(row["label"], row["content_hash"]),
        folder=asked.folder.value,
        original=row["path"],
        content_hash=row["content_hash"],
        label=row["label"],
        clip=row["clip"],
        chain=chain_text(chain),
        severity=max(condition.severity for condition in chain),
        seed=frame_seed(row["content_hash"], asked.seed),
    )


def drawn_chain(content: str, asked: Asked) -> Chain:
    """The damage the seed draws for a frame; parts of a chain without a severity share one."""
    text = asked.corruptions[draw(content, asked.seed, "damage") % len(asked.corruptions)]
    level = asked.severities[draw(content, asked.seed, "severity") % len(asked.severities)]
    parts = [part if ":" in part else f"{part}:{level:g}" for part in text.split("+")]
    return parse_chain("+".join(parts))


def versions() -> dict[str, str]:
    """Of the programs the bytes of a damaged picture may depend on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found
