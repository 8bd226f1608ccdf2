"""ONNX files: a graph of standard operators, run by ONNX Runtime."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from core.errors import ModelError
from core.models.classifier import Classifier
from core.models.opened import Facts, OpenedModel, Run
from core.records import ModelSpec

NOTES = (
    "An ONNX file is a list of standard operations: it cannot start programs, and operations that "
    "ONNX Runtime does not know are refused. A hostile one can still use up memory or time, or "
    "look for a hole in ONNX Runtime.",
)
_NO_FEATURES = (
    "This model has no last linear layer to look into, so pictures are compared by its answers "
    "(its logits) instead.",
)
_FLOATS: Mapping[int, type[np.floating[Any]]] = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.FLOAT16: np.float16,
    onnx.TensorProto.DOUBLE: np.float64,
}


def load_onnx(path: Path, spec: ModelSpec) -> Classifier:
    """
    The graph in an ONNX file, giving the input of its last linear layer too.

    Raises:
        ModelError: damaged, a part is missing, an operator is unknown, or not fed with pictures.
    """
    model = _read(path)
    found = _facts(model, path)
    features = _features(model.graph)
    if features is not None:
        model.graph.output.append(onnx.ValueInfoProto(name=features))
    return OpenedModel(
        _run(_session(model, path), model, path),
        spec,
        name=path.name,
        facts=found,
        has_embeddings=features is not None,
    )


def facts(path: Path) -> Facts:
    """What an ONNX file fixes: the shapes of its input and output."""
    return _facts(_read(path), path)


def _read(path: Path) -> Any:
    try:
        # weights in files beside it are left to the runtime, which looks nowhere else
        model = onnx.load(path, load_external_data=False)
    except Exception:  # DecodeError of protobuf, which comes and goes with onnx
        model = onnx.ModelProto()
    if not model.graph.node or not model.graph.output:
        raise ModelError(
            f"{path.name} is no ONNX model, or is cut short or damaged. Copy or download it again, "
            f"and compare its size with the original."
        )
    for name in sorted(_parts(model)):
        if not (path.parent / name).resolve().is_relative_to(path.parent.resolve()):
            raise ModelError(
                f"{path.name} asks for a file outside its own folder ({name}), so it was not "
                f"opened. Ask whoever gave it to you for one without such a path."
            )
        if not (path.parent / name).is_file():
            raise ModelError(
                f"{path.name} keeps its weights in a second file, {name}, which is missing. Put it "
                f"into the same folder."
            )
    return model


def _parts(model: Any) -> set[str]:
    return {
        entry.value
        for tensor in model.graph.initializer
        for entry in tensor.external_data
        if entry.key == "location"
    }


def _session(model: Any, path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(path.parent.resolve())
    )
    try:
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors share no base class of their own
        raise ModelError(
            f"ONNX Runtime {onnxruntime.__version__} refuses {path.name}: "
            f"{_last_sentence(error)}. Export it again with standard operators."
        ) from None


def _facts(model: Any, path: Path) -> Facts:
    shape = _shape(_picture_input(model, path))
    is_last = _colours_last(shape)
    batch, channels, height, width = [shape[i] for i in (0, 3, 1, 2)] if is_last else shape
    outputs = _shape(model.graph.output[0])
    return Facts(
        n_outputs=outputs[-1] if outputs else None,
        parameters=sum(math.prod(tensor.dims) for tensor in model.graph.initializer),
        channels=channels,
        side=height if height == width else None,
        batch=batch,
        notes=NOTES if _features(model.graph) is not None else NOTES + _NO_FEATURES,
    )


def _picture_input(model: Any, path: Path) -> Any:
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    if len(inputs) == 1 and len(_shape(inputs[0])) == 4:
        if inputs[0].type.tensor_type.elem_type in _FLOATS:
            return inputs[0]
        raise ModelError(
            f"{path.name} takes whole numbers and prepares pictures by itself, which Fieldcheck "
            f"does not feed. Export only the classifier, with prepared pictures (float32) as input."
        )
    names = ", ".join(value.name for value in inputs)
    raise ModelError(
        f"{path.name} takes {names or 'no input'}, where Fieldcheck feeds one batch of pictures "
        f"(pictures, colours, height, width). Export only the classifier."
    )


def _shape(value: Any) -> list[int | None]:
    return [size.dim_value or None for size in value.type.tensor_type.shape.dim]


def _colours_last(shape: list[int | None]) -> bool:
    return shape[3] in {1, 3} and shape[1] not in {1, 3}


def _features(graph: Any) -> str | None:
    """The name of what feeds the last linear layer, found backwards from the first output."""
    makers = {name: node for node in graph.node for name in node.output}
    weights = _constants(graph)
    waiting, seen = [graph.output[0].name], set()
    while waiting:
        node = makers.get(waiting.pop(0))
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if node.op_type in {"Gemm", "MatMul", "Conv"} and node.input[1] in weights:
            return str(node.input[0])
        waiting += node.input
    return None


def _constants(graph: Any) -> set[str]:
    """Names of weights, also of those turned or converted before use."""
    found = {tensor.name for tensor in graph.initializer}
    for node in graph.node:  # a graph's nodes are in order of use
        if node.op_type == "Constant" or (node.input and found.issuperset(node.input)):
            found.update(node.output)
    return found


def _run(session: Any, model: Any, path: Path) -> Run:
    picture = _picture_input(model, path)
    dtype = _FLOATS[picture.type.tensor_type.elem_type]
    is_last = _colours_last(_shape(picture))
    outputs = [model.graph.output[0].name]
    if len(session.get_outputs()) > 1 and (features := _features(model.graph)) is not None:
        outputs.append(features)

    def run(
        batch: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        pictures = batch.astype(dtype, copy=False)
        if is_last:
            pictures = pictures.transpose(0, 2, 3, 1)
        try:
            found = session.run(outputs, {picture.name: np.ascontiguousarray(pictures)})
        except Exception as error:  # ONNX Runtime's errors share no base class of their own
            raise RuntimeError(_last_sentence(error)) from error
        arrays = [np.asarray(array, dtype=np.float32) for array in found]
        return arrays[0], arrays[1] if len(arrays) == 2 else None

    return run


def _last_sentence(error: Exception) -> str:
    return str(error).strip().splitlines()[-1].rpartition(" : ")[2][:200].rstrip(". ")
