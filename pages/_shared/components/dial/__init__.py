"""The live dial: picture and answer follow the slider while it is dragged."""

from __future__ import annotations

from pages._shared.components import component
from pages._shared.keys import K

_dial = component(__file__, name="dial")


def dial(*, src: str, title: str, label: str | None) -> float:
    """
    Show a frame untouched and damaged; returns the severity the slider was let go at.

    Args:
        src: the dial route of this frame and corruption; the severity is appended.
        title: the corruption's everyday name.
        label: what the frame is labelled, if it is.
    """
    result = _dial(
        key=K.DIAL,
        data={"src": src, "title": title, "label": label or ""},
        default={"severity": 0.0},
        on_severity_change=lambda: None,
    )
    return float(result.severity)
