"""The doctor: is the model read as it was trained, and do crop and colours fit the field?"""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import asdict
from typing import Any

import pandas as pd

from core.errors import NothingYetError
from core.findings import doctor_words as words
from core.findings.doctor import paired
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Folder, InputSpec, ProgressCallback, State, Statement, StopCallback
from core.settings import SETTINGS
from core.store import doctor as doctor_store
from core.store.database import connect
from core.workflows import doctor_views as views
from core.workflows.adopting import adopt, adopted, take_back
from core.workflows.doctor_asking import Asking, StoppedError
from core.workflows.doctor_search import Search, search
from core.workflows.kept import kept_beside
from core.workflows.pace import expected_seconds
from core.workflows.scores import Scores, scores
from core.workflows.scoring import PhaseCallback
from core.workflows.stress_plan import swept_frames

__all__ = [
    "METHOD", "adopt", "adopted", "adopted_sentence", "advice", "check_settings", "crop_frames",
    "expected", "headline", "offer", "report", "report_lines", "side_statements", "take_back",
    "tried_sentences",
]  # fmt: skip

METHOD = (
    "Labelled reference frames are asked again with the colours in the other order, other means "
    "and standard deviations (ImageNet's, 0.5, none; which is also the value range: 0..1, -1..1, "
    "0..255), other resampling filters, other sizes and crops, and with what the published "
    "weights of the architecture use. Each change is compared with the setting as it is on the "
    "same frames: McNemar's exact one-sided test and Newcombe's interval for paired shares, both "
    "on counts scaled to the effective count (clips, not frames). Holm's correction runs over all "
    "changes tried, because one false alarm makes a person break what was right. A change is "
    "asked about the wrong frames first and given up once no outcome of the rest could pass the "
    "test, which alters no verdict. If one is confirmed, the search goes on from there, at most "
    "four steps; if none is, the best three of different parts are tried in pairs. Parts the "
    "result can do without are left as they were. The crop is judged by three views: the crop, "
    "the whole picture padded with the colour that is 0 to the model, and the same with the part "
    "outside the crop painted over; it decides where only the first two differ. White balance: "
    "red over blue of each frame against the reference's mean of its class, t interval over clip "
    "means; gains per camera."
)

_VERSION = 1
"""Raise it when the same frames would get another report."""

_USUAL_CHANGES = 18  # that are tried, for the time told beforehand
_VIEWS = 7  # times a frame is asked for crop, decoders, size and colour

Found = dict[str, Any]
"""A report: numbers only, so that its sentences are those of today. Keys as `--json` prints."""


def report(project: Project) -> Found | None:
    """The finished report on the project as it is now; None if it was not made yet."""
    with connect(project.database) as db:
        return doctor_store.load_doctor_report(db, identity=_identity(project))


def expected(project: Project) -> float | None:
    """Seconds a check takes, from this machine's last scoring; None before the first."""
    frames = _reference(project)
    wrong = int((~frames["is_right"].astype(bool)).sum())
    questions = _USUAL_CHANGES * min(wrong, 60) + len(frames)
    return expected_seconds(questions + _VIEWS * SETTINGS.doctor_view_frames)


def offer(project: Project) -> Statement | None:
    """Why nothing can be checked yet; None if it can."""
    if len(_reference(project)):
        return None
    found = scores(project).of(Folder.REFERENCE)
    what = "Whether the model's settings are right cannot be checked"
    if found["label"].notna().any():
        return Statement(
            f"{what} yet: its labelled reference frames have no answers.",
            "The model answers them by itself as soon as nothing else runs; then check.",
            State.NOT_ENOUGH,
        )
    return Statement(
        f"{what}: there are no labelled reference frames.",
        "Open a reference folder with one folder per class, of pictures it is known to do well on.",
        State.NOT_ENOUGH,
    )


