"""
Makes fingerprints.json, the table architectures.py looks unknown weights up in.

Run `python -m core.models.fingerprints` after an upgrade of timm or torchvision (some minutes on
two cores). Every classification architecture is built without memory for its weights and without
downloads, with a class count no other layer uses, so that the layers with that number in a shape
are its classifier.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator

import timm
import torch
import torchvision

from core.models.architectures import FINGERPRINTS, build, fingerprint

CLASSES = 997  # a prime that no layer width of timm or torchvision equals


def architecture_names() -> list[str]:
    """Every classification architecture of timm and torchvision, as `timm:NAME` ..."""
    ours = torchvision.models.list_models(module=torchvision.models)
    return [f"timm:{name}" for name in timm.list_models()] + [f"torchvision:{n}" for n in ours]


def classifier_layers(shapes: dict[str, tuple[int, ...]]) -> str:
    """The names of the layers whose shape holds the class count, sorted, joined by a space."""
    found = {name.rpartition(".")[0] for name, shape in shapes.items() if CLASSES in shape}
    return " ".join(sorted(found))


def shapes_on_paper(architecture: str, *, n_classes: int = CLASSES) -> dict[str, tuple[int, ...]]:
    """Parameter and buffer shapes of an architecture, without memory for the weights."""
    try:
        with torch.device("meta"):
            model = build(architecture, n_classes=n_classes)
    except NotImplementedError:  # torchvision's regnets read values while they are built
        model = build(architecture, n_classes=n_classes)
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


def table(
    names: Iterable[str], *, on_skip: Callable[[str, str], None]
) -> dict[str, dict[str, list[str]]]:
    """Classifier layers → fingerprint of the rest → architectures."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in names:
        try:
            shapes = shapes_on_paper(name)
        except Exception as error:  # one network that cannot be built must not cost the table
            on_skip(name, f"{type(error).__name__}: {error}")
            continue
        layers = classifier_layers(shapes)
        if not layers:
            on_skip(name, "no classifier")
            continue
        key = fingerprint(shapes, classifier=layers)
        found.setdefault(layers, {}).setdefault(key, []).append(name)
    return found


def _with_progress(names: list[str]) -> Iterator[str]:
    for done, name in enumerate(names):
        print(f"\r{done} of {len(names)}  {name:<60}", end="", file=sys.stderr, flush=True)
        yield name


def main() -> None:
    """Write fingerprints.json and say what was left out."""
    names = architecture_names()
    skipped: list[str] = []
    found = table(_with_progress(names), on_skip=lambda name, why: skipped.append(f"{name}: {why}"))
    FINGERPRINTS.write_text(json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n")
    print(f"\n{len(names) - len(skipped)} architectures; left out:", *skipped, sep="\n  ")


if __name__ == "__main__":
    main()
