"""Damaged pictures to hand over: copies of a slice on request, and variants of what it suffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.corruptions import (
    CORRUPTIONS,
    chain_text,
    corrupt,
    corrupt_chain,
    frame_seed,
    parameter_at,
    parse_chain,
)
from core.errors import CorruptionError, FieldcheckError, NothingYetError, PictureError
from core.exports.damaged import damaged_documents
from core.exports.folder import Placed, Plan, Written, read_manifest, write_folder
from core.exports.layout import rows_of
from core.exports.names import class_folders
from core.findings import export_words as words
from core.findings.holdout import draw
from core.findings.shown_damage import (
    MEASURES,
    UNMEASURED,
    Shown,
    damages_shown,
    severity_that_gives,
    usual_ranges,
)
from core.findings.statements import count_of
from core.frames.images import decode, encode_png, working_image
from core.frames.quality import picture_quality
from core.project import Project
from core.records import Action, Folder, ProgressCallback, StopCallback
from core.settings import SETTINGS
from core.workflows.export import Export
from core.workflows.export_folder import (
    Handed,
    Wish,
    checked_place,
    goods,
    hand_over,
    original,
    placed_of,
    plan_folder,
)
from core.workflows.holdout_plan import versions
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import reviewed, scores
from core.workflows.scoring import PhaseCallback

COPIES, TARGETED = "damaged-copies", "targeted"
MOST_VARIANTS = 20


@dataclass(frozen=True)
class Rebuilt:
    """A set made again, and the files that came out otherwise."""

    written: Written
    same: int
    differs: tuple[str, ...]


def plan(
    project: Project,
    found: Export,
    format_name: str,
    *,
    is_linked: bool = False,
    seed: int = 0,
    condition: str | None = None,
    variants: int = 3,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Handed:
    """
    What would be written in any of the folder formats.

    Raises:
        FieldcheckError: there is no such format, or it lacks its condition.
        CorruptionError: the condition cannot be read.
    """
    if seed < 0:
        raise FieldcheckError(f"The seed is {seed}. Give a whole number from 0 up.")
    if format_name == TARGETED:
        return plan_targeted(
            project, found, variants=variants, seed=seed, on_progress=on_progress,
            should_stop=should_stop,
        )  # fmt: skip
    if format_name == COPIES:
        if not condition:
            raise FieldcheckError("Say which condition, such as low_light:3, with --condition.")
        return plan_copies(project, found, condition=condition, seed=seed)
    return plan_folder(project, found, Wish(format_name, is_linked, seed))


def run(
    project: Project,
    found: Export,
    format_name: str,
    choices: Mapping[str, Any],
    *,
    on_phase: PhaseCallback,
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> Written:
    """Plan and write a folder as a job beside the pages."""
    on_phase("Planning what goes out")
    handed = plan(
        project, found, format_name, on_progress=on_progress, should_stop=should_stop, **choices
    )
    on_phase("Writing pictures")
    return hand_over(project, handed, on_progress=on_progress, should_stop=should_stop)


def plan_copies(project: Project, found: Export, *, condition: str, seed: int = 0) -> Handed:
    """
    The export's pictures under one damage, each with its own seed.

    Args:
        condition: a chain such as "low_light:3" or "low_light:3+iso_noise:2".

    Raises:
        CorruptionError: the condition cannot be read, or changes nothing.
    """
    chain = parse_chain(condition)
    if max(part.severity for part in chain) == 0:
        raise CorruptionError("Severity 0 is the untouched picture. Choose one above 0.")
    table, left_out = goods(project, found, needs_class=False, is_learnt_from=True)
    rows = rows_of(table)
    folders = class_folders(str(row["class_name"]) for row in rows if row["class_name"] is not None)
    pictures = [
        placed_of(
            row,
            file=_file(row, folders, "png"),
            chain=chain_text(chain),
            seed=frame_seed(row["content_hash"], seed),
        )
        for row in rows
    ]
    asked = _asked(COPIES, found, seed) | {"condition": chain_text(chain)}
    return _handed(project, Wish(COPIES, seed=seed), asked, pictures, left_out)


def plan_targeted(
    project: Project,
    found: Export,
    *,
    variants: int = 3,
    seed: int = 0,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Handed:
    """
    The export's pictures as they are, and clean pictures of their classes damaged as they are.

    For each damage a frame shows, `variants` clean pictures of its class are drawn and damaged so
    strongly that they measure what the frame measures; where only a tag names the damage, the
    severity is drawn between mild and moderate. Clean are labelled reference pictures that
    stay within what is usual; without such a class, labelled field pictures that do.

    Raises:
        FieldcheckError: `variants` is not 1..20.
        NothingYetError: it was stopped; nothing was written.
    """
    if not 1 <= variants <= MOST_VARIANTS:
        raise FieldcheckError(f"Ask for 1 to {MOST_VARIANTS} variants; found {variants}.")
    table, left_out = goods(project, found, needs_class=True, is_learnt_from=True)
    usual = usual_ranges(_reference(project))
    clean = _clean(project, usual, without=set(table["content_hash"]))
    quality = scores(project.whole).frames.drop_duplicates("content_hash").set_index("content_hash")
    folders = class_folders(table["class_name"])
    curves = _Curves(project)
    pictures: list[Placed] = []
    rows = rows_of(table)
    for done, row in enumerate(rows):
        on_progress(done, len(rows))
        if should_stop():
            raise NothingYetError("Stopped before anything was written. Ask again when it suits.")
        shown = damages_shown(
            quality.loc[row["content_hash"]].to_dict(), str(row["tags"] or "").split(" | "), usual
        )
        sources = clean.get(row["class_name"], [])
        if not (shown and sources):
            reason = words.NO_SOURCE if shown else words.NO_DAMAGE
            left_out.append((f"{row['folder']}/{row['path']}", reason))
            continue
        kept = placed_of(row, file=_file(row, folders, str(row["picture"]).rpartition(".")[2]))
        pictures.append(kept)
        for damage in shown:
            for number in range(1, variants + 1):
                key = f"{row['content_hash']}:{damage.corruption}:{number}"
                source = sources[draw(key, seed, "source") % len(sources)]
                level = _severity(damage, curves.of(damage, source), key, seed)
                place = f"{kept.file.rpartition('.')[0]}-{damage.corruption}-{number}.png"
                pictures.append(
                    replace(
                        source,
                        file=place,
                        chain=f"{damage.corruption}:{level:g}",
                        seed=frame_seed(key, seed),
                        facts={**source.facts, "because": _because(damage, kept.path)},
                    )
                )
    asked = _asked(TARGETED, found, seed) | {"variants": variants}
    return _handed(project, Wish(TARGETED, seed=seed), asked, pictures, left_out)


def rebuild(
    project: Project,
    manifest: Path,
    *,
    out: Path,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Rebuilt:
    """
    Make a set of damaged pictures again from its manifest, and compare every file with it.

    Raises:
        FieldcheckError: it is no manifest of damaged pictures, or `out` is taken.
        DiskError: the disk refused; what was written so far is kept.
    """
    folder = manifest if manifest.is_dir() else manifest.parent
    data = read_manifest(folder)
    if data is None or data.get("asked", {}).get("format") not in (COPIES, TARGETED):
        raise FieldcheckError(
            f"{manifest} is no manifest of damaged pictures. Give the manifest.json that lies "
            "beside them."
        )
    try:
        pictures = [_listed(row) for row in data["pictures"]]
    except (KeyError, TypeError, ValueError) as error:
        raise FieldcheckError(f"{manifest} lacks a part of its list ({error}).") from error
    plan = Plan(
        data["asked"],
        tuple(pictures),
        lambda kept: damaged_documents([pictures[n] for n in kept]),
        tuple((one["path"], one["reason"]) for one in data.get("left_out", [])),
    )
    written = write_folder(
        checked_place(project, out),
        plan,
        content=partial(made, project),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    again = read_manifest(written.path) if written.is_finished else None
    came = {row["file"]: row["sha256"] for row in again["pictures"]} if again else {}
    differs = [row["file"] for row in data["pictures"] if came.get(row["file"]) != row["sha256"]]
    if again and again["documents"] != data.get("documents"):
        differs.append("labels.csv")
    return Rebuilt(written, len(data["pictures"]) - len(differs), tuple(sorted(differs)))


def rebuilt_lines(found: Rebuilt) -> list[str]:
    """A rebuilt set in words."""
    if not found.written.is_finished:
        return [
            words.written_words(
                str(found.written.path), found.written.pictures, found.written.planned, (),
                whole=False,
            )
        ]  # fmt: skip
    if not found.differs:
        return [f"Made again in {found.written.path}: {found.same:,} pictures, byte for byte."]
    return [
        f"Made again in {found.written.path}, but {count_of(len(found.differs), 'file')} came out "
        "otherwise: the originals or the versions named in the manifest are not the same.",
        *(f"Differs: {name}" for name in found.differs[: words.SHOWN]),
    ]


def rebuilt_json(found: Rebuilt) -> dict[str, Any]:
    """What `fieldcheck export --rebuild --json` prints."""
    return {
        "path": str(found.written.path),
        "is_finished": found.written.is_finished,
        "same": found.same,
        "differs": list(found.differs),
    }


def made(project: Project, placed: Placed) -> bytes:
    """
    One picture of such a set: the original's bytes, or a PNG of it damaged.

    Raises:
        PictureError: the original is gone or changed, or the damage is unknown here.
    """
    content = original(project, placed)
    assert isinstance(content, bytes)
    if not placed.chain:
        return content
    try:
        damaged = corrupt_chain(
            working_image(decode(content)), parse_chain(placed.chain), seed=placed.seed
        )
    except CorruptionError as error:
        raise PictureError(f"its damage cannot be made: {error}") from error
    return encode_png(damaged)


class _Curves:
    """Severity to measure, per clean picture and damage; each worked out once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: dict[tuple[str, str], dict[float, float]] = {}

    def of(self, damage: Shown, source: Placed) -> dict[float, float]:
        """Empty where nothing can be measured."""
        key = (source.content_hash, damage.corruption)
        if key not in self.known:
            self.known[key] = self._measured(damage, source)
        return self.known[key]

    def _measured(self, damage: Shown, source: Placed) -> dict[float, float]:
        levels = np.arange(0, SETTINGS.severity_max + 0.5, 1.0).tolist()
        if damage.column is None:
            return {}
        if damage.column == "jpeg_quality":  # not in the pixels: the damage's own number
            rows = CORRUPTIONS[damage.corruption].parameters
            return {level: float(parameter_at(rows, level)[0]) for level in levels}
        try:
            image = working_image(decode(original(self.project, source)))
        except PictureError:
            return {}
        curve = {}
        for level in levels:
            damaged = corrupt(image, damage.corruption, severity=level, seed=0)
            value = getattr(picture_quality(damaged), damage.column)
            if value is not None:
                curve[level] = float(value)
        return curve


