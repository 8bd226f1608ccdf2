"""What the doctor found, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.findings.statements import count_of
from core.metrics.intervals import wilson_interval
from core.records import InputSpec, State, Statement
from core.settings import scaling_name

Found = dict[str, Any]
"""The report as workflows.doctor keeps it; its keys are what `fieldcheck doctor --json` prints."""

ORDERS = {"RGB": "red, green, blue", "BGR": "blue, green, red", "L": "grey"}
SCALES = {
    "imagenet": "ImageNet's mean",
    "half": "mean 0.5",
    "none": "no mean (values from 0 to 1)",
    "bytes": "no mean and values from 0 to 255",
    "caffe": "ImageNet's mean and values from 0 to 255",
}


def change_words(old: InputSpec, new: InputSpec) -> str:
    """ "mean 0.5 instead of ImageNet's mean and 224 px instead of 128 px"."""
    return _joined([words for words in _changes(old, new) if words])


def _changes(old: InputSpec, new: InputSpec) -> list[str]:
    return [
        _instead(f"colours in the order {ORDERS[new.channels]}", ORDERS[old.channels])
        if old.channels != new.channels
        else "",
        _instead(_scale(new), _scale(old)) if _is_rescaled(old, new) else "",
        _instead(f"{new.interpolation} shrinking", old.interpolation)
        if old.interpolation != new.interpolation
        else "",
        _size(old, new),
    ]


def _instead(new: str, old: str) -> str:
    return f"{new} instead of {old}"


def _is_rescaled(old: InputSpec, new: InputSpec) -> bool:
    """Numbers that only follow their colours into another order are no change of their own."""
    names = [scaling_name(one.mean, one.std, channels=one.channels) for one in (old, new)]
    if names[0] is not None and names[0] == names[1]:
        return False
    return (old.mean, old.std) != (new.mean, new.std)


def _scale(spec: InputSpec) -> str:
    name = scaling_name(spec.mean, spec.std, channels=spec.channels)
    if name:
        return SCALES[name]
    swapped = scaling_name(spec.mean[::-1], spec.std[::-1], channels=spec.channels)
    if swapped:
        return f"{SCALES[swapped]} in the other colour order"
    mean, spread = (", ".join(f"{value:g}" for value in row) for row in (spec.mean, spec.std))
    return f"mean {mean} and spread {spread}"


def _size(old: InputSpec, new: InputSpec) -> str:
    if (old.resize, old.crop) == (new.resize, new.crop):
        return ""
    if old.crop == new.crop:
        return _instead(f"shrunk to {_pixels(new.resize)}", _pixels(old.resize))
    return _instead(_side(new), _side(old))


def _side(spec: InputSpec) -> str:
    if spec.crop is None:
        return f"the whole picture at {_pixels(spec.resize)}"
    return f"{spec.crop} px" + (
        f" (of {spec.resize})" if spec.resize not in (spec.crop, None) else ""
    )


def _pixels(side: int | None) -> str:
    return f"{side} px" if side else "the full size"


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1] if parts else ""


def verdict(found: Found) -> Statement:
    """The headline: whether another setting is better beyond chance, and what to do about it."""
    state, advice = State(found["state"]), found["advice"]
    if state is State.NOT_ENOUGH:
        return Statement(
            f"Too few reference frames to say whether its settings are right: {found['frames']} "
            f"from {count_of(found['clips'], 'clip')}.",
            "Add labelled reference frames, at least 30 that do not repeat each other.",
            state,
        )
    if advice is None:
        return Statement(
            f"As set, the model is right in {found['right']:,} of {found['frames']:,} reference "
            f"frames; none of {count_of(len(found['tried']), 'other setting')} tried does clearly "
            "better.",
            "Nothing to change.",
            state,
        )
    sentence = (
        f"With {advice['change']}, the model is right in {advice['right']:,} instead of "
        f"{advice['instead_of']:,} of {advice['of']:,} reference frames"
    )
    if state is State.CONFIRMED:
        return Statement(
            f"{sentence}: the setting is probably wrong.",
            f"Between {100 * advice['low']:.0f} and {100 * advice['high']:.0f} points better. "
            "Use it instead; the model's own file and description stay as they are, and one click "
            "takes it back.",
            state,
        )
    return Statement(
        f"{sentence}: more than chance by itself, but not among the "
        f"{count_of(len(found['tried']), 'setting')} tried.",
        "Ask whoever trained the model, or check again with more reference frames.",
        state,
    )


def tried_sentence(row: dict[str, Any]) -> str:
    """One other setting: what it mended and what it broke of the frames it was tried on."""
    wrong = row["of"] - row["base_right"]
    head = f"{row['change'][0].upper()}{row['change'][1:]}"
    against = "" if row["step"] == 1 else f" (step {row['step']}, after the changes above)"
    if row["right"] is not None:
        return (
            f"{head}{against}: right in {row['right']:.0f} instead of {row['base_right']:,} of "
            f"{row['of']:,} frames; mended {row['mended']}, broke {row['broken']}."
        )
    wrong_asked = min(wrong, row["asked"])  # they are asked first
    return (
        f"{head}{against}: mended {row['mended']} of {count_of(wrong_asked, 'wrong frame')}, broke "
        f"{row['broken']} of {count_of(row['asked'] - wrong_asked, 'right one')}; given up, it "
        "cannot be clearly better."
    )


def refused_sentence(row: dict[str, str]) -> str:
    """A setting this model cannot take."""
    return f"Not tried: {row['change']}. {row['reason']}"


def adopted_words(change: str) -> str:
    """A setting taken over from the doctor."""
    return f"In use since you took the doctor's advice: {change}."


def decoder_words(found: Found) -> Statement:
    """Whether another program that reads the same files would get other answers."""
    frames, read, shrunk = found["frames"], found["opencv_changed"], found["opencv_shrink_changed"]
    state = _harm_state(found)
    return Statement(
        f"Read by OpenCV instead of Pillow, {_other_answers(read, frames, 'frames')}; shrunk by "
        f"OpenCV as well, {shrunk:,} of {frames:,}.",
        "If the model runs with OpenCV where it is used, let it shrink with an area filter, or "
        "expect these differences."
        if shrunk
        else "It does not matter which program reads the pictures.",
        state,
    )


def _harm_state(found: Found) -> State:
    """Whether OpenCV's shrinking turns answers in more than 1 of 100 frames for certain."""
    if found["frames"] < 30:
        return State.NOT_ENOUGH
    low, _ = wilson_interval(found["opencv_shrink_changed"], found["frames"])
    if low > 0.01:
        return State.CONFIRMED
    return State.SUSPECTED if found["opencv_shrink_changed"] else State.NONE_FOUND


