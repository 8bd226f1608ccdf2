"""Drift, its pattern, the different source and the retrain triggers in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from core.findings.adversarial import Apart, SourceReading
from core.findings.confidence_pattern import Fall, Pattern, PatternReading
from core.findings.drift import DriftReading, DriftTest
from core.findings.retrain_triggers import SlipTrigger, UnsureTrigger
from core.findings.statements import count_of, more_frames, right_in
from core.records import State, Statement
from core.settings import SETTINGS


def drift_statement(reading: DriftReading, *, classes: Sequence[str] = ()) -> Statement:
    """
    Whether these frames differ from the reference, and in what.

    Args:
        classes: names of the columns of probabilities, to name the class that moved most.
    """
    here = _batch(reading.frames, reading.clips)
    if reading.state is State.NOT_ENOUGH:
        return Statement(
            f"{here} {_are(reading.frames)} too few to say whether the field has changed.",
            _more_clips(reading.clips, reading.reference_clips),
            reading.state,
        )
    if reading.state is State.NONE_FOUND:
        return Statement(
            f"No change found: {here} look like the "
            f"{count_of(reading.reference_frames, 'frame')} of the reference.",
            "Nothing to do. A change too small for so many clips may still be there.",
            reading.state,
        )
    parts = [_changed(test, classes) for test in reading.tests if test.state is reading.state]
    if reading.state is State.CONFIRMED:
        return Statement(
            f"The field has changed: in {here}, {_and(parts)}.",
            "Open the frames of these days beside the reference, camera by camera.",
            reading.state,
        )
    return Statement(
        f"The field may have changed: in {here}, {_and(parts)}. That may still be chance.",
        "Wait for more clips, or look at some of these frames.",
        reading.state,
    )


def _changed(test: DriftTest, classes: Sequence[str]) -> str:
    if test.name == "sureness":
        most = (
            f", most for {classes[test.widest]}"
            if test.widest is not None and test.widest < len(classes)
            else ""
        )
        return (
            f"the model's sureness differs in {100 * test.size:.0f} of 100 frames{most} "
            f"({_by_chance(test.p)})"
        )
    if test.name == "answers":
        return (
            f"{100 * test.size:.0f} of 100 answers go to other classes than before "
            f"({_by_chance(test.p)})"
        )
    if test.name == "centre":
        return (
            f"the pictures lie {test.size:.1f} times the usual spread off the reference's middle "
            f"({_by_chance(test.p)})"
        )
    return f"the pictures have other nearest neighbours than before ({_by_chance(test.p)})"


def _by_chance(p: float) -> str:
    """ "chance alone would do so 3 times in 1,000"."""
    if p < 0.001:
        return "chance alone would do so less than once in 1,000"
    if p < 0.01:
        times = round(1000 * p)
        return f"chance alone would do so {_times(times)} in 1,000"
    return f"chance alone would do so {_times(round(100 * p))} in 100"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def pattern_statement(reading: PatternReading) -> Statement:
    """Where it became less sure: everywhere, on one kind of object, or on one camera."""
    if reading.state is State.NOT_ENOUGH:
        return _not_judged(reading)
    fallen = f"{reading.fallen} of {_classes(reading.judged)}"
    if reading.pattern is Pattern.SITE:
        points = f"{100 * reading.median_drop:.0f} points in the middle"
        if reading.state is State.CONFIRMED:
            return Statement(
                "It became less sure of every kind of object at once: "
                f"{fallen} with enough frames fell, by {points}.",
                "The site, the light or the lens changed, not one object. Look at the cameras "
                "first: lens, lamps, position.",
                reading.state,
            )
        return Statement(
            f"It may have become less sure of everything: {fallen} with enough frames fell, by "
            f"{points}, which so few classes or clips cannot prove.",
            "Look at the cameras; wait for more clips to be sure.",
            reading.state,
        )
    if reading.pattern is Pattern.NONE:
        return Statement(
            f"It is about as sure as on the reference: {fallen} with enough frames fell, none "
            "clearly.",
            "Nothing to do.",
            reading.state,
        )
    return _local(reading)


def _local(reading: PatternReading) -> Statement:
    if reading.pattern is Pattern.CAMERA:
        fall = _named(reading.cameras, reading.name_camera)
        return Statement(
            f"Only camera {fall.name} became less sure: {_fell(fall)}.",
            "Look at that camera: lens, light, position.",
            reading.state,
        )
    if reading.pattern is Pattern.BOTH:
        fall = _named(reading.classes, reading.name_class)
        return Statement(
            f"Only {fall.name} became less sure, and only on camera {reading.name_camera}: "
            f"{_fell(fall)}.",
            "Look at that camera, and at these objects before it.",
            reading.state,
        )
    if reading.pattern is Pattern.CLASS:
        fall = _named(reading.classes, reading.name_class)
        if reading.state is State.SUSPECTED:
            return Statement(
                f"It may have become less sure of {fall.name}: {_fell(fall)}. With "
                f"{_classes(reading.judged)} looked at, that may be chance.",
                f"Look at the frames of {fall.name}, or wait for more.",
                reading.state,
            )
        return Statement(
            f"Only {fall.name} became less sure: {_fell(fall)}.",
            f"Look at the frames of {fall.name}: did the object change?",
            reading.state,
        )
    down = [fall for fall in reading.classes if fall.is_down]
    names = [fall.name for fall in down] or [
        f"camera {fall.name}" for fall in reading.cameras if fall.is_down
    ]
    worst = down[0] if down else next(fall for fall in reading.cameras if fall.is_down)
    return Statement(
        f"It became less sure of {_and(names)}, and not of the rest. Worst is {worst.name}: "
        f"{_fell(worst)}.",
        "Look at their frames for what they share.",
        reading.state,
    )


def _classes(number: int) -> str:
    return "1 class" if number == 1 else f"{number} classes"


def _named(falls: Sequence[Fall], name: str) -> Fall:
    return next(fall for fall in falls if fall.name == name)


def _fell(fall: Fall) -> str:
    return (
        f"{100 * fall.median:.0f} % sure in the middle, before {100 * fall.reference_median:.0f} % "
        f"({_batch(fall.frames, fall.clips)})"
    )


def _not_judged(reading: PatternReading) -> Statement:
    everything = [*reading.classes, *reading.cameras]
    if not everything:
        return Statement(
            "No field frames to compare with the reference.",
            "Score some first.",
            reading.state,
        )
    nearest = min(everything, key=lambda fall: fall.missing or 10**9)
    if not nearest.missing:
        return Statement(
            "The reference has too few clips of any class to say where it became less sure.",
            f"Add reference frames: {SETTINGS.min_effective:.0f} separate ones from "
            f"{SETTINGS.min_clips} clips of a class are enough.",
            reading.state,
        )
    return Statement(
        "Too few frames of any class to say where it became less sure.",
        f"Nearest is {nearest.name}: about {count_of(nearest.missing, 'more frame')}, from other "
        "clips, would do.",
        reading.state,
    )


def source_statement(reading: SourceReading) -> Statement:
    """Whether a simple test tells the field's pictures from the reference's."""
    result = reading.result
    if result is None or reading.state is State.NOT_ENOUGH:
        return Statement(
            f"{_batch(reading.frames, reading.clips)} {_are(reading.frames)} too few to say "
            "whether the pictures come from a different source.",
            _more_clips(reading.clips, reading.reference_clips),
            State.NOT_ENOUGH,
        )
    told = (
        f"a simple test tells the field's pictures from the reference's "
        f"{100 * result.balanced:.0f} times in 100 (between {100 * result.low:.0f} and "
        f"{100 * result.high:.0f}; guessing gives 50), on "
        f"{_batch(reading.frames, reading.clips)}"
    )
    if reading.state is State.NONE_FOUND:
        return Statement(
            f"The pictures look like the reference's: {told}.", "Nothing to do.", reading.state
        )
    if reading.apart is Apart.SOURCE:
        is_proven = reading.state is State.CONFIRMED
        return Statement(
            f"This {'looks' if is_proven else 'may look'} like a different source: {told}.",
            "The model works on material it was not shown. See the most typical pictures of each "
            "side, and whether only the files differ.",
            reading.state,
        )
    if reading.state is State.SUSPECTED:
        return Statement(
            f"The pictures may differ from the reference's: {told}. That may be chance.",
            "Wait for more clips, or see the most typical pictures of each side.",
            reading.state,
        )
    clearly = "clearly differ" if reading.apart is Apart.CLEAR else "differ"
    return Statement(
        f"The pictures {clearly} from the reference's: {told}.",
        "See the most typical pictures of each side, and whether only the files differ.",
        reading.state,
    )


def slip_statement(trigger: SlipTrigger, *, waiting: int | None = None) -> Statement:
    """
    Whether the checked pictures call for a retraining.

    Args:
        waiting: frames of the slice without a label; None if that is not known.
    """
    now, before = trigger.now, trigger.baseline
    if trigger.state is State.NOT_ENOUGH:
        return Statement(
            f"{right_in(now, 'pictures you check')}: too few, now or at the baseline, to say "
            "whether the model has slipped.",
            _settling(trigger, waiting, verb="for a first answer"),
            trigger.state,
        )
    against = (
        f"{now.right:,} of {now.of:,} right, at the baseline {before.right:,} of {before.of:,}"
    )
    if trigger.state is State.CONFIRMED:
        return Statement(
            f"The model has slipped by about {_points(trigger.slip)} on the pictures you check "
            f"({_limits(trigger)}): {against}.",
            "This is more than chance: plan a retraining.",
            trigger.state,
        )
    if trigger.state is State.SUSPECTED:
        return Statement(
            f"It may have slipped by {_points(trigger.slip)} ({_limits(trigger)}), but "
            f"{count_of(now.of, 'picture')} cannot settle it: {against}.",
            _settling(trigger, waiting, verb="to settle it"),
            trigger.state,
        )
    if trigger.low > 0:
        return Statement(
            f"It has slipped, by less than 3 points ({_limits(trigger)}): {against}.",
            "Not enough to retrain. Keep checking.",
            trigger.state,
            is_behind=True,
        )
    return Statement(
        f"No slip of 3 points on the pictures you check ({_limits(trigger)}): {against}.",
        "Keep checking.",
        trigger.state,
    )


def _points(slip: float) -> str:
    return count_of(round(100 * abs(slip)), "point")


def _limits(trigger: SlipTrigger) -> str:
    low, high = 100 * trigger.low, 100 * trigger.high
    return (
        f"between {low:.0f} and {high:.0f}"
        if round(low) >= 0
        else (f"between {-low:.0f} better and {high:.0f} worse")
    )


def _settling(trigger: SlipTrigger, waiting: int | None, *, verb: str) -> str:
    parts = []
    if trigger.more_labels:
        parts.append(f"{more_frames(trigger.more_labels, waiting)}, from other clips, {verb}.")
    if trigger.more_baseline:
        parts.append(
            f"The baseline is short of {count_of(trigger.more_baseline, 'picture')} as well: "
            "freeze a larger one."
        )
    return " ".join(parts) or "Take pictures from more clips."


def unsure_statement(name: str, trigger: UnsureTrigger) -> Statement:
    """
    Whether the model has become unsure of one class.

    Args:
        name: the class.
    """
    here = _batch(trigger.frames, trigger.clips)
    if trigger.state is State.NOT_ENOUGH:
        return Statement(
            f"{name}: {here} {_are(trigger.frames)} too few to say how sure it is.",
            f"{count_of(trigger.more_clips or 0, 'more clip')} would do.",
            trigger.state,
        )
    middle = (
        f"{100 * trigger.median:.0f} % sure in the middle (between {100 * trigger.low:.0f} and "
        f"{100 * trigger.high:.0f} %, {here})"
    )
    if trigger.state is State.CONFIRMED:
        return Statement(
            f"It is unsure of {name}: {middle}.",
            f"Label frames of {name}, and train on more of it.",
            trigger.state,
        )
    if trigger.state is State.SUSPECTED:
        return Statement(
            f"It may be unsure of {name}: {middle}.",
            f"About {count_of(trigger.more_clips, 'more clip')} would settle it."
            if trigger.more_clips
            else "It lies too near 60 % for more clips to settle it soon. Look at its frames.",
            trigger.state,
        )
    if trigger.fell:
        return Statement(
            f"It is less sure of {name} than on the reference, though not unsure: {middle}.",
            f"Look at the frames of {name}.",
            trigger.state,
            is_behind=True,
        )
    return Statement(f"It is sure enough of {name}: {middle}.", "Nothing to do.", trigger.state)


def _batch(frames: int, clips: int) -> str:
    return f"{count_of(frames, 'frame')} of {count_of(clips, 'clip')}"


def _are(frames: int) -> str:
    return "is" if frames == 1 else "are"


def _more_clips(clips: int, reference_clips: int) -> str:
    least = SETTINGS.min_clips
    parts = []
    if clips < least:
        parts.append(f"Wait for {count_of(least - clips, 'more clip')} from the field.")
    if reference_clips < least:
        parts.append(f"Add {count_of(least - reference_clips, 'more clip')} to the reference.")
    return " ".join(parts)


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
