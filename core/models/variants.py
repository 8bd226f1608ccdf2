"""Other ways a model's pictures could have been prepared: what to try against the present one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.models.architectures import usual_inputs
from core.records import InputSpec
from core.settings import SCALINGS, SETTINGS, scaling, scaling_name

PARTS = ("colour order", "value range", "shrinking", "size")
"""What a preparation consists of, each of which can be wrong by itself."""

_FIELDS = {
    "colour order": ("channels",),
    "value range": ("mean", "std"),
    "shrinking": ("interpolation",),
    "size": ("resize", "crop"),
}
_SIDES = (96, 128, 160, 192, 224, 256, 288, 320, 384, 448)  # px, what networks are trained at
_SHARES = (0.875, 1.0, 0.95)  # of the shrunk short side that is looked at
_USUAL_SIDE = 224
_MOST_USUAL = 3


@dataclass(frozen=True, slots=True)
class Variant:
    """One other preparation, and which parts of it differ."""

    spec: InputSpec
    parts: tuple[str, ...]  # of PARTS


def variants(spec: InputSpec, *, architecture: str | None = None) -> list[Variant]:
    """
    Every preparation worth trying instead, the likeliest first, no repeats.

    Each differs in one part: colour order, mean and std (which is also the value range: 0..1,
    -1..1 or 0..255), the filter that shrinks, or size and crop. Besides, the preparations that an
    architecture's published weights use, as a whole.

    Args:
        architecture: "timm:NAME" or "torchvision:NAME"; None knows no usual preparation.
    """
    whole = [] if architecture is None else _usual(spec, architecture)
    single = [*_scalings(spec), *_orders(spec), *_sizes(spec), *_filters(spec)]
    fitting = [other for other in dict.fromkeys([*whole, *single]) if other != spec]
    return [Variant(other, differing(spec, other)) for other in fitting]


def differing(one: InputSpec, other: InputSpec) -> tuple[str, ...]:
    """The parts in which two preparations differ."""
    return tuple(
        part
        for part in PARTS
        if any(getattr(one, name) != getattr(other, name) for name in _FIELDS[part])
    )


def with_parts(spec: InputSpec, other: InputSpec, parts: Sequence[str]) -> InputSpec:
    """`spec` with the named parts as they are in `other`."""
    taken = {name: getattr(other, name) for part in parts for name in _FIELDS[part]}
    return replace(spec, **taken)


def larger(spec: InputSpec, *, times: float = 1.5) -> InputSpec | None:
    """The same preparation at a larger input; None where the working size has no more to give."""
    side = spec.crop or spec.resize
    if side is None or round(side * times) > SETTINGS.working_short_side:
        return None
    return replace(
        spec,
        resize=round(spec.resize * times) if spec.resize else None,
        crop=round(spec.crop * times) if spec.crop else None,
    )


def _usual(spec: InputSpec, architecture: str) -> list[InputSpec]:
    channels = 1 if spec.channels == "L" else 3
    return usual_inputs(architecture, channels=channels)[:_MOST_USUAL]


def _scalings(spec: InputSpec) -> Iterator[InputSpec]:
    present = scaling_name(spec.mean, spec.std, channels=spec.channels)
    for name in SCALINGS:
        if name != present:
            yield _scaled(spec, name)


def _scaled(spec: InputSpec, name: str) -> InputSpec:
    mean, std = scaling(name, channels=spec.channels)
    return replace(spec, mean=mean, std=std)


def _orders(spec: InputSpec) -> Iterator[InputSpec]:
    """The other colour order. Numbers stay as written, but ImageNet's follow their colours."""
    if spec.channels == "L":
        return
    other = replace(spec, channels="BGR" if spec.channels == "RGB" else "RGB")
    name = scaling_name(spec.mean, spec.std, channels="RGB") or scaling_name(
        spec.mean, spec.std, channels="BGR"
    )
    yield _scaled(other, name) if name else other


def _sizes(spec: InputSpec) -> Iterator[InputSpec]:
    side = spec.crop or spec.resize or _USUAL_SIDE
    share = spec.crop / spec.resize if spec.crop and spec.resize else _SHARES[0]
    smaller = [one for one in _SIDES if one < side][-1:]
    bigger = [one for one in _SIDES if one > side][:1]
    for other in dict.fromkeys([_USUAL_SIDE, *bigger, *smaller, _SIDES[-2]]):
        if other != side:
            for part in dict.fromkeys([share, _SHARES[0]] if other == _USUAL_SIDE else [share]):
                if round(other / part) <= SETTINGS.working_short_side:
                    yield replace(spec, resize=round(other / part), crop=other)
    for part in _SHARES:
        yield replace(spec, resize=round(side / part), crop=side)


def _filters(spec: InputSpec) -> Iterator[InputSpec]:
    for name in ("bilinear", "bicubic", "lanczos", "nearest"):
        yield replace(spec, interpolation=name)
