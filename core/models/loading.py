"""Opening a model file: what it is, by its content, and the classifier in it."""

from __future__ import annotations

import codecs
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ModelError
from core.models import architectures
from core.models.classifier import Classifier
from core.models.opened import (
    Facts,
    FromOneScore,
    FromProbabilities,
    check_count,
    is_one_score,
    is_probabilities,
    is_sigmoid,
)
from core.models.sidecar import CHANNELS, read_sidecar, sidecar_path
from core.records import ModelSpec

_DAMAGED = "is cut short or damaged. Copy or download it again, and compare its size."

# How files that are no models begin, and what to say of them.
_NOT_MODELS: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "is a JPEG picture. Choose the model's own file.",
    b"\x89PNG": "is a PNG picture. Choose the model's own file.",
    b"GIF8": "is a GIF picture. Choose the model's own file.",
    b"RIFF": "is a WebP picture or a sound. Choose the model's own file.",
    b"BM": "is a BMP picture. Choose the model's own file.",
    b"II*\x00": "is a TIFF picture. Choose the model's own file.",
    b"MM\x00*": "is a TIFF picture. Choose the model's own file.",
    b"%PDF": "is a PDF document. Choose the model's own file.",
    b"version https://git-lfs": "only points to the model, which stayed on its server. In the "
    "folder it came from, run: git lfs pull",
    b"\x89HDF": "is a Keras or HDF5 file, which Fieldcheck does not open. Convert it to ONNX with "
    "the program that made it (tf2onnx).",
    b"\x1f\x8b": "is a packed archive. Unpack it and choose the model in it.",
    b"7z\xbc\xaf": "is a packed archive. Unpack it and choose the model in it.",
}

_STRENGTHS = (1, -1, 10, -10, 100, -100)
"""Times a noisy picture: a score without a sigmoid leaves 0..1 on one of them."""