def _severity(damage: Shown, curve: Mapping[float, float], key: str, seed: int) -> float:
    if curve:
        return severity_that_gives(damage.value, curve)
    low, high = UNMEASURED
    return round(low + (high - low) * draw(key, seed, "severity") / 2**64, 1)


def _because(damage: Shown, path: str) -> str:
    if damage.column is None:
        return f"tagged so: {path}"
    return f"{damage.column} {damage.value:.4g} as in {path}"


def _reference(project: Project) -> pd.DataFrame:
    return scores(project.whole).of(Folder.REFERENCE).drop_duplicates("content_hash")


def _clean(
    project: Project, usual: Mapping[str, tuple[float, float]], *, without: set[str]
) -> dict[str, list[Placed]]:
    """Class: its clean pictures that may be learnt from, by content hash."""
    frames = scores(project.whole).frames.drop_duplicates("content_hash")
    standing = reviewed(project).set_index("content_hash")
    decided = frames["content_hash"].map(standing["label"])
    doubted = frames["content_hash"].map(standing["decision"]) == Action.UNSURE
    frames = frames.assign(label=decided.where(decided.notna(), frames["label"].where(~doubted)))
    taken = reserved_hashes(project) | without
    frames = frames[frames["label"].notna() & ~frames["content_hash"].isin(taken)]
    for measure in MEASURES.values():
        if measure.column in usual:
            low, high = usual[measure.column]
            values = frames[measure.column]
            frames = frames[values.isna() | values.between(low, high)]
    found: dict[str, list[Placed]] = {}
    for label, rows in frames.sort_values("content_hash").groupby("label"):
        reference = rows[rows["folder"] == Folder.REFERENCE.value]
        chosen = reference if len(reference) else rows
        found[str(label)] = [
            Placed("", row["content_hash"], row["folder"], row["path"],
                   facts={"class_name": str(label), "label_before": str(label)})
            for row in rows_of(chosen[["content_hash", "folder", "path"]])
        ]  # fmt: skip
    return found


