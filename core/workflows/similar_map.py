"""Every frame as a point among those that look like it, to be drawn round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import ExtraMissingError, FieldcheckError, NothingYetError
from core.findings import frame_maps
from core.findings import similar as maths
from core.findings.similar_words import drawn_words
from core.metrics.unlike import unit_rows
from core.project import Project
from core.records import Folder
from core.store import near_index as store
from core.workflows.scores import Scores, scores
from core.workflows.similar_index import Looks, looks_of

__all__ = [
    "COLOURS", "METHOD", "MOST_DRAWN", "TAKES", "WAYS", "FrameMap", "drawn_round",
    "frame_map", "is_made", "points",
]  # fmt: skip

MOST_DRAWN = 3_000
"""Points a browser draws and moves a lasso over without a pause, and t-SNE lays out in seconds."""

WAYS: dict[str, str] = {
    "pca": "At once",
    "tsne": "Groups pulled apart",
    "umap": "Groups, with UMAP",
}
"""How frames are laid out."""

COLOURS: dict[str, str] = {
    "is_right": "Right or wrong",
    "label": "Label",
    "answer": "Answer",
    "camera": "Camera",
    "folder": "Field or reference",
}
"""What a point's colour says."""

METHOD = (
    "**At once**: the first two principal components of the frames' embeddings, each brought to "
    "length 1 and reduced to 64 main directions. **Groups pulled apart**: t-SNE (scikit-learn, "
    "perplexity 30, started from the main directions, seed 0). **UMAP**: umap-learn, 15 "
    "neighbours, cosine, seed 0. In the last two only what lies close means something; the "
    "distance between far groups does not. Of more than 3,000 frames, one of every clip is drawn "
    "first, then a second of each, and so on; which ones hangs on their content alone."
)

TAKES = (
    "Takes about 10 seconds for 1,000 frames and half a minute for 3,000, once; it is kept until "
    "frames or answers change."
)

MISSING = (
    "This map needs umap-learn, which is not installed. Install it beside Fieldcheck with: "
    'pip install "umap-learn>=0.5.12,<1" (the group “maps”). The other two maps need nothing.'
)

LAYOUTS: dict[str, Callable[..., NDArray[np.float64]]] = {
    "pca": frame_maps.by_main_directions,
    "tsne": frame_maps.by_neighbours,
    "umap": frame_maps.by_umap,
}


@dataclass(frozen=True, eq=False)
class FrameMap:
    """Where frames lie; `drawn` of them are shown."""

    frames: pd.DataFrame  # rows of the project's frames, one a picture, with an embedding
    spots: NDArray[np.float64]  # (n, 2); nan where the layout has no place for a frame not drawn
    drawn: NDArray[np.bool_]  # (n,)
    words: str  # what is not drawn; "" when everything is


def frame_map(project: Project, *, way: str = "pca", with_reference: bool = False) -> FrameMap:
    """
    The field frames on a plane, and the reference's if asked for.

    Args:
        way: a key of WAYS; all but the first take seconds the first time, and are kept.

    Raises:
        FieldcheckError: there is no such way.
        ExtraMissingError: it needs a package that is not installed.
        NothingYetError: no frame has an embedding yet.
    """
    if way not in WAYS:
        raise FieldcheckError(f"There is no map '{way}'. There are: {', '.join(WAYS)}.")
    return _frame_map(looks_of(project), scores(project), way, with_reference)


def is_made(project: Project, *, way: str, with_reference: bool = False) -> bool:
    """Whether a map is there without waiting."""
    if way == "pca":
        return True
    looks = looks_of(project)
    rows, drawn = _shown(looks, scores(project), with_reference)
    return _read(looks, way, rows[drawn]) is not None


@lru_cache(maxsize=6)
def _frame_map(looks: Looks, shown: Scores, way: str, with_reference: bool) -> FrameMap:
    rows, drawn = _shown(looks, shown, with_reference)
    if not len(rows):
        raise NothingYetError(
            "No frame here has been answered yet. Answers come in on the Overview page."
        )
    frames = looks.frames.iloc[rows]
    clips = looks.clips[rows]
    said = drawn_words(
        int(drawn.sum()), len(rows), len(np.unique(clips[drawn])), len(np.unique(clips))
    )
    spots = np.full((len(rows), 2), np.nan)
    if way == "pca":
        spots = frame_maps.by_main_directions(looks.index.shadow[looks.place[rows], :-1])
    else:
        spots[drawn] = _laid_out(looks, way, rows[drawn])
    return FrameMap(frames.reset_index(drop=True), spots, drawn, said)


