"""Hand pictures over in a folder another program opens: planned, written, stopped, gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import FieldcheckError, PictureError
from core.exports.folder import (
    Placed,
    Plan,
    Written,
    begun,
    part_of,
    throw_away,
    write_folder,
    written_before,
)
from core.exports.layout import PROVENANCE, rows_of
from core.exports.names import picture_name
from core.exports.registry import FOLDERS
from core.findings import export_words as words
from core.frames.hashing import content_hash
from core.project import Project
from core.records import Action, Folder, ProgressCallback, StopCallback
from core.workflows.choices import choices_of
from core.workflows.export import Export
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import picture_path, scores

EXPORTS = "exports"
"""The folder in the project's where they go."""

SHARED = frozenset({"folder", "path", "content_hash"})


@dataclass(frozen=True)
class Wish:
    """What a folder is to be."""

    format_name: str
    is_linked: bool = False  # links to the pictures instead of copies
    seed: int = 0


@dataclass(frozen=True)
class Handed:
    """A plan, what it says beforehand, and where its pictures come from."""

    wish: Wish
    plan: Plan
    name: str  # of the folder, unless told otherwise
    content: Callable[[Placed], bytes | Path]
    sentence: str


def plan_folder(project: Project, found: Export, wish: Wish) -> Handed:
    """
    What would be written of an export as a folder, and what stays behind and why.

    Each picture goes once, whatever its copies. Gone pictures stay; where the folder is to be
    learnt from, so do frames a locked test set holds, and where it needs a class, those without.

    Raises:
        FieldcheckError: there is no such format.
    """
    if wish.format_name not in FOLDERS:
        raise FieldcheckError(
            f"There is no folder format '{wish.format_name}'. There are: {', '.join(FOLDERS)}."
        )
    form = FOLDERS[wish.format_name]
    table, left_out = goods(
        project, found, needs_class=form.needs_class, is_learnt_from=form.is_learnt_from
    )
    chosen = choices_of(project)
    classes = chosen.spec.classes if chosen.spec else ()
    table = table.assign(placed=form.place(table, wish.seed))
    asked = {
        "format": wish.format_name,
        "choice": found.choice,
        "seed": wish.seed,
        "is_linked": wish.is_linked,
        "classes": list(classes),
        "model_id": chosen.model_id,
    }
    plan = Plan(
        asked,
        tuple(placed_of(row) for row in rows_of(table)),
        lambda kept: form.documents(table.iloc[list(kept)].reset_index(drop=True), classes),
        tuple(left_out),
    )
    what = "picture" if len(table) == 0 or table["placed"].iloc[0] else "row"
    return Handed(
        wish,
        plan,
        f"fieldcheck-{found.choice}-{wish.format_name}",
        lambda placed: original(project, placed, is_linked=wish.is_linked),
        words.leaving_words(len(table), left_out, what=what),
    )


