"""Labels that look wrong: ranked, grouped into events, decided event by event, counted honestly."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NothingYetError, ReviewError
from core.findings import label_doubt_words as words
from core.findings import label_doubts as maths
from core.findings.crossed import crossed_answers, crossed_parts
from core.findings.statements import count_of
from core.frames.clips import BLANK_HASHES
from core.project import Project
from core.records import Action, Folder, Statement
from core.settings import SETTINGS
from core.store import choices as choice_store
from core.store import crossed as crossed_store
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.deciding import record
from core.workflows.kept import kept_beside
from core.workflows.locked import locked_hashes
from core.workflows.reserved import reserved_hashes, without_reserved
from core.workflows.scores import Scores, reviewed, scores, vectors

SOURCES: dict[str, str] = {
    "crossed": "Learnt anew",
    "model": "The model",
}
"""Where the answers come from that labels are held against."""

MODES: dict[str, str] = {
    "doubts": "Labels that look wrong",
    "check": "Random check",
}
FOLDERS: dict[Folder, str] = {Folder.FIELD: "Field", Folder.REFERENCE: "Reference"}
METHOD = words.METHOD
SEED = 0
LOOK_ALIKES = 4  # of each class beside an event
CLIENT = "doubts-"  # one window of its own per event decided: what is undone in one step
MOST_UNDONE = 2_000
SUSPECTS = "suspects_"  # before the folder: the choice that keeps the ranking for the queue

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Event:
    """Suspects that one decision settles, or one frame of the random check."""

    label: str  # as the data came
    other: str | None  # what it looks like; None in the random check, which must not be led
    reason: str
    frames: list[dict[str, Any]]  # worst first
    top3: list[list[Any]]  # the model's, of the worst frame
    look_alikes: dict[str, list[str]]  # content hashes by class: label and other


@dataclass(frozen=True, eq=False)
class Doubts:
    """Everything about one folder's labels that does not change with a decision."""

    project: Project
    folder: Folder
    source: str
    frames: pd.DataFrame  # labelled, one row a picture
    suspects: pd.DataFrame  # of `frames`, most doubtful first, with other and event
    unjudged: int
    check: list[str]  # content hashes of the random check, in order


def _labelled(found: Scores, folder: Folder) -> pd.DataFrame:
    """Labelled, answered frames of a folder, one row a picture."""
    frames = found.labelled(folder).drop_duplicates("content_hash").reset_index(drop=True)
    if frames.empty:
        raise NothingYetError(
            f"No frame of the {folder.value} has both a label the model knows and an answer. "
            "Labels come from class folders, a table or the Queue page; answers come in on the "
            "Overview page."
        )
    if frames["label"].nunique() < 2:
        raise NothingYetError(
            f"Every labelled frame of the {folder.value} is called "
            f"{frames['label'].iloc[0]}. With one class there is nothing to confuse: add "
            "labelled frames of another."
        )
    return frames


# ---- learning anew ----------------------------------------------------------------------------


