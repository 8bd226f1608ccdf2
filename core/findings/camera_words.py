"""What is said of an ill camera: what it shows, since when, in how many frames, what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from core.findings.camera_episodes import Episode
from core.findings.camera_health import CameraHealth, worst
from core.findings.statements import count_of
from core.records import State, Statement
from core.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class KindWords:
    """How one kind of episode is spoken of."""

    title: str  # for a chart's legend
    shows: Callable[[Episode], str]  # "shows one and the same picture"
    next_step: str


def _stuck(one: Episode) -> str:
    pictures = int(one.facts["pictures"])
    what = (
        "shows one and the same picture"
        if pictures == 1
        else f"shows the same {pictures} pictures again and again"
    )
    beside = " but for a small region that runs on, like a clock" if "beside" in one.facts else ""
    return what + beside


def _colder(one: Episode) -> str:
    is_warmer = float(one.facts["now"]) > float(one.facts["before"])
    return f"shows everything {'redder' if is_warmer else 'bluer'} than before"


def _tinted(one: Episode) -> str:
    is_greener = float(one.facts["now"]) > float(one.facts["before"])
    return f"shows everything {'greener' if is_greener else 'more purple'} than before"


def _moved(one: Episode) -> str:
    right, down = round(100 * float(one.facts["right"])), round(100 * float(one.facts["down"]))
    ways = [
        f"{abs(far)} hundredths of the picture to the {plus if far > 0 else minus}"
        if plus == "right"
        else f"{abs(far)} hundredths {plus if far > 0 else minus}"
        for far, plus, minus in ((right, "right", "left"), (down, "down", "up"))
        if far
    ]
    return "was moved: what it shows lies " + (" and ".join(ways) or "elsewhere")


def _gap(one: Episode) -> str:
    others = int(one.facts["others"])
    meanwhile = (
        f"the other cameras sent {count_of(others, 'frame')} meanwhile"
        if others
        else "no other camera sent any meanwhile"
    )
    return (
        f"sent nothing for {_hours(float(one.facts['hours']))}; otherwise it is rarely silent for "
        f"more than {_hours(float(one.facts['usual_hours']))}, and {meanwhile}"
    )


KINDS: dict[str, KindWords] = {
    "stuck": KindWords(
        "stuck", _stuck,
        "Look at the camera, and do not count its answers after the first of these frames.",
    ),
    "still": KindWords(
        "nearly static", lambda one: "hardly changes from frame to frame",
        "Look at the frames: a quiet scene is no fault, a frozen stream that is packed anew is.",
    ),
    "blank": KindWords(
        "blank", lambda one: "shows nothing but one even surface",
        "See whether something covers the lens.",
    ),
    "dark": KindWords(
        "dark", lambda one: "shows nothing but black",
        "See whether the light was off, the lens covered, or the exposure set wrong.",
    ),
    "bright": KindWords(
        "burnt out", lambda one: "shows nothing but white",
        "See whether light falls into the lens, or the exposure is set wrong.",
    ),
    "blurred": KindWords(
        "blurred", lambda one: "is less sharp than it was",
        "Clean the lens and check the focus; compare frames from before and after.",
    ),
    "hazy": KindWords(
        "hazy", lambda one: "has less contrast than it had in the same light",
        "Clean the lens; look for fog, steam or glare. Compare frames from before and after.",
    ),
    "warmth": KindWords(
        "another colour", _colder,
        "Check the lamps and the camera's white balance.",
    ),
    "tint": KindWords("another tint", _tinted, "Check the lamps and the camera's white balance."),
    "packing": KindWords(
        "packed otherwise",
        lambda one: f"saves JPEG at quality {one.facts['now']:.0f} instead of "
        f"{one.facts['before']:.0f}",
        "Set the camera's or recorder's JPEG quality back, or test the model on such frames.",
    ),
    "size": KindWords(
        "another size",
        lambda one: f"sends pictures of {one.facts['now']} px instead of {one.facts['before']} px",
        "See who changed the resolution, and whether the crop still fits.",
    ),
    "moved": KindWords("moved", _moved, "Turn the camera back, or check what it is to see now."),
    "elsewhere": KindWords(
        "another view", lambda one: "shows another view than before",
        "See whether it was turned, or whether something stands in front of it.",
    ),
    "swapped": KindWords(
        "swapped",
        lambda one: f"shows what {one.facts['with']} showed before, and the other way round",
        "Swap the two cameras' names or cables back; their frames carry each other's name.",
    ),
    "gap": KindWords("silent", _gap, "Check the camera's power, network and storage."),
    "clock_back": KindWords(
        "clock set back",
        lambda one: f"goes on by name, but its clock jumped back by "
        f"{_hours(float(one.facts['seconds']) / 3600)}",
        "Set the clock; times of the frames before or after it are wrong.",
    ),
    "clock_ahead": KindWords(
        "clock ahead", lambda one: "carries times that are still to come",
        "Set the clock. Until then these frames are left out of everything that needs times.",
    ),
}  # fmt: skip
"""Every kind of episode."""

NOTES: dict[str, str] = {
    "no_times": "None of its {frames} has a time: nothing can be said of when, of gaps or changes.",
    "same_time": "All of its {frames} carry one and the same time, which is taken for none.",
    "some_untimed": "{frames} of it without a time were left out.",
    "unseen": "{frames} of it could not be read for this check; the rest was.",
    "few_days": "Its frames are from {days}; changes against its own past need "
    "{least} days or more.",
    "no_fixed_view": "It shows no fixed view, so whether it was moved cannot be told.",
}
"""What could not be said of a camera, and why."""

METHOD = (
    "**Stuck**: at least three frames in a row whose decoded pixels, all of them, were there "
    "before; a sensor's noise makes that as good as impossible for a live scene. Where a small "
    "region at the upper or lower edge alone runs on (a clock), all else must be exactly equal in "
    "five frames. Likeness never makes a camera stuck: mean differences under 0.001 of full scale "
    "(ffmpeg's freezedetect) are told as **nearly static**, suspected at most. **Blank, dark, "
    "burnt out**: three frames in a row without an edge and with a spread under 4 of 255, or 98 of "
    "100 pixels black, or 90 of 100 white. **Packing and size** are read from the files. "
    "**Blurred, hazy, colour**: for each measure the stretch of days that differs most from all "
    "days before, against the same search in days put in random order (p of 0.05 over the number "
    "of cameras and measures is confirmed), and only from a margin on. **Moved**: phase "
    "correlation of clips' median views without their light, for cameras whose views resemble each "
    "other. Repeats are left out of everything after the first. What is read from pixels and files "
    "needs no ten clips; what is concluded from many frames does."
)


def camera_name(camera: str) -> str:
    """ "camera cam2"."""
    return f"camera {camera}" if camera else "the camera without a name"


def episode_statement(one: Episode) -> Statement:
    """One episode: what, since when, in how many frames, and the next step."""
    words = KINDS[one.kind]
    count = "" if one.kind in ("gap", "clock_back") else f": {count_of(one.frames, 'frame')}"
    text = f"{camera_name(one.camera)} {words.shows(one)}, {_when(one)}{count}"
    if one.kind in ("blurred", "hazy", "warmth", "tint"):
        text += (
            f" in {count_of(one.clips, 'clip')}, against {one.facts['clips_before']} clips before"
        )
    return Statement(_led(one, text) + ".", words.next_step, one.state)


def health_statement(cameras: Sequence[CameraHealth]) -> Statement:
    """All cameras in one sentence."""
    if not cameras:
        return Statement(
            "There are no field frames yet.", "Open a folder of them.", State.NOT_ENOUGH
        )
    ill = [one for one in cameras if one.state is State.CONFIRMED]
    unsure = [one for one in cameras if one.state in (State.SUSPECTED, State.NOT_ENOUGH)]
    of = count_of(len(cameras), "camera")
    if ill:
        sure = [each for one in ill for each in one.episodes if each.state is State.CONFIRMED]
        going_on = sum(each.is_open for each in sure)
        return Statement(
            f"{count_of(len(sure), 'thing')} confirmed about {len(ill)} of {of}; "
            f"{going_on or 'none'} of them still {'goes' if going_on == 1 else 'go'} on.",
            f"Begin with {camera_name(_most_frames(ill).camera)}.",
            State.CONFIRMED,
        )
    if unsure:
        return Statement(
            f"Nothing is sure, but {len(unsure)} of {of} may be ill.",
            f"Look at {camera_name(_most_frames(unsure).camera)} first.",
            worst(one.state for one in unsure),
        )
    return Statement(f"Nothing wrong was found with {of}.", "Nothing to do.", State.NONE_FOUND)


def note_sentences(health: CameraHealth) -> list[str]:
    """What could not be said of the camera, and why."""
    return [
        NOTES[key].format(frames=count_of(n, "frame"), days=count_of(n, "day"), least=6)
        for key, n in health.notes.items()
    ]


def _most_frames(cameras: Sequence[CameraHealth]) -> CameraHealth:
    """The camera to begin with: what goes on before what is over, then by frames."""

    def weight(one: CameraHealth) -> tuple[bool, int]:
        worst_ones = [each for each in one.episodes if each.state is one.state]
        return any(each.is_open for each in worst_ones), sum(each.frames for each in worst_ones)

    return max(cameras, key=weight)


def _led(one: Episode, text: str) -> str:
    if one.state is State.SUSPECTED:
        return "Suspected: " + text
    if one.state is State.NOT_ENOUGH:
        clips = min(one.clips, int(one.facts.get("clips_before", one.clips)))
        return f"Not enough yet ({clips} of {SETTINGS.min_clips} clips needed): {text}"
    return text[0].upper() + text[1:]


def _when(one: Episode) -> str:
    if one.since is None or one.until is None:
        return "in a row by name"
    if one.is_open:
        return f"since {moment(one.since)}"
    if one.since.floor("min") == one.until.floor("min"):
        return f"on {moment(one.since)}"
    if one.since.date() == one.until.date():
        return f"from {moment(one.since)} to {one.until:%H:%M}"
    return f"from {moment(one.since)} to {moment(one.until)}"


def moment(at: pd.Timestamp) -> str:
    """ "7 March 2026, 10:58"."""
    return f"{at.day} {at:%B} {at.year}, {at:%H:%M}"


def _hours(hours: float) -> str:
    if hours < 1:
        return count_of(max(1, round(hours * 60)), "minute")
    if hours < 48:
        return count_of(round(hours), "hour")
    return count_of(round(hours / 24), "day")