def hand_over(
    project: Project,
    handed: Handed,
    *,
    out: Path | None = None,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Written:
    """
    Write a planned folder whole, or keep what is done for the next time it is asked for.

    Args:
        out: None is exports/NAME in the project's folder, with a number if NAME is taken by
            another export; the same one is not written twice.

    Raises:
        FieldcheckError: `out` is taken, lies among the frames, or nothing would go out.
        DiskError: the disk refused; what was written so far is kept.
    """
    if not handed.plan.pictures:
        raise FieldcheckError(
            f"{handed.sentence} There is nothing to write. Decide some frames in the queue, or "
            "choose something else to go out."
        )
    if out is None and (before := _before(project, handed)):
        return before
    place = checked_place(project, out) if out else free_place(project, handed)
    return write_folder(
        place,
        handed.plan,
        content=handed.content,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def goods(
    project: Project, found: Export, *, needs_class: bool, is_learnt_from: bool
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """The table of `core.exports.layout` without `placed`, and (path, reason) of what stays."""
    table = _known(project, found.table)
    left_out: list[tuple[str, str]] = []
    gone = table["missing"].notna() | ~_is_there(project, table)
    tests: list[tuple[pd.Series[bool], str]] = [(gone, words.GONE)]
    if is_learnt_from:
        tests.append((table["locked"], words.LOCKED))
    if needs_class:
        tests.append((table["is_torn"], words.TWO_CLASSES))
        tests.append((table["class_name"].isna(), words.NO_CLASS))
    stays = pd.Series(False, index=table.index)
    for test, reason in tests:
        now = test & ~stays
        left_out += [(_place(row), reason) for row in rows_of(table[now])]
        stays |= now
    table = table[~stays].reset_index(drop=True)
    names = zip(table["path"], table["content_hash"], strict=True)
    return table.assign(picture=[picture_name(path, digest) for path, digest in names]), left_out


def _known(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """One row a picture, with what the layouts need; `is_torn` where copies say two labels."""
    n_labels = table.groupby("content_hash")["label_before"].transform("nunique")
    decided = table["label_now"].notna()
    table = table.assign(is_torn=(n_labels > 1) & ~decided).drop_duplicates("content_hash")
    frames = scores(project.whole).frames.drop_duplicates("content_hash")
    facts = frames.set_index("content_hash")[["clip", "width", "height"]]
    table = table.join(facts, on="content_hash").reset_index(drop=True)
    nobody_knows = (table["decision"] == Action.UNSURE) | table["is_torn"]
    before = table["label_before"].where(~nobody_knows)
    locked = table["content_hash"].isin(reserved_hashes(project))
    return table.assign(
        class_name=table["label_now"].where(table["label_now"].notna(), before),
        is_reviewed=table["label_now"].notna(),
        locked=locked,
    )


def _is_there(project: Project, table: pd.DataFrame) -> pd.Series[bool]:
    roots = {folder.value: root for folder, root in choices_of(project).folders.items()}
    there = [
        isinstance(path, str) and folder in roots and (roots[folder] / path).is_file()
        for folder, path in zip(table["folder"], table["path"], strict=True)
    ]
    return pd.Series(there, index=table.index, dtype=bool)


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['folder']}/{row['path']}" if row["path"] else row["content_hash"]


def placed_of(row: Mapping[str, Any], **other: Any) -> Placed:
    """A row of the layout's table as one picture of a plan."""
    return Placed(
        other.pop("file", row.get("placed", "")),
        row["content_hash"],
        row["folder"],
        row["path"],
        facts={name: row[name] for name in PROVENANCE if name not in SHARED},
        **other,
    )


def original(project: Project, placed: Placed, *, is_linked: bool = False) -> bytes | Path:
    """
    The original's bytes, or its path if it is to be linked; looked for by content if it moved.

    Raises:
        PictureError: it is gone, has changed or cannot be read.
    """
    root = choices_of(project).folders.get(Folder(placed.folder))
    reason = words.GONE
    for place in [
        *([root / placed.path] if root else []),
        picture_path(project, placed.content_hash),
    ]:
        if place is None or not place.is_file():
            continue
        try:
            content = place.read_bytes()
        except OSError as error:
            reason = f"it cannot be read ({error.strerror})"
            continue
        if content_hash(content) == placed.content_hash:
            return place.resolve() if is_linked else content
        reason = words.CHANGED
    raise PictureError(reason)


def checked_place(project: Project, path: Path) -> Path:
    """
    The folder as an absolute path.

    Raises:
        FieldcheckError: it lies in a frames folder, where its pictures would count as frames.
    """
    path = path.expanduser().absolute()
    for folder, root in choices_of(project).folders.items():
        if path.resolve().is_relative_to(root.resolve()):
            raise FieldcheckError(
                f"{path} lies in the {folder.value} folder, where its pictures would count as "
                f"{folder.value} frames. Choose a folder elsewhere with --out."
            )
    return path


def free_place(project: Project, handed: Handed) -> Path:
    """Where the plan was begun, if it was; else the first name that is free."""
    home, number = project.folder / EXPORTS, 1
    while True:
        path = home / (handed.name if number == 1 else f"{handed.name}-{number}")
        is_free = not (path.exists() or path.is_symlink())
        if is_free and (not part_of(path).exists() or begun(path) == handed.plan.identity):
            return path
        number += 1


def _before(project: Project, handed: Handed) -> Written | None:
    """The same export as it was written into the project's folder before."""
    for path in sorted((project.folder / EXPORTS).glob(f"{handed.name}*")):
        if not path.name.endswith(".part") and (found := written_before(path, handed.plan)):
            return found
    return None


def unfinished(project: Project) -> list[Path]:
    """The names of exports in the project's folder that were begun and not finished, sorted."""
    home = project.folder / EXPORTS
    found = [path.with_suffix("") for path in home.glob("*.part")] if home.is_dir() else []
    return sorted(path for path in found if begun(path) is not None)


def forget_unfinished(project: Project) -> int:
    """
    Throw away what was begun and not finished; how many exports that were.

    Raises:
        DiskError: one cannot be removed.
    """
    found = unfinished(project)
    for path in found:
        throw_away(path)
    return len(found)


def sentence(written: Written) -> str:
    """What was written and where, or how far it is."""
    return words.written_words(
        str(written.path),
        written.pictures,
        written.planned,
        written.left_out,
        whole=written.is_finished,
    )


def done_sentence(written: Written) -> str:
    """`sentence` without the path, for a page that shows it apart."""
    if not written.is_finished:
        return words.stopped_words(written.pictures, written.planned)
    return words.done_words(written.pictures, written.left_out)


def written_json(written: Written) -> dict[str, Any]:
    """What `fieldcheck export --json` prints of a folder."""
    return {
        "path": str(written.path),
        "pictures": written.pictures,
        "planned": written.planned,
        "is_finished": written.is_finished,
        "left_out": [{"path": path, "reason": reason} for path, reason in written.left_out],
    }


def written_lines(written: Written) -> list[str]:
    """A written folder in words."""
    return [sentence(written), *words.left_lines(written.left_out)]