def crop_words(found: Found) -> Statement:
    """How often what the centre crop leaves out decides."""
    where, frames = _place(found), found["frames"]
    if not found["changed"]:
        return Statement(
            f"What the crop leaves out ({100 * found['left_out']:.0f} in 100 parts of a picture, "
            f"on average) changes no answer in {frames:,} {where} frames.",
            "Nothing to change.",
            State(found["state"]),
        )
    return Statement(
        f"The crop leaves out {100 * found['left_out']:.0f} in 100 parts of a picture, and that "
        f"decides in {found['changed']:,} of {frames:,} {where} frames{_right_side(found)}.",
        {
            State.CONFIRMED: "Look at these: is the thing off the middle? Then move the camera, or "
            "train for the whole picture.",
            State.SUSPECTED: "May be chance. Look at these: is the thing off the middle?",
            State.NOT_ENOUGH: "Too few frames that do not repeat each other to go by.",
            State.NONE_FOUND: "The whole picture is not clearly better: the crop may stay.",
        }[State(found["state"])],
        State(found["state"]),
    )


def _right_side(found: Found) -> str:
    if not found["labelled"]:
        return ""
    return (
        f": the whole picture is right where the crop is wrong in {found['mended']:,} of "
        f"{found['labelled']:,} labelled ones, the other way round in {found['broken']:,}"
    )


def crop_sentence(row: dict[str, str], label: str | None) -> str:
    """One frame in which what the crop leaves out decides."""
    given = f" Labelled {label}." if label else ""
    return f"Cropped it is {row['on_crop']}, as a whole {row['on_whole']}.{given}"


def larger_words(found: Found) -> Statement:
    """What shrinking erases: the answers at a larger input."""
    head = (
        f"Shown larger ({found['side']} instead of {found['instead_of']} px), "
        f"{_other_answers(found['changed'], found['frames'], f'{_place(found)} frames')}"
    )
    if found["labelled"]:
        head += (
            f"; {found['mended']:,} of {found['labelled']:,} labelled ones become right, "
            f"{found['broken']:,} wrong"
        )
    state = State(found["state"])
    return Statement(
        f"{head}.",
        {
            State.CONFIRMED: "Shrinking erases what decides: a model trained for larger pictures "
            "should do better.",
            State.SUSPECTED: "Shrinking may erase what decides; it may be chance, too.",
            State.NOT_ENOUGH: "Too few frames that do not repeat each other to go by.",
            State.NONE_FOUND: "No sign that shrinking erases what decides. It was not trained for "
            "larger pictures, so some turn wrong.",
        }[state],
        state,
    )


def colour_words(found: Found) -> Statement:
    """The field's colour temperature against the reference's, and answers after white balance."""
    if found["warmer"] is None:
        return Statement(
            "Too few frames of the same kinds to compare the field's colours with the reference's.",
            "Label more field frames.",
            State.NOT_ENOUGH,
        )
    state = State(found["state"])
    if state is State.NONE_FOUND:
        return Statement(
            "The field's light is about as warm as the reference's.",
            "Nothing to change.",
            state,
        )
    side = "warmer (redder)" if found["warmer"] > 0 else "colder (bluer)"
    head = f"The field's pictures are {side} than the reference's of the same things"
    turned = _other_answers(found["changed"], found["frames"], "field frames")
    head += f"; with the white set right, {turned}"
    if found["labelled"]:
        head += (
            f": {found['mended']:,} of {found['labelled']:,} labelled ones become right, "
            f"{found['broken']:,} wrong"
        )
    return Statement(
        f"{head}.",
        "Set the cameras' white balance, and check again."
        if found["mended"] > found["broken"]
        else "It does not depend on this colour: no need to touch the cameras.",
        state,
    )


def _place(found: Found) -> str:
    return str(found["folder"])


def _other_answers(count: int, of: int, what: str) -> str:
    return f"{count:,} of {of:,} {what} {'gets' if count == 1 else 'get'} another answer"