_NEEDED = (
    "Fieldcheck needs to know its class names in order, and how pictures are prepared "
    "(size, colour order, mean and std)"
)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a model file says by itself, before anyone describes it."""

    path: Path
    format: str  # "weights", "torchscript", "exported" or "onnx"
    n_outputs: int | None  # None where only running it would tell
    parameters: int | None  # how many numbers it learned
    architectures: tuple[str, ...]  # that its weights fit; only "weights" needs one
    sidecar: ModelSpec | None
    notes: tuple[str, ...]  # what a person should know before trusting or using it
    channels: int = 3  # colours it takes: 3, or 1 for grey
    input_side: int | None = None  # px, where the file fixes the size of its pictures


def load_model(path: Path, spec: ModelSpec | None = None) -> Classifier:
    """
    The classifier in a file, tried once on a blank picture.

    Args:
        spec: how to read it; None takes the sidecar's word.

    Raises:
        ModelError: not a model, needs code, not described, or its description does not fit.
    """
    kind = file_kind(path)
    spec = spec or read_sidecar(path)
    if spec is None:
        raise ModelError(_undescribed(path, kind))
    return _tried(_opened(path, spec, kind), path)


def inspect_model(path: Path) -> ModelFile:
    """
    What a model file says by itself. Weights are not read where the header tells enough.

    Raises:
        ModelError: not a model, damaged, or its sidecar is wrong.
    """
    kind = file_kind(path)
    sidecar = read_sidecar(path)
    if kind in {"safetensors", "pickle"}:
        return _inspected_weights(path, sidecar, is_safetensors=kind == "safetensors")
    facts = _facts(path, kind)
    return ModelFile(
        path=path,
        format=kind,
        n_outputs=facts.n_outputs,
        parameters=facts.parameters,
        architectures=(),
        sidecar=sidecar,
        notes=facts.notes,
        channels=facts.channels or 3,
        input_side=facts.side,
    )


def file_kind(path: Path) -> str:
    """
    "safetensors", "pickle", "exported", "torchscript" or "onnx", told from the content.

    Raises:
        ModelError: missing, empty, or none of these; says what it is instead.
    """
    start = _start(path)
    for signature, verdict in _NOT_MODELS.items():
        if start.startswith(signature):
            raise ModelError(f"{path.name} {verdict}")
    if start.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000:
        return "safetensors"
    if start.startswith(b"\x80"):  # a pickle of protocol 2 or later
        return "pickle"
    if start.startswith(b"\x08") and not _is_text(start):  # ONNX's first field, its version
        return "onnx"
    what = "is a text" if _is_text(start) else "is not a model file that Fieldcheck knows"
    raise ModelError(
        f"{path.name} {what}. Fieldcheck opens safetensors, PyTorch weights (.pt, .pth), .pt2, "
        f"TorchScript and ONNX."
    )


def _start(path: Path) -> bytes:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ModelError(f"{path} {what}. Choose a model file.")
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read: {error.strerror}.") from None
    if not start:
        raise ModelError(f"{path.name} is empty (0 bytes). Copy or download it again.")
    return start


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.partition("/")[2] or name for name in archive.namelist()}
            tops = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        raise ModelError(f"{path.name} {_DAMAGED}") from None
    if "archive_format" in names or "serialized_exported_program.json" in tops:
        return "exported"
    if "constants.pkl" in names:
        return "torchscript"
    if "data.pkl" in names:
        return "pickle"
    raise ModelError(
        f"{path.name} is a zip archive without a PyTorch model in it. Unpack it and choose the "
        f"model's own file."
    )


def _is_text(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # may end inside a letter
    except UnicodeDecodeError:
        return False
    return all(byte >= 32 or byte in b"\t\n\r\f" for byte in start)


def _undescribed(path: Path, kind: str) -> str:
    wants = f"{path.name} does not say how to read it, and no {sidecar_path(path).name} lies beside"
    weights = kind in {"safetensors", "pickle"}
    options = ("--architecture " if weights else "") + (
        "--classes --resize --interpolation --crop --mean --std --channels"
    )
    return (
        f"{wants} it. {_NEEDED}{', and its architecture' if weights else ''}. Open it on screen, "
        f"where they are asked for and tried out, or give them as {options}."
    )


def _opened(path: Path, spec: ModelSpec, kind: str) -> Classifier:
    if kind in {"safetensors", "pickle"}:
        from core.models.weights import load_weights

        return load_weights(path, spec, is_safetensors=kind == "safetensors")
    if kind == "exported":
        from core.models.exported import load_exported

        return load_exported(path, spec)
    if kind == "torchscript":
        from core.models.torchscript import load_torchscript

        return load_torchscript(path, spec)
    from core.models.onnx import load_onnx

    return load_onnx(path, spec)


def _facts(path: Path, kind: str) -> Facts:
    if kind == "exported":
        from core.models import exported

        return exported.facts(path)
    if kind == "torchscript":
        from core.models import torchscript

        return torchscript.facts(path)
    from core.models import onnx

    return onnx.facts(path)


def _inspected_weights(path: Path, sidecar: ModelSpec | None, *, is_safetensors: bool) -> ModelFile:
    from core.models import weights

    if is_safetensors:
        shapes = weights.safetensors_shapes(path)
    else:
        shapes = {k: tuple(v.shape) for k, v in weights.read_state_dict(path).items()}
    fitting = architectures.fit(shapes)
    # Beside a description that names one of them, the other possibilities would only confuse.
    is_settled = bool(fitting and sidecar and sidecar.architecture in fitting.architectures)
    return ModelFile(
        path=path,
        format="weights",
        n_outputs=fitting.n_outputs if fitting else None,
        parameters=sum(math.prod(shape) for shape in shapes.values()),
        architectures=fitting.architectures if fitting else (),
        sidecar=sidecar,
        notes=() if is_settled else _weights_notes(fitting),
        channels=fitting.channels if fitting else 3,
    )


def _weights_notes(fitting: architectures.Fit | None) -> tuple[str, ...]:
    if fitting is None:
        return (
            "No architecture of timm or torchvision has exactly these layers. If it is your own "
            "network, save it as ONNX or with torch.export (.pt2), which need no name.",
        )
    if len(fitting.architectures) > 1:
        return (
            f"These weights fit {' and '.join(fitting.architectures)} alike, and the wrong one "
            f"answers worse without an error. Labelled reference pictures tell them apart.",
        )
    return ()


def _tried(classifier: Classifier, path: Path) -> Classifier:
    """The classifier, or its complaint about a blank and a noisy picture of the described size."""
    spec = classifier.spec
    side = spec.input.crop or spec.input.resize or 224
    shape = (2, CHANNELS[spec.input.channels], side, side)
    noise = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    outputs, _ = classifier.forward(noise)
    is_single = is_one_score(outputs, spec.classes)
    if outputs.ndim != 2 and not is_single:
        raise ModelError(
            f"{path.name} is no classifier of whole pictures: for two pictures its output has the "
            f"shape {tuple(outputs.shape)} instead of one row of scores each."
        )
    check_count(1 if is_single else outputs.shape[1], spec.classes)
    if not np.isfinite(outputs).all():
        raise ModelError(
            f"{path.name} answers with numbers that are not finite, so its weights are damaged. "
            f"Copy or download it again."
        )
    if is_single:
        strong = [classifier.forward(noise * np.float32(scale))[0] for scale in _STRENGTHS]
        return FromOneScore(classifier, is_probability=is_sigmoid(np.concatenate(strong)))
    return FromProbabilities(classifier) if is_probabilities(outputs) else classifier
