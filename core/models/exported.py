"""torch.export files (.pt2): a graph of PyTorch's operators with its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.export.graph_signature import InputKind, OutputKind

from core.errors import ModelError
from core.models.classifier import Classifier
from core.models.exported_check import check_harmless
from core.models.opened import Facts, OpenedModel, Run
from core.records import ModelSpec

NOTES = (
    "A .pt2 file can be made to run code when PyTorch opens it. Fieldcheck looks inside first and "
    "opens only those that hold plain numbers and PyTorch's own operators.",
)
_NO_FEATURES = (
    "This model has no last linear layer to look into, so pictures are compared by its answers "
    "(its logits) instead.",
)
_LINEAR = frozenset({"linear", "addmm", "mm", "matmul", "conv2d", "convolution"})


def load_exported(path: Path, spec: ModelSpec) -> Classifier:
    """
    The graph in a .pt2 file, giving the input of its last linear layer too.

    Raises:
        ModelError: damaged, able to run code, or not made for one batch of pictures.
    """
    program = _read(path)
    found = _facts(program, path)
    return OpenedModel(
        _run(program, path),
        spec,
        name=path.name,
        facts=found,
        has_embeddings=_features(program) is not None,
    )


def facts(path: Path) -> Facts:
    """What a .pt2 file fixes: the sizes its graph was made for."""
    return _facts(_read(path), path)


def _read(path: Path) -> Any:
    check_harmless(path)
    try:
        with path.open("rb") as file:
            return torch.export.load(file)
    except Exception as error:  # the format's reader raises whatever its parts raise
        reason = str(error).strip().splitlines()
        raise ModelError(
            f"{path.name} cannot be read by PyTorch {torch.__version__}: "
            f"{reason[0][:200] if reason else type(error).__name__}. It may be damaged, or made "
            f"on a graphics card; export it again on the processor (model.cpu())."
        ) from None


def _facts(program: Any, path: Path) -> Facts:
    picture = _picture_node(program, path).meta["val"]
    logits = _output_node(program).meta["val"]
    batch, channels, height, width = (_fixed(size) for size in picture.shape)
    return Facts(
        n_outputs=_fixed(logits.shape[-1]),
        parameters=sum(tensor.numel() for _, tensor in program.named_parameters()),
        channels=channels,
        side=height if height == width else None,
        batch=batch,
        notes=NOTES if _features(program) is not None else NOTES + _NO_FEATURES,
    )


def _fixed(size: Any) -> int | None:
    return size if isinstance(size, int) else None


def _picture_node(program: Any, path: Path) -> Any:
    names = program.graph_signature.user_inputs
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    if len(names) == 1 and len(nodes[names[0]].meta["val"].shape) == 4:
        return nodes[names[0]]
    raise ModelError(
        f"{path.name} takes {len(names)} inputs instead of one batch of pictures (pictures, "
        f"colours, height, width). Export only the classifier, with a batch of pictures as input."
    )


def _output_index(program: Any) -> int:
    kinds = [spec.kind for spec in program.graph_signature.output_specs]
    return kinds.index(OutputKind.USER_OUTPUT)  # changed buffers come before it


def _output_node(program: Any) -> Any:
    (output,) = (node for node in program.graph.nodes if node.op == "output")
    return output.args[0][_output_index(program)]


def _features(program: Any) -> Any | None:
    """The node that feeds the last linear layer, found backwards from the output."""
    waiting, seen = [_output_node(program)], set()
    while waiting:
        node = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if node.op == "call_function" and _operator(node) in _LINEAR:
            # addmm(bias, input, weight); all others have the input first
            return node.args[1 if _operator(node) == "addmm" else 0]
        waiting += node.all_input_nodes
    return None


def _operator(node: Any) -> str:
    return str(node.target).split(".")[1] if "." in str(node.target) else ""  # aten.NAME.overload


def _run(program: Any, path: Path) -> Run:
    graph = program.graph_module
    picture = _picture_node(program, path)
    dtype = picture.meta["val"].dtype
    features = _features(program)
    (output,) = (node for node in graph.graph.nodes if node.op == "output")
    wanted = [_output_node(program)] + ([features] if features is not None else [])
    output.args = (tuple(wanted),)
    graph.recompile()
    weights = {**program.state_dict, **program.constants}
    signature = program.graph_signature.input_specs
    feed = [(entry.kind is InputKind.USER_INPUT, entry.target) for entry in signature]

    def run(
        batch: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        pictures = torch.from_numpy(batch).to(dtype)
        with torch.inference_mode():
            found = graph(*(pictures if is_picture else weights[name] for is_picture, name in feed))
        arrays = [tensor.float().numpy() for tensor in found]
        return arrays[0], arrays[1] if len(arrays) == 2 else None

    return run
