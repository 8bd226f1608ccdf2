"""
Named networks of timm and torchvision: building them, and recognising weights without a name.

A fingerprint is a hash of the names and shapes of all parameters except the classifier's, so it
does not depend on the number of classes. fingerprints.json holds those of every architecture;
core/models/fingerprints.py makes it.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.records import InputSpec

Shapes = Mapping[str, tuple[int, ...]]
"""Parameter and buffer names of a network with their shapes."""

FINGERPRINTS = Path(__file__).with_name("fingerprints.json")

# Counters that older checkpoints lack and loading fills in.
_OPTIONAL = ".num_batches_tracked"
# First layers as timm and torchvision name them: their input channels (3 or 1) do not count.
_FIRST_LAYERS = frozenset(
    f"{name}.weight"
    for name in (
        "conv1", "conv_stem", "stem.conv", "stem.conv1", "stem.0", "stem.conv1.0", "conv1.0",
        "patch_embed.proj", "features.0", "features.0.0", "features.conv0", "conv_proj",
        "stem.0.conv", "stem.conv1.conv",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fit:
    """Architectures that a set of weights fits, and what the weights say by themselves."""

    architectures: tuple[str, ...]
    n_outputs: int
    channels: int  # 3, or 1 for grey


def build(architecture: str, *, n_classes: int, channels: int = 3) -> Any:
    """
    A network with random weights, nothing downloaded.

    Args:
        architecture: `timm:NAME` or `torchvision:NAME`.
        channels: of the input, 3 or 1; torchvision's networks know only 3.

    Raises:
        ModelError: no such architecture, or it cannot take that many channels.
    """
    library, name = _known(architecture)
    if library == "timm":
        import timm

        return timm.create_model(name, pretrained=False, num_classes=n_classes, in_chans=channels)
    import torchvision

    if channels != 3:
        raise ModelError(
            f"'{architecture}' takes colour pictures (RGB or BGR), but the description asks for "
            f"one grey channel. Change channels to RGB, or use a timm architecture."
        )
    # Both warn, and spend seconds in SciPy, unless told; the weights are replaced anyway.
    extra = {"init_weights": False} if name in {"googlenet", "inception_v3"} else {}
    return torchvision.models.get_model(name, weights=None, num_classes=n_classes, **extra)


def fingerprint(shapes: Shapes, *, classifier: str) -> str:
    """
    Hash of parameter names and shapes without the classifier's layers, 12 hex digits.

    Args:
        classifier: names of the classifier's layers, joined by a space.
    """
    layers = tuple(f"{layer}." for layer in classifier.split())
    lines = [
        f"{name} {_channel_free(name, shape)}"
        for name, shape in sorted(shapes.items())
        if not name.startswith(layers) and not name.endswith(_OPTIONAL)
    ]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=6).hexdigest()


def fit(shapes: Shapes) -> Fit | None:
    """Every architecture whose parameters have exactly these names and shapes; None if none."""
    found: list[tuple[str, str]] = []  # classifier layers, architecture
    for classifier, table in _fingerprints().items():
        if all(f"{layer}.weight" in shapes for layer in classifier.split()):
            key = fingerprint(shapes, classifier=classifier)
            found += [(classifier, name) for name in table.get(key, [])]
    if not found:
        return None
    layer = found[0][0].split()[0]
    grey = any(name in _FIRST_LAYERS and shape[1:2] == (1,) for name, shape in shapes.items())
    return Fit(
        architectures=tuple(name for _, name in found),
        n_outputs=shapes[f"{layer}.weight"][0],
        channels=1 if grey else 3,
    )


def fitting_architectures(shapes: Shapes) -> list[str]:
    """Every architecture these weights load into; several, as shapes do not tell twins apart."""
    fitting = fit(shapes)
    return list(fitting.architectures) if fitting else []


def usual_inputs(architecture: str, *, channels: int = 3) -> list[InputSpec]:
    """The preprocessing an architecture's published weights use, the default first, no repeats."""
    library, name = _known(architecture)
    specs = _timm_inputs(name) if library == "timm" else _torchvision_inputs(name)
    return list(dict.fromkeys(grey(spec) if channels == 1 else spec for spec in specs))


def grey(spec: InputSpec) -> InputSpec:
    """The same preprocessing for one grey channel, with mean and std averaged over the colours."""
    mean, std = (sum(values) / len(values) for values in (spec.mean, spec.std))
    return replace(spec, channels="L", mean=(mean,), std=(std,))


def _channel_free(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    is_grey = name in _FIRST_LAYERS and len(shape) == 4 and shape[1] == 1
    return (shape[0], 3, *shape[2:]) if is_grey else tuple(shape)


@cache
def _fingerprints() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = json.loads(FINGERPRINTS.read_text("utf-8"))
    return table


def _known(architecture: str) -> tuple[str, str]:
    library, _, name = architecture.partition(":")
    names = _names(library)
    if name in names:
        return library, name
    everything = names or _names("timm") + _names("torchvision")
    close = difflib.get_close_matches(name or library, everything, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(_with_library(n) for n in close)}?" if close else ""
    raise ModelError(
        f"No architecture is called '{architecture}'.{hint} Write timm:NAME or torchvision:NAME, "
        f"as it was called when the model was trained."
    )


def _with_library(name: str) -> str:
    return f"'timm:{name}'" if name in _names("timm") else f"'torchvision:{name}'"


@cache
def _names(library: str) -> list[str]:
    if library == "timm":
        import timm

        return list(timm.list_models())
    if library == "torchvision":
        import torchvision

        return list(torchvision.models.list_models(module=torchvision.models))
    return []


def _timm_inputs(name: str) -> Iterator[InputSpec]:
    from timm.models import get_arch_pretrained_cfgs, get_pretrained_cfg

    default = get_pretrained_cfg(name)
    for config in [default, *get_arch_pretrained_cfgs(name).values()]:
        if config is None or config.input_size is None:
            continue
        size = config.input_size[-1]
        yield InputSpec(
            # timm.data.transforms_factory.transforms_imagenet_eval; a "squash" keeps its shape here
            resize=math.floor(size / (config.crop_pct or 0.875)),
            interpolation=config.interpolation if config.interpolation != "random" else "bilinear",
            crop=size,
            mean=tuple(config.mean),
            std=tuple(config.std),
        )


def _torchvision_inputs(name: str) -> Iterator[InputSpec]:
    import torchvision

    weights = torchvision.models.get_model_weights(name)
    for entry in [weights.DEFAULT, *weights] if len(weights) else []:
        preset = entry.transforms()
        yield InputSpec(
            resize=preset.resize_size[0],
            interpolation=preset.interpolation.value,
            crop=preset.crop_size[0],
            mean=tuple(preset.mean),
            std=tuple(preset.std),
        )
