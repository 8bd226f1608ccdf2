"""The live dial: picture and answer follow the slider while it is dragged."""

from __future__ import annotations

from core.records import CorruptionSpec, Fidelity
from pages._shared.components import component
from pages._shared.keys import K

MADE = {
    Fidelity.IMAGENET_C: "Made exactly as in ImageNet-C.",
    Fidelity.OURS: "Made by Fieldcheck.",
}

_dial = component(__file__, name="dial")


def dial(
    *,
    src: str,
    damages: list[tuple[str, CorruptionSpec]],
    levels: list[float],
    label: str | None,
    round_: int,
) -> tuple[list[float], int]:
    """
    Show a frame untouched and damaged; returns the severities let go at, and which was turned last.

    Args:
        src: the dial route of this frame; the chain is appended.
        damages: the corruptions of the chain in order, each with its name in the chain.
        levels: where the sliders go when `round_` is another; else they stay where they are.
        label: what the frame is labelled, if it is.
        round_: changes when a preset was chosen.
    """
    result = _dial(
        key=K.DIAL,
        data={
            "src": src,
            "damages": [
                {
                    "name": name,
                    "title": spec.title,
                    "looks": f"{spec.looks_like} {MADE[spec.fidelity]}",
                }
                for name, spec in damages
            ],
            "levels": levels,
            "label": label or "",
            "round": round_,
        },
        default={"turned": {"levels": [], "active": 0, "round": None}},
        on_turned_change=lambda: None,
    )
    turned = result.turned
    if turned["round"] != round_:  # a preset has come since; the sliders are on their way
        return levels, 0
    # The component may still speak of the damages chosen before.
    kept = [float(level) for level in turned["levels"]] + [0.0] * len(damages)
    return kept[: len(damages)], min(int(turned["active"]), len(damages) - 1)
