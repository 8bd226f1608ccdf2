"""Around one frame of the queue: its clip, its look-alikes, and what of it the model sees."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import PictureError
from core.findings import around as maths
from core.findings import around_words as words
from core.frames.images import encode_png
from core.models.preprocessing import seen_image
from core.models.views import window
from core.project import Project
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.dial import working_picture
from core.workflows.kept import kept_beside
from core.workflows.look_alikes import Decided, Suggestion, suggestion
from core.workflows.scores import Scores, scores

STRIP = 9  # frames of a clip beside each other
METHOD = words.METHOD


@dataclass(frozen=True)
class Neighbour:
    """A frame before or after the one in view, or that one itself."""

    content_hash: str
    path: str
    offset: str | None  # in words; None without a time
    is_here: bool
    is_decided: bool


@dataclass(frozen=True)
class Strip:
    """The frame's clip; if it is alone there, its camera's nearest before and after."""

    title: str
    frames: list[Neighbour]


@dataclass(frozen=True)
class Seen:
    """Where the model's square lies on the picture: shares of its width and height."""

    left: float
    top: float
    width: float
    height: float
    words: str


@dataclass(frozen=True)
class Around:
    """Everything the queue shows around one frame."""

    width: int  # px of the file's own picture, upright
    height: int
    strip: Strip
    seen: Seen | None  # None while no model is chosen
    suggestion: Suggestion | None  # None while the frame is to be judged blind


def around(project: Project, content_hash: str, *, is_blind: bool = False) -> Around:
    """
    What lies around a frame, whatever the project is narrowed to.

    Args:
        is_blind: leave out everything that hints at an answer.

    Raises:
        PictureError: the project has no such picture.
    """
    whole = project.whole
    found = scores(whole)
    places = _places(found)
    here = places.row.get(content_hash)
    if here is None:
        raise PictureError("That picture is not in this project any more.")
    with connect(whole.database) as db:
        decided = review_store.standing_labels(db)
    frame = _row(found, here)
    return Around(
        int(frame["width"]),
        int(frame["height"]),
        _strip(found, places, here, decided),
        _seen(found, here),
        None if is_blind else suggestion(found, content_hash, decided),
    )


def around_json(project: Project, content_hash: str, *, is_blind: bool = False) -> dict[str, Any]:
    """`around` as data; to be judged blind it names no files, whose folders may be classes."""
    told = asdict(around(project, content_hash, is_blind=is_blind))
    if is_blind:
        for frame in told["strip"]["frames"]:
            frame["path"] = None
    return told


def seen_png(project: Project, content_hash: str) -> bytes:
    """
    What of a frame reaches the model, resized and cropped: PNG, no pixel changed.

    Raises:
        PictureError: the file is gone or broken, or there is no model.
    """
    spec = choices_of(project).spec
    if spec is None:
        raise PictureError("No model is chosen, so nothing says what it would see.")
    return encode_png(seen_image(working_picture(project, content_hash), spec.input))


# ---- in time ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Places:
    row: dict[str, int]  # content hash: its first row, the field's before the reference's
    clips: dict[Any, NDArray[np.intp]]  # folder and clip: rows in order of time
    filmed: dict[Any, NDArray[np.intp]]  # folder and camera: timed rows in order of time


@kept_beside(most=2)
def _places(found: Scores) -> _Places:
    """Where the frames of one state of a project stand; one row a picture."""
    known = found.frames[["folder", "path", "content_hash", "clip", "camera", "taken_at"]]
    known = known.sort_values(["folder", "taken_at", "path"]).drop_duplicates("content_hash")
    timed = known[known["taken_at"].notna()]
    return _Places(
        dict(zip(known["content_hash"], known.index.to_numpy(), strict=True)),
        _rows_by(known, known["clip"]),
        _rows_by(timed, timed["camera"].fillna("")),
    )


def _rows_by(frames: pd.DataFrame, column: pd.Series[str]) -> dict[Any, NDArray[np.intp]]:
    grouped = frames.groupby([frames["folder"], column], sort=False)
    rows = frames.index.to_numpy(dtype=np.intp)
    return {key: rows[places] for key, places in grouped.indices.items()}


def _strip(found: Scores, places: _Places, here: int, decided: Decided) -> Strip:
    frame = _row(found, here)
    clip = places.clips[(frame["folder"], frame["clip"])]
    has_time = not pd.isna(frame["taken_at"])
    if len(clip) > 1:
        at = int(np.flatnonzero(clip == here)[0])
        rows = clip[maths.window(len(clip), at, most=STRIP)]
        title = words.clip_title(len(clip), shown=len(rows), has_times=has_time)
    else:
        rows = _beside(places, frame, here) if has_time else clip
        camera = None if pd.isna(frame["camera"]) else str(frame["camera"])
        title = words.alone_title(camera, neighbours=len(rows) - 1, has_time=has_time)
    return Strip(title, [_neighbour(_row(found, int(row)), frame, decided) for row in rows])


def _row(found: Scores, at: int) -> dict[str, Any]:
    columns = ("folder", "path", "content_hash", "clip", "camera", "taken_at", "width", "height")
    return {name: found.frames[name].iat[at] for name in columns}


def _beside(places: _Places, frame: dict[str, Any], here: int) -> NDArray[np.intp]:
    camera = "" if pd.isna(frame["camera"]) else frame["camera"]
    rows = places.filmed[(frame["folder"], camera)]
    at = int(np.flatnonzero(rows == here)[0])
    return rows[max(at - 1, 0) : at + 2]


def _neighbour(row: dict[str, Any], here: dict[str, Any], decided: Decided) -> Neighbour:
    digest = row["content_hash"]
    is_here = digest == here["content_hash"]
    gap = (row["taken_at"] - here["taken_at"]).total_seconds()
    return Neighbour(
        content_hash=digest,
        path=row["path"],
        offset=words.HERE if is_here else None if pd.isna(gap) else words.offset(gap),
        is_here=is_here,
        is_decided=digest in decided,
    )


# ---- what the model sees ----------------------------------------------------------------------


def _seen(found: Scores, here: int) -> Seen | None:
    spec = found.choices.spec
    if spec is None:
        return None
    frame = _row(found, here)
    at, size = window(int(frame["height"]), int(frame["width"]), spec.input)
    kept = max(0.0, min(1.0, at[2])) * max(0.0, min(1.0, at[3]))
    return Seen(*at, words.seen(*size, cut_off=1 - kept))