def prepare(
    project: Project,
    *,
    folder: Folder = Folder.FIELD,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """
    Learn anew, fold by fold, so that each frame has answers that never saw it; folds are kept.

    Raises:
        NothingYetError: there are no labels, or only one class.
    """
    project = project.whole
    frames = without_reserved(project, _labelled(scores(project), folder))
    frames = frames.reset_index(drop=True)
    numbers = _numbers(project, frames)
    parts = crossed_parts(numbers, frames["clip"], seed=SEED)
    identity = _identity(project, folder)
    with connect(project.database) as db:
        done = crossed_store.crossed_folds(db, identity)
        crossed_store.forget_crossed(db, but=identity, beginning=_family(project, folder))
    missing = [fold for fold in range(len(parts)) if fold not in done]
    if missing:
        embeddings = vectors(project, "embedding", list(frames["content_hash"]))
        on_progress(len(done), len(parts))
    for fold in missing:
        if should_stop():
            return
        part = parts[fold]
        ((rows, told),) = crossed_answers(
            embeddings, numbers, [part], n_classes=len(_classes(project))
        )
        with connect(project.database) as db:
            crossed_store.save_crossed(
                db,
                identity=identity,
                fold=fold,
                content_hashes=list(frames["content_hash"].iloc[rows]),
                probabilities=told,
            )
        done.add(fold)
        on_progress(len(done), len(parts))
    _note_suspects(project, folder)


def _note_suspects(project: Project, folder: Folder) -> None:
    """Keep the ranking too: the queue asks for it, and must not wait for what makes it."""
    identity = _identity(project, folder)
    with connect(project.database) as db:
        stored = choice_store.choices(db).get(f"{SUSPECTS}{folder.value}", {})
    if stored.get("identity") == identity:
        return
    suspects = doubts(project, folder=folder).suspects
    pairs = suspects[["content_hash", "other"]].to_numpy().tolist()
    with connect(project.database) as db:
        choice_store.note(
            db, **{f"{SUSPECTS}{folder.value}": {"identity": identity, "suspects": pairs}}
        )


def known_suspects(project: Project, folder: Folder) -> dict[str, str]:
    """
    Frames whose label is doubted and what they look like, worst first, if that was learnt.

    Quick: nothing is learnt and nothing heavy imported. Empty if frames or labels have changed.
    """
    project = project.whole
    with connect(project.database) as db:
        stored = choice_store.choices(db).get(f"{SUSPECTS}{folder.value}")
    if not stored:
        return {}
    found = scores(project)
    identity = _state(found, folder, locked_hashes(project, found.frames))
    return dict(stored["suspects"]) if stored["identity"] == identity else {}


def is_ready(project: Project, *, folder: Folder, source: str) -> bool:
    """
    Whether the answers that labels are held against are there.

    Raises:
        NothingYetError: there are no labels, or only one class.
    """
    project = project.whole
    frames = _labelled(scores(project), folder)
    if source == "model" or frames.empty:
        return True
    identity, folds = _lesson(scores(project), folder, reserved_hashes(project))
    with connect(project.database) as db:
        return len(crossed_store.crossed_folds(db, identity)) == folds


def _classes(project: Project) -> tuple[str, ...]:
    spec = choices_of(project).spec
    return spec.classes if spec else ()


def _numbers(project: Project, frames: pd.DataFrame) -> NDArray[np.int64]:
    places = {name: at for at, name in enumerate(_classes(project))}
    return np.array([places[label] for label in frames["label"]], dtype=np.int64)


def _family(project: Project, folder: Folder) -> str:
    return f"{choices_of(project).model_id}|{folder.value}|"


def _identity(project: Project, folder: Folder) -> str:
    """Changes with every frame, label, clip and lock that the answers hang on."""
    project = project.whole
    return _lesson(scores(project), folder, reserved_hashes(project))[0]


@kept_beside(most=16)  # asked with every decision, and the folds take a tenth of a second to cut
def _lesson(found: Scores, folder: Folder, locked: frozenset[str]) -> tuple[str, int]:
    """Identity and number of folds of what is to be learnt."""
    frames = _labelled(found, folder)
    free = frames[~frames["content_hash"].isin(locked)]
    folds = len(crossed_parts(_numbers(found.project, free), free["clip"], seed=SEED))
    return _state(found, folder, locked), folds


@lru_cache(maxsize=16)
def _state(found: Scores, folder: Folder, locked: frozenset[str]) -> str:
    frames = found.labelled(folder).drop_duplicates("content_hash")
    free = frames[~frames["content_hash"].isin(locked)]
    state = free[["content_hash", "label", "clip"]].sort_values("content_hash")
    digest = hashlib.sha256(state.to_csv(index=False).encode()).hexdigest()
    return f"{_family(found.project, folder)}{digest}"


# ---- finding ----------------------------------------------------------------------------------


def doubts(project: Project, *, folder: Folder = Folder.FIELD, source: str = "crossed") -> Doubts:
    """
    The labels that look wrong, worst first, in events, and the frames of the random check.

    Of a narrowed project only the suspects in view; the random check stays one of all frames.

    Raises:
        NothingYetError: no labels, one class only, or nothing learnt yet (see `prepare`).
        ReviewError: there is no such source.
    """
    if source not in SOURCES:
        raise ReviewError(f"There is no source '{source}'. There are: {', '.join(SOURCES)}.")
    if not is_ready(project, folder=folder, source=source):
        raise NothingYetError(
            "Nothing was learnt from these labels yet. It takes seconds: press “Look for doubts”."
        )
    locked = reserved_hashes(project.whole) if source == "crossed" else frozenset()
    found = _doubts(scores(project.whole), folder, source, locked)
    if not project.narrow:
        return found
    seen = found.suspects["content_hash"].isin(scores(project).of(folder)["content_hash"])
    return Doubts(**{**vars(found), "suspects": found.suspects[seen]})


@kept_beside(most=8)
def _doubts(found: Scores, folder: Folder, source: str, _locked: frozenset[str]) -> Doubts:
    frames = _labelled(found, folder)
    judged, told = _answers(found.project, frames, folder, source)
    part = frames.iloc[judged]
    ranked = maths.suspects(_numbers(found.project, part), told)
    suspects = part.iloc[ranked].copy()
    suspects["other"] = [_classes(found.project)[at] for at in told[ranked].argmax(axis=1)]
    looks = np.array([int(text, 16) for text in suspects["picture_hash"]], dtype=np.uint64)
    suspects["event"] = maths.event_groups(
        list(suspects["label"]),
        list(suspects["clip"]),
        looks,
        np.isin(looks, np.array(sorted(BLANK_HASHES), dtype=np.uint64)),
    )
    check = maths.random_check(list(frames["content_hash"]), count=SETTINGS.label_check, seed=SEED)
    return Doubts(found.project, folder, source, frames, suspects, len(frames) - len(judged), check)


def _answers(
    project: Project, frames: pd.DataFrame, folder: Folder, source: str
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Rows that can be judged and their probabilities."""
    digests = list(frames["content_hash"])
    if source == "model":
        logits = vectors(project, "logits", digests).astype(np.float64)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.arange(len(frames)), raised / raised.sum(axis=1, keepdims=True)
    with connect(project.database) as db:
        stored = crossed_store.load_crossed(db, _identity(project, folder))
    rows = np.array([at for at, digest in enumerate(digests) if digest in stored], dtype=np.intp)
    told = [stored[digests[at]] for at in rows]
    return rows, np.stack(told) if told else np.empty((0, len(_classes(project))))


@lru_cache(maxsize=8)
def _look_alikes(found: Doubts) -> list[dict[str, list[str]]]:
    """Beside each event: labelled frames like its worst one, of its label and of what it looks."""
    whole = scores(found.project)
    known = pd.concat([whole.labelled(folder) for folder in Folder])
    known = known.drop_duplicates("content_hash").reset_index(drop=True)
    beside = vectors(found.project, "embedding", list(known["content_hash"]))
    is_doubted = known["content_hash"].isin(found.suspects["content_hash"]).to_numpy(dtype=bool)
    place = {digest: at for at, digest in enumerate(known["content_hash"])}
    answers = []
    for _, event in found.suspects.groupby("event", sort=True):
        worst = event.iloc[0]
        may = ~is_doubted & ~known["clip"].isin(event["clip"]).to_numpy(dtype=bool)
        named = {}
        for label in (worst["label"], worst["other"]):
            rows = maths.nearest(
                beside[place[worst["content_hash"]]], beside, list(known["clip"]),
                may & (known["label"] == label).to_numpy(dtype=bool), most=LOOK_ALIKES,
            )  # fmt: skip
            named[str(label)] = list(known["content_hash"].iloc[rows])
        answers.append(named)
    return answers


# ---- deciding ---------------------------------------------------------------------------------


def events(found: Doubts, mode: str = "doubts") -> list[Event]:
    """
    What is to be decided, in order, with what stands for each frame now.

    Args:
        mode: a key of MODES.

    Raises:
        ReviewError: there is no such mode.
    """
    if mode not in MODES:
        raise ReviewError(f"There is no '{mode}' here. There are: {', '.join(MODES)}.")
    standing = _standing(found.project)
    if mode == "check":
        rows = found.frames.set_index("content_hash", drop=False).loc[found.check]
        return [
            Event(row["label"], None, "Drawn by lot: does the label fit?",
                  [_frame(row, standing)], [], {})
            for row in rows.to_dict("records")
        ]  # fmt: skip
    beside = _look_alikes_of(found)
    return [
        _event(group, standing, beside[int(str(number))])
        for number, group in found.suspects.groupby("event", sort=True)
    ]


def _look_alikes_of(found: Doubts) -> dict[int, dict[str, list[str]]]:
    numbers = sorted(set(found.suspects["event"]))
    return dict(zip(numbers, _look_alikes(found), strict=True))


def _event(
    group: pd.DataFrame, standing: dict[str, dict[str, Any]], beside: dict[str, list[str]]
) -> Event:
    rows = group[SHOWN].to_dict("records")
    worst = rows[0]
    return Event(
        worst["label"],
        worst["other"],
        words.reason(worst["label"], worst["other"], frames=len(rows), answer=worst["answer"]),
        [_frame(row, standing) for row in rows],
        worst["top3"],
        beside,
    )


def _standing(project: Project) -> dict[str, dict[str, Any]]:
    rows = reviewed(project)[["content_hash", "decision", "label", "hard_case"]].to_dict("records")
    return {
        row["content_hash"]: {
            "decision": None if pd.isna(row["decision"]) else row["decision"],
            "label_now": None if pd.isna(row["label"]) else row["label"],
            "hard_case": bool(row["hard_case"]),
        }
        for row in rows
    }


JUDGED = ["content_hash", "label", "is_right"]
# Turning all columns of a project into rows would hold every decision back by a tenth of a second.
SHOWN = [*JUDGED, "path", "camera", "taken_at", "other", "answer", "top3"]
UNDECIDED: dict[str, Any] = {"decision": None, "label_now": None, "hard_case": False}


def _frame(row: dict[Any, Any], standing: dict[str, dict[str, Any]]) -> dict[str, Any]:
    taken_at = row["taken_at"]
    return {
        "content_hash": row["content_hash"],
        "path": row["path"],
        "camera": None if pd.isna(row["camera"]) else row["camera"],
        "taken_at": None if pd.isna(taken_at) else taken_at.strftime("%Y-%m-%d %H:%M"),
        **(standing.get(row["content_hash"]) or UNDECIDED),
    }


def record_event(project: Project, sent: Any) -> dict[str, dict[str, Any]]:
    """
    Commit the decision of one event: one review a frame, all of one window; what stands then.

    Sent again, it changes nothing and completes what a failure had cut off.

    Args:
        sent: reviews as `deciding.record` takes them.

    Raises:
        ReviewError: a review cannot be read, or names an unknown frame or class; those before
            it are stored, and one step takes them back.
        DiskError: not all is stored; sending it again is safe.
    """
    if not isinstance(sent, list) or not sent or not all(isinstance(one, dict) for one in sent):
        raise ReviewError("This decision cannot be read. Nothing was stored.")
    digests = [record(project, one).content_hash for one in sent]
    standing = _standing(project)
    return {digest: standing.get(digest) or UNDECIDED for digest in digests}


def history(project: Project) -> list[list[dict[str, str]]]:
    """Events this reviewer decided here that still stand, newest first: their reviews."""
    reviewer = choices_of(project).reviewer
    with connect(project.database) as db:
        rows = review_store.last_standing(db, reviewer=reviewer, limit=MOST_UNDONE)
    steps: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["client"].startswith(CLIENT):
            steps.setdefault(row["client"], []).append(
                {"id": row["id"], "content_hash": row["content_hash"]}
            )
    return list(steps.values())


def outcomes(found: Doubts) -> pd.DataFrame:
    """The suspects with `outcome`: a word of findings.label_doubts, missing while undecided."""
    standing = _standing(found.project)
    return found.suspects.assign(
        outcome=pd.Series(
            [_outcome(row, standing) for row in found.suspects[JUDGED].to_dict("records")],
            index=found.suspects.index,
            dtype="object",
        )
    )


def _outcome(row: dict[Any, Any], standing: dict[str, dict[str, Any]]) -> str | None:
    now = standing.get(row["content_hash"]) or UNDECIDED
    return maths.outcome(
        now["decision"], now["label_now"], row["label"], is_right=bool(row["is_right"])
    )


def keep_hard_cases(project: Project, found: Doubts) -> int:
    """
    Keep the suspects on which the model was wrong as hard cases; how many were new.

    One step of `history` takes them back.
    """
    wrong = _model_errors(found)
    client = f"{CLIENT}{uuid.uuid4()}"
    sent = [
        {"id": str(uuid.uuid4()), "client": client, "sequence": place, "content_hash": digest,
         "action": Action.HARD_CASE, "value": "on"}
        for place, digest in enumerate(wrong, 1)
    ]  # fmt: skip
    if sent:
        record_event(project, sent)
    return len(sent)


def _model_errors(found: Doubts) -> list[str]:
    """Content hashes of suspects the model was wrong on, that are no hard cases yet."""
    table, standing = outcomes(found), _standing(found.project)
    wrong = table.loc[table["outcome"] == maths.MODEL_ERROR, "content_hash"]
    return [digest for digest in wrong if not standing[digest]["hard_case"]]


# ---- telling ----------------------------------------------------------------------------------


def headline(found: Doubts) -> Statement:
    """How many labels look wrong, in how many events."""
    return words.found_statement(
        len(found.suspects),
        found.suspects["event"].nunique(),
        len(found.frames),
        found.frames["clip"].nunique(),
        unjudged=found.unjudged,
    )


def where_from(found: Doubts) -> str:
    """Where the answers come from, and when that is fair."""
    return words.FROM_CROSSED if found.source == "crossed" else words.FROM_MODEL


def figures(found: Doubts) -> list[Statement]:
    """The hit rate among suspects and, apart, the rate of wrong labels from the random check."""
    table = outcomes(found).dropna(subset="outcome")
    shares = [
        maths.share(list(table["outcome"]), list(table["clip"]), wanted)
        for wanted in (maths.LABEL_ERROR, maths.MODEL_ERROR, maths.UNCLEAR, maths.NO_ERROR)
    ]
    return [words.hit_statement(*shares), _rate(found)]


def _rate(found: Doubts) -> Statement:
    standing = _standing(found.project)
    drawn = found.frames.set_index("content_hash", drop=False).loc[found.check]
    rows = drawn[[*JUDGED, "clip"]].to_dict("records")
    told = [_outcome(row, standing) for row in rows]
    counted = maths.finished_part([one is not None for one in told])
    outcomes_counted = [one or maths.UNCLEAR for one in told[:counted]]
    return words.rate_statement(
        maths.share(
            outcomes_counted, [str(row["clip"]) for row in rows[:counted]], maths.LABEL_ERROR
        ),
        outcomes_counted.count(maths.UNCLEAR),
        looked_at=sum(one is not None for one in told),
        drawn=len(rows),
        labelled=len(found.frames),
    )


def page_json(found: Doubts, mode: str) -> dict[str, Any]:
    """What the page's part needs to begin."""
    return {
        "events": [asdict(event) for event in events(found, mode)],
        "classes": list(_classes(found.project)),
        "history": history(found.project),
        "is_check": mode == "check",
        **after_json(found),
    }


def after_json(found: Doubts) -> dict[str, Any]:
    """What changes with a decision: the figures, and how many hard cases are on offer."""
    return {"figures": [asdict(one) for one in figures(found)], "hard": len(_model_errors(found))}


def doubts_json(found: Doubts) -> dict[str, Any]:
    """What `fieldcheck label_doubts --json` prints."""
    table = outcomes(found)
    columns = ["path", "content_hash", "label", "other", "answer", "confidence", "clip", "event"]
    rows = table[[*columns, "outcome"]].astype(object).where(table[[*columns, "outcome"]].notna())
    return {
        "folder": found.folder.value,
        "source": found.source,
        "labelled": len(found.frames),
        "unjudged": found.unjudged,
        "events": int(found.suspects["event"].nunique()),
        "headline": asdict(headline(found)),
        "figures": [asdict(one) for one in figures(found)],
        "suspects": [
            {str(k): _plain(v) for k, v in row.items()} for row in rows.to_dict("records")
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or (isinstance(value, float) and np.isnan(value)) else value


def report_lines(found: Doubts, *, most: int = 20) -> list[str]:
    """The same in words: the headline, the figures, the first events."""
    told: Iterable[Statement] = (headline(found), *figures(found))
    lines = [where_from(found)]
    lines += [line for one in told for line in (one.headline, f"  {one.next_step}")]
    for number, event in enumerate(events(found)[:most], 1):
        also = f" and {count_of(len(event.frames) - 1, 'more frame')}" if event.frames[1:] else ""
        lines.append(f"{number:3}. {event.reason} {event.frames[0]['path']}{also}")
    return lines
