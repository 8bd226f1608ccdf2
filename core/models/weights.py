"""safetensors and state_dict files: weights for an architecture that timm or torchvision knows."""

from __future__ import annotations

import argparse
import pickle
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray

from core.errors import ModelError
from core.models import architectures
from core.models.classifier import Classifier
from core.models.opened import Facts, OpenedModel, Run, check_count
from core.models.sidecar import CHANNELS
from core.records import ModelSpec

# Where training scripts keep the weights inside a checkpoint, most usual first.
_WRAPPERS = ("state_dict", "model_state_dict", "model", "weights", "net", "state_dict_ema")
# What wrappers around a network (DataParallel, torch.compile, Lightning) put before each name.
_PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.")
# Plain data that training scripts store beside the weights and torch does not allow by itself.
_PLAIN_DATA = [
    argparse.Namespace,
    np.dtype,
    (np._core.multiarray.scalar, "numpy.core.multiarray.scalar"),  # type: ignore[attr-defined]
    (np._core.multiarray.scalar, "numpy._core.multiarray.scalar"),  # type: ignore[attr-defined]
    *(type(np.dtype(name)) for name in ("float64", "float32", "int64", "int32")),
]


def load_weights(path: Path, spec: ModelSpec, *, is_safetensors: bool) -> Classifier:
    """
    The spec's architecture with the file's weights, every one of them used, as float32.

    Raises:
        ModelError: no architecture given, or the weights do not fit it; names what would fit.
    """
    weights = read_safetensors(path) if is_safetensors else read_state_dict(path)
    shapes = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if spec.architecture is None:
        raise ModelError(
            f"{path.name} holds only weights, so its architecture must be named. "
            f"{_what_fits(shapes)}"
        )
    fitting = architectures.fit(shapes)
    if fitting and spec.architecture in fitting.architectures:
        check_count(fitting.n_outputs, spec.classes)
    is_single = fitting is not None and fitting.n_outputs == 1 and len(spec.classes) == 2
    n_outputs = 1 if is_single else len(spec.classes)
    model = architectures.build(
        spec.architecture,
        n_classes=n_outputs,
        channels=CHANNELS[spec.input.channels],
    )
    complete = model.state_dict()  # with the layers' versions, which files often lack
    _check_fit(complete, shapes, spec)
    complete.update(weights)
    model.load_state_dict(complete, strict=True)
    run = _run(model, n_outputs)
    return OpenedModel(run, spec, name=path.name, facts=Facts(), has_embeddings=True)