def _file(row: Mapping[str, Any], folders: Mapping[str, str], suffix: str) -> str:
    label = row["class_name"]
    folder = "unlabelled" if label is None else f"pictures/{folders[str(label)]}"
    return f"{folder}/{str(row['picture']).rpartition('.')[0]}.{suffix}"


def _asked(kind: str, found: Export, seed: int) -> dict[str, Any]:
    return {
        "format": kind,
        "choice": found.choice,
        "seed": seed,
        "working_short_side": SETTINGS.working_short_side,
        "versions": versions(),
    }


def _handed(
    project: Project,
    wish: Wish,
    asked: dict[str, Any],
    pictures: list[Placed],
    left_out: list[tuple[str, str]],
) -> Handed:
    plan = Plan(
        asked,
        tuple(pictures),
        lambda kept: damaged_documents([pictures[n] for n in kept]),
        tuple(left_out),
    )
    n_made = sum(bool(picture.chain) for picture in pictures)
    n_kept = len(pictures) - n_made
    beside = f", beside {count_of(n_kept, 'picture')} as they are" if n_kept else ""
    sentence = (
        f"{count_of(n_made, 'damaged picture')} would be made"
        f"{beside}.{words.staying_words(left_out)}"
    )
    name = f"fieldcheck-{asked['choice']}-{wish.format_name}"
    return Handed(wish, plan, name, partial(made, project), sentence)


def _listed(row: Mapping[str, Any]) -> Placed:
    own = {"file", "folder", "path", "content_hash", "chain", "seed", "sha256"}
    Folder(row["folder"])
    return Placed(
        str(row["file"]), str(row["content_hash"]), str(row["folder"]), str(row["path"]),
        str(row.get("chain", "")), int(row.get("seed", 0)),
        {str(key): value for key, value in row.items() if key not in own},
    )  # fmt: skip
