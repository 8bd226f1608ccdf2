"""NAME.model.json beside a model file: how it is to be read. Also the form projects keep it in."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.records import InputSpec, ModelSpec

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
CHANNELS = {"RGB": 3, "BGR": 3, "L": 1}


def sidecar_path(path: Path) -> Path:
    """`NAME.model.json` for `NAME.safetensors`."""
    return path.with_suffix(".model.json")


def read_sidecar(path: Path) -> ModelSpec | None:
    """
    What the sidecar of a model file says; None if there is none.

    Raises:
        ModelError: it is there but is not JSON, or says something impossible.
    """
    sidecar = sidecar_path(path)
    if not sidecar.is_file():
        return None
    try:
        found = json.loads(sidecar.read_text("utf-8-sig"))
    except OSError as error:
        raise ModelError(
            f"{sidecar.name} cannot be read: {error.strerror}. Check its permissions."
        ) from None
    except ValueError as error:
        raise ModelError(
            f"{sidecar.name} is not JSON ({error}). Mend it, or move it away and describe the "
            f"model on screen."
        ) from None
    return spec_from_json(found, source=sidecar.name)


def spec_to_json(spec: ModelSpec) -> dict[str, Any]:
    """The sidecar's form of a spec."""
    return {
        "architecture": spec.architecture,
        "classes": list(spec.classes),
        "input": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(spec.input).items()
        },
    }


def spec_from_json(found: Any, *, source: str = "The model's description") -> ModelSpec:
    """
    The spec a sidecar's content describes; unknown keys are left for later versions.

    Args:
        source: the name errors give it.

    Raises:
        ModelError: a key is missing or impossible; says which, what was found, what fits.
    """
    say = _Complaint(source)
    if not isinstance(found, dict):
        raise say("its content", found, 'an object like {"classes": [...], "input": {...}}')
    architecture = found.get("architecture")
    if architecture is not None and not isinstance(architecture, str):
        raise say("'architecture'", architecture, "'timm:NAME', 'torchvision:NAME' or null")
    described = found.get("input")
    if not isinstance(described, dict):
        raise say("'input'", described, 'an object like {"resize": 256, "crop": 224, ...}')
    return ModelSpec(
        classes=_classes(found.get("classes"), say),
        input=_input(described, say),
        architecture=architecture,
    )


class _Complaint:
    """Words an error the same way for every key."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, key: str, found: object, wanted: str) -> ModelError:
        shown = json.dumps(found, default=str)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        what = "is missing" if found is None else f"is {shown}"
        return ModelError(f"{self.source}: {key} {what}. It must be {wanted}.")


def _classes(found: object, say: _Complaint) -> tuple[str, ...]:
    wanted = "a list of at least two different names, in the order of the model's outputs"
    if not isinstance(found, list) or not all(isinstance(name, str) and name for name in found):
        raise say("'classes'", found, wanted)
    if len(found) < 2 or len(set(found)) < len(found):
        raise say("'classes'", found, wanted)
    return tuple(found)


def _input(found: dict[str, Any], say: _Complaint) -> InputSpec:
    known = {field.name for field in fields(InputSpec)}
    given = asdict(InputSpec()) | {key: value for key, value in found.items() if key in known}
    for key in ("channels", "mean", "std"):
        if key not in found:
            raise say(f"input '{key}'", None, "given: a wrong guess would be silently worse")
    channels, interpolation = given["channels"], given["interpolation"]
    if not isinstance(channels, str) or channels not in CHANNELS:
        raise say("input 'channels'", channels, "'RGB', 'BGR' or 'L' (grey)")
    if interpolation not in INTERPOLATIONS:
        raise say("input 'interpolation'", interpolation, f"one of {', '.join(INTERPOLATIONS)}")
    count = CHANNELS[channels]
    return InputSpec(
        channels=channels,
        resize=_side(given["resize"], "resize", say),
        interpolation=interpolation,
        crop=_side(given["crop"], "crop", say),
        mean=_numbers(given["mean"], "mean", count, say),
        std=_numbers(given["std"], "std", count, say, positive=True),
    )


def _side(found: object, key: str, say: _Complaint) -> int | None:
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= 4096:
        raise say(f"input '{key}'", found, "a whole number of pixels from 1 to 4096, or null")
    return found


def _numbers(
    found: object, key: str, count: int, say: _Complaint, *, positive: bool = False
) -> tuple[float, ...]:
    wanted = f"a list of {count} {'numbers above 0' if positive else 'numbers'} on the 0..1 scale"
    if not isinstance(found, list | tuple) or len(found) != count:
        raise say(f"input '{key}'", found, wanted)
    if not all(isinstance(value, int | float) and abs(value) <= 1e3 for value in found):
        raise say(f"input '{key}'", found, wanted)
    if positive and min(found) <= 0:
        raise say(f"input '{key}'", found, wanted)
    return tuple(float(value) for value in found)