def _shown(
    looks: Looks, shown: Scores, with_reference: bool
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows of the frames that belong on the map, and which of them are drawn."""
    has = looks.place >= 0
    has[has] = looks.index.length[looks.place[has]] > 0
    wanted = shown.frames if with_reference else shown.of(Folder.FIELD)
    may = looks.frames["content_hash"].isin(wanted["content_hash"]).to_numpy(dtype=bool)
    rows = np.flatnonzero(has & may)
    keys = np.array(
        [int(digest[:15], 16) for digest in looks.frames["content_hash"].iloc[rows]], dtype=np.int64
    )
    drawn = np.zeros(len(rows), dtype=bool)
    drawn[maths.drawn_rows(looks.clips[rows], keys, most=MOST_DRAWN)] = True
    return rows, drawn


def _laid_out(looks: Looks, way: str, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    kept = _read(looks, way, rows)
    if kept is not None:
        return kept
    try:
        made = LAYOUTS[way](unit_rows(looks.index.shadow[looks.place[rows], :-1]))
    except ImportError as error:
        raise ExtraMissingError(MISSING) from error
    if looks.folder is not None:
        store.add_array(looks.folder, _name(way, rows), made)
    return made


def _read(looks: Looks, way: str, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    if looks.folder is None:
        return None
    kept = store.read_array(looks.folder, _name(way, rows))
    return kept if kept is not None and kept.shape == (len(rows), 2) else None


def _name(way: str, rows: NDArray[np.intp]) -> str:
    return f"{way}-{store.digest_of(rows)}"


def points(found: FrameMap, *, colour: str) -> pd.DataFrame:
    """
    The drawn frames: content_hash, x, y, group (what the colour says) and words for the hover.

    Args:
        colour: a key of COLOURS.

    Raises:
        FieldcheckError: there is no such colour.
    """
    if colour not in COLOURS:
        raise FieldcheckError(f"There is no colouring '{colour}'. There are: {', '.join(COLOURS)}.")
    shown = found.frames[found.drawn]
    spots = found.spots[found.drawn]
    return pd.DataFrame(
        {
            "content_hash": shown["content_hash"].to_numpy(),
            "x": spots[:, 0],
            "y": spots[:, 1],
            "group": groups_of(shown, colour),
            "words": [
                f"{row['path']}: answered {row['answer']}, "
                + ("no label" if pd.isna(row["label"]) else f"labelled {row['label']}")
                for row in shown[["path", "answer", "label"]].to_dict("records")
            ],
        }
    )


def groups_of(frames: pd.DataFrame, colour: str) -> list[str]:
    """What the colour of each frame says."""
    if colour == "is_right":
        return [
            "no label" if right is None or pd.isna(right) else "right" if right else "wrong"
            for right in frames["is_right"]
        ]
    without = {"label": "no label", "camera": "no camera"}.get(colour, "not known")
    return [without if pd.isna(value) else str(value) for value in frames[colour]]


def drawn_round(
    found: FrameMap, chosen: Sequence[str], lassos: Sequence[dict[str, Any]], *, colour: str
) -> pd.DataFrame:
    """
    The frames a person drew round, wrong and surest first.

    Where not all are drawn, those within the line that are not drawn belong too, if the map knows
    where they lie and others of their colour were chosen: a colour put out of sight is not chosen.

    Args:
        chosen: content hashes of the points drawn round.
        lassos: the lines, each with its corners as x and y; a box has its two corners.
    """
    held = found.frames["content_hash"].isin(list(chosen)).to_numpy(dtype=bool, copy=True)
    hidden = ~found.drawn & np.isfinite(found.spots).all(axis=1)
    if held.any() and hidden.any():
        groups = np.array(groups_of(found.frames, colour), dtype=object)
        hidden &= np.isin(groups, np.unique(groups[held]))
        for lasso in lassos:
            held |= hidden & maths.inside(_corners(lasso), found.spots)
    rank = found.frames["is_right"].map({False: 0, True: 2}).fillna(1)
    inside = found.frames.assign(rank=rank)[held]
    inside = inside.sort_values(["rank", "confidence"], ascending=[True, False], kind="stable")
    return inside.drop(columns="rank")


def _corners(lasso: dict[str, Any]) -> NDArray[np.float64]:
    x, y = np.asarray(lasso["x"], dtype=float), np.asarray(lasso["y"], dtype=float)
    if len(x) == 2:  # a box
        return np.column_stack([x[[0, 1, 1, 0]], y[[0, 0, 1, 1]]])
    return np.column_stack([x, y])