def safetensors_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a safetensors file, from its header only."""
    with _plain_safetensors_errors(path), safetensors.safe_open(path, "numpy") as opened:
        shapes = {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118 (not a mapping)
    return dict(zip(_bare_names(shapes), shapes.values(), strict=True))


def read_safetensors(path: Path) -> dict[str, Any]:
    """
    Tensors of a safetensors file, by name.

    Raises:
        ModelError: the file is cut short or damaged.
    """
    with _plain_safetensors_errors(path):
        weights = safetensors.torch.load_file(path)
    return dict(zip(_bare_names(weights), weights.values(), strict=True))


def read_state_dict(path: Path) -> dict[str, Any]:
    """
    Tensors of a file written by `torch.save`, by name, found inside the usual wrappers.

    Raises:
        ModelError: reading it would run code from the file, it is damaged, or has no weights.
    """
    try:
        with torch.serialization.safe_globals(_PLAIN_DATA):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _needs_code(path, str(error)) from None
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        raise ModelError(
            f"{path.name} is damaged or cut short: PyTorch cannot read it. Copy or download it "
            f"again, and compare its size with the original."
        ) from None
    weights = _weights_in(found)
    if not weights:
        raise ModelError(
            f"{path.name} can be read but holds no weights (found: {_kind(found)}). Save the "
            f"model's weights with: torch.save(model.state_dict(), 'FILE.pt')"
        )
    return dict(zip(_bare_names(weights), weights.values(), strict=True))


class _plain_safetensors_errors:  # noqa: N801 (used like a function)
    """Says a damaged safetensors file in plain words."""

    def __init__(self, path: Path) -> None:
        self._name = path.name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, safetensors.SafetensorError | ValueError):
            raise ModelError(
                f"{self._name} is damaged or cut short ({error}). Copy or download it again, and "
                f"compare its size with the original."
            ) from None


def _weights_in(found: object) -> dict[str, Any]:
    if not isinstance(found, Mapping):
        return {}
    for key in _WRAPPERS:
        if isinstance(found.get(key), Mapping):
            return _weights_in(found[key])
    return {name: value for name, value in found.items() if isinstance(value, torch.Tensor)}


def _bare_names(named: Mapping[str, object]) -> list[str]:
    names = [str(name) for name in named]
    for prefix in _PREFIXES:
        if names and all(name.startswith(prefix) for name in names):
            return _bare_names(dict.fromkeys(name.removeprefix(prefix) for name in names))
    return names


def _needs_code(path: Path, reason: str) -> ModelError:
    named = re.search(r"(?:GLOBAL|global:?) ([\w.]+\.[\w.]+)", reason)
    wants = f" (it asks for {named.group(1)})" if named else ""
    file = path.as_posix()
    return ModelError(
        f"{path.name} is not only weights: opening it would run code stored in the file{wants}, "
        f"and that code could do anything on this computer, so it was not opened. If you trust "
        f"whoever gave you the file, and only then, make a plain copy of its weights with\n"
        f'python -c "import torch; '
        f"m = torch.load('{file}', map_location='cpu', weights_only=False); "
        f"m = m.get('state_dict', m.get('model', m)) if isinstance(m, dict) else m; "
        f"torch.save(m.state_dict() if hasattr(m, 'state_dict') else m, '{file}.state.pt')\"\n"
        f"and open {path.name}.state.pt instead. Or ask for the file as safetensors or ONNX."
    )


def _what_fits(shapes: architectures.Shapes) -> str:
    names = architectures.fitting_architectures(shapes)
    if not names:
        return (
            "No architecture of timm or torchvision has exactly these layers. If it is your own "
            "network, save it as ONNX or with torch.export (.pt2), which need no name."
        )
    return f"These fit: {', '.join(names)}. Which one only the person who trained it knows."


def _check_fit(expected: Mapping[str, Any], shapes: architectures.Shapes, spec: ModelSpec) -> None:
    n_classes = len(spec.classes)
    missing = [
        name
        for name in expected
        if name not in shapes and not name.endswith(".num_batches_tracked")
    ]
    unknown = [name for name in shapes if name not in expected]
    other = [
        name
        for name, shape in shapes.items()
        if name in expected and tuple(expected[name].shape) != shape
    ]
    if not (missing or unknown or other):
        return
    if not (missing or unknown) and all(expected[n].shape[:1] == (n_classes,) for n in other):
        check_count(shapes[other[0]][0], spec.classes)
    if not (missing or unknown) and all(expected[n].shape[2:] == shapes[n][2:] for n in other):
        _check_channels(other, expected, shapes)
    parts = [
        f"{len(names)} {what} (such as {names[0]})"
        for names, what in ((missing, "missing"), (unknown, "unknown"), (other, "of other size"))
        if names
    ]
    raise ModelError(
        f"These weights are not those of '{spec.architecture}': {', '.join(parts)}. "
        f"{_what_fits(shapes)}"
    )


def _check_channels(
    names: list[str], expected: Mapping[str, Any], shapes: architectures.Shapes
) -> None:
    if len(names) == 1 and {expected[names[0]].shape[1], shapes[names[0]][1]} == {1, 3}:
        wants = shapes[names[0]][1]
        raise ModelError(
            f"These weights take pictures of {wants} colour channel{'s' if wants > 1 else ''}, "
            f"but the description says {expected[names[0]].shape[1]}. Set channels to "
            f"{'RGB or BGR' if wants == 3 else 'L'}."
        )


def _run(model: Any, n_classes: int) -> Run:
    """The network, with the input of its last linear layer caught on the way."""
    seen = threading.local()  # one thread's dial must not read another's batch

    def remember(_layer: Any, inputs: tuple[Any, ...]) -> None:
        seen.features = inputs[0]

    def run(
        batch: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        with torch.inference_mode():
            logits = model(torch.from_numpy(batch)).numpy()
            return logits, seen.__dict__.pop("features").numpy()

    # a third faster on convolutions at 16 pictures, the same numbers to 1e-6
    model.eval().to(memory_format=torch.channels_last)
    _last_linear(model, n_classes).register_forward_pre_hook(remember)
    return run


def _last_linear(model: Any, n_classes: int) -> Any:
    layers = [
        layer
        for layer in model.modules()
        if isinstance(layer, torch.nn.Linear | torch.nn.Conv2d)
        and layer.weight.shape[0] == n_classes
    ]
    if layers:
        return layers[-1]
    return [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)][-1]


def _kind(found: object) -> str:
    if isinstance(found, Mapping):
        return f"a table with {', '.join(map(str, list(found)[:5]))}" if found else "an empty table"
    return f"a {type(found).__name__}"