def check_settings(
    project: Project,
    *,
    frames: int | None = None,
    on_phase: PhaseCallback = lambda phase: None,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Found | None:
    """
    Try other settings on labelled reference frames, look at crop and field, keep the report.

    Args:
        frames: a sample of at most so many reference frames; its report is not kept.

    Returns:
        The report, or None if it was stopped; every answer so far is kept and not asked again.

    Raises:
        NothingYetError: there is no labelled reference.
        ModelError, DiskError: what was answered so far is kept.
    """
    started = time.monotonic()
    sample = _reference(project) if frames is None else _reference(project).head(frames)
    if sample.empty:
        lacking = offer(project)
        raise NothingYetError(f"{lacking.headline} {lacking.next_step}" if lacking else "")
    identity = _identity(project)
    asking = Asking(project, on_progress=on_progress, should_stop=should_stop)
    try:
        on_phase("Trying other settings on the reference")
        found = _judged(asking, sample)
        on_phase("Looking at crop, decoder and colour")
        spec = _setting(found["advice"]["setting"]) if found["advice"] else asking.model.input
        found |= _viewed(asking, spec, sample, _field(project))
    except StoppedError:
        return None
    finally:
        asking.save()
    found["unreadable"] = dict(asking.broken)
    found["seconds"] = round(time.monotonic() - started, 2)
    found = dict(json.loads(json.dumps(found)))  # lists for tuples, as when it is read again
    if frames is None:
        with connect(project.database) as db:
            doctor_store.save_doctor_report(db, identity=identity, report=found)
    return found


def _judged(asking: Asking, sample: pd.DataFrame) -> Found:
    """Whether another setting is better beyond chance, with all that was tried."""
    base = asking.model.input
    as_set = accuracy(sample["is_right"].to_numpy(dtype=bool), sample["clip"].to_numpy())
    is_enough = as_set.effective >= SETTINGS.min_effective and as_set.clips >= SETTINGS.min_clips
    found = search(asking, sample) if is_enough else Search(base, base, sample)
    table = found.table()
    best, state = found.best, State.CONFIRMED
    if not is_enough:
        state = State.NOT_ENOUGH
    elif best == base:
        suspected = table[table["state"] == State.SUSPECTED.value].sort_values("p")
        state = State.SUSPECTED if len(suspected) else State.NONE_FOUND
        best = found.specs[int(suspected.index[0])] if len(suspected) else base
    return {
        "state": state.value,
        "frames": as_set.of,
        "clips": as_set.clips,
        "effective": as_set.effective,
        "right": as_set.right,
        "setting": asdict(base),
        "advice": None if best == base else _advice(asking, sample, best),
        "tried": [
            {**_plain(row), "setting": asdict(spec)}
            for row, spec in zip(table.to_dict("records"), found.specs, strict=True)
        ],
        "not_tried": found.refused,
    }


def _advice(asking: Asking, sample: pd.DataFrame, best: InputSpec) -> Found:
    base = asking.model.input
    asking.plan(2 * len(sample))
    there = ~sample["content_hash"].isin(list(asking.broken)).to_numpy(dtype=bool)
    was, is_ = asking.right(sample, base)[there], asking.right(sample, best)[there]
    compared = paired(was, is_, sample["clip"].to_numpy(dtype=object)[there])
    return {
        "setting": asdict(best),
        "change": words.change_words(base, best),
        "right": int(is_.sum()),
        "instead_of": int(was.sum()),
        "of": len(was),
        **{name: compared[name] for name in ("gain", "low", "high", "p")},
    }


def _viewed(asking: Asking, spec: InputSpec, reference: pd.DataFrame, field: pd.DataFrame) -> Found:
    known = reference.head(SETTINGS.doctor_view_frames)
    shown = field if len(field) else known
    return {
        "decoders": views.decoders(asking, known, spec),
        "crop": views.crop(asking, shown, spec),
        "larger_input": views.larger_input(asking, shown, spec),
        "colour": views.colour(asking, field, known, spec) if len(field) else None,
    }


def _reference(project: Project) -> pd.DataFrame:
    """Labelled, answered reference frames in the order a sample takes them."""
    return _samples(scores(project))[0]


def _field(project: Project) -> pd.DataFrame:
    return _samples(scores(project))[1]


def _identity(project: Project) -> str:
    """Hash of all a report depends on: model, preparation, frames, labels, cameras, limits."""
    return _samples(scores(project))[2]


@kept_beside(most=4)
def _samples(found: Scores) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Reference sample, field sample and identity; kept, as every rerun of the page asks."""
    reference = found.labelled(Folder.REFERENCE)
    if len(reference):
        reference = swept_frames(found.project, Folder.REFERENCE).head(SETTINGS.doctor_frames)
    field = swept_frames(found.project, Folder.FIELD).head(SETTINGS.doctor_view_frames)
    parts = [str(_VERSION), found.choices.model_id or "", str(SETTINGS)]
    for table in (reference, field):
        columns = table[["content_hash", "label", "camera", "clip"]].astype("str")
        parts.append(columns.to_csv(index=False))
    digest = hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()
    return reference, field, digest


def _plain(row: Any) -> Found:
    """A row of a table as JSON has it; what could not be counted is null."""
    return {
        str(name): None if isinstance(value, float) and math.isnan(value) else value
        for name, value in row.items()
    }


def _setting(kept: Found) -> InputSpec:
    lists = {name: tuple(kept[name]) for name in ("mean", "std")}
    return InputSpec(**{**kept, **lists})


def advice(found: Found) -> InputSpec | None:
    """The setting to use instead, where it is confirmed or suspected."""
    return _setting(found["advice"]["setting"]) if found["advice"] else None


def headline(found: Found) -> Statement:
    """The report in one statement."""
    return words.verdict(found)


def adopted_sentence(project: Project) -> str | None:
    """What the person took over from the doctor, in words."""
    change = adopted(project)
    return words.adopted_words(change) if change else None


def tried_sentences(found: Found) -> list[str]:
    """Every other setting with what it would mend and break, the best first."""
    rows = sorted(found["tried"], key=lambda row: (row["step"], row["broken"] - row["mended"]))
    return [
        *(words.tried_sentence(row) for row in rows),
        *(words.refused_sentence(row) for row in found["not_tried"]),
    ]


def side_statements(found: Found) -> list[tuple[str, Statement]]:
    """Crop, size, colour and decoder, each with its title."""
    told = (
        ("The crop", found["crop"], words.crop_words),
        ("Shrinking", found["larger_input"], words.larger_words),
        ("Colour of the light", found["colour"], words.colour_words),
        ("The program that reads pictures", found["decoders"], words.decoder_words),
    )
    return [(title, say(part)) for title, part, say in told if part is not None]


def crop_frames(project: Project, found: Found) -> tuple[pd.DataFrame, list[str]]:
    """Frames in which what the crop leaves out decides, mended ones first, each in a sentence."""
    frames = scores(project).frames.drop_duplicates("content_hash").set_index("content_hash")
    asked = (found["crop"] or {}).get("frames_changed", [])
    there = {row["content_hash"]: row for row in asked if row["content_hash"] in frames.index}
    shown = frames.loc[list(there)].reset_index()
    labels = [None if pd.isna(label) else str(label) for label in shown["label"]]
    return shown, [
        words.crop_sentence(row, label) for row, label in zip(there.values(), labels, strict=True)
    ]


def report_lines(found: Found) -> list[str]:
    """The report for the command line."""
    said = headline(found)
    sides = [s for _, s in side_statements(found)]
    lines = [f"{s.headline} {s.next_step}" for s in (said, *sides)]
    return [*lines, "Tried:", *(f"  {line}" for line in tried_sentences(found))]
