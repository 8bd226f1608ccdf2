"""TorchScript files: a small program with its weights. Its layers cannot be looked into."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import ModelError
from core.models.classifier import Classifier
from core.models.opened import Facts, OpenedModel, Run
from core.models.sidecar import CHANNELS
from core.records import ModelSpec

NOTES = (
    "A TorchScript file is a small program. It cannot start other programs or use the network, "
    "and Fieldcheck refuses those that read or write files, but it can use up memory or time, and "
    "a hostile one may look for a hole in PyTorch: open it only if you trust whoever gave it.",
    "TorchScript hides the model's inner features, so pictures are compared by the model's "
    "answers (its logits) instead.",
)
_SIDES = (224, 256, 299, 384, 448, 128, 96, 64, 32)  # px, tried until one is accepted
_FILE_ACCESS = re.compile(r"\b(from_file|(torch|aten|ops)\.save)\b")


def load_torchscript(path: Path, spec: ModelSpec) -> Classifier:
    """
    The program in a TorchScript file, on the processor and in evaluation mode.

    Raises:
        ModelError: damaged, touches files, or refuses pictures of the described size.
    """
    run = _run(_read(path))
    side = spec.input.crop or spec.input.resize or 224
    pair = np.zeros((2, CHANNELS[spec.input.channels], side, side), dtype=np.float32)
    facts = Facts(batch=None if _takes(run, pair) else 1)
    return OpenedModel(run, spec, name=path.name, facts=facts, has_embeddings=False)


def facts(path: Path) -> Facts:
    """What a TorchScript file shows when it is tried on blank pictures of common sizes."""
    model = _read(path)
    parameters = sum(tensor.numel() for tensor in model.parameters())
    run = _run(model)
    for channels in (3, 1):
        for side in _SIDES:
            blank = np.zeros((1, channels, side, side), dtype=np.float32)
            if _takes(run, blank):
                return Facts(
                    n_outputs=run(blank)[0].shape[1],
                    parameters=parameters,
                    channels=channels,
                    side=None if side == _SIDES[0] else side,
                    notes=NOTES,
                )
    return Facts(parameters=parameters, notes=NOTES)


def _read(path: Path) -> Any:
    _check_harmless(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TorchScript is deprecated, which helps nobody here
            return torch.jit.load(str(path), map_location="cpu").eval()
    except (RuntimeError, ValueError, zipfile.BadZipFile):
        raise ModelError(
            f"{path.name} looks like TorchScript, but PyTorch {torch.__version__} cannot read it. "
            f"It may be damaged, or need parts that are not installed; ONNX would need none."
        ) from None


def _check_harmless(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".py") and _FILE_ACCESS.search(archive.read(name).decode("utf-8")):
                raise ModelError(
                    f"{path.name} reads or writes files by itself, which no classifier needs, so "
                    f"it was not opened. Ask whoever gave it to you for ONNX or safetensors."
                )


def _run(model: Any) -> Run:
    def run(
        batch: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        # the optimising executor compiles anew for each count of pictures: seconds, gaining nothing
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            return first_output(model(torch.from_numpy(batch))).float().numpy(), None

    return run


def first_output(found: Any) -> Any:
    """The logits of a model that returns several things: the first, or the one called so."""
    while not isinstance(found, torch.Tensor):
        if isinstance(found, dict):
            found = found.get("logits", next(iter(found.values())))
        else:
            found = found[0]
    return found


def _takes(run: Run, batch: NDArray[np.float32]) -> bool:
    try:
        logits, _ = run(batch)
    except RuntimeError:
        return False
    return logits.ndim == 2 and len(logits) == len(batch)
