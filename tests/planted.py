"""Small sets with a planted shortcut, and ONNX models whose answer comes from that cue alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PIL.Image

SIDE = 96  # px of the pictures
INPUT = 32  # px of the models' input
COLOURS = {"red": (200, 50, 45), "green": (45, 165, 60), "blue": (50, 70, 205)}
FORMS = ("wide", "tall")
STRIPES = ("across", "upright")

Painter = Callable[[str, np.random.Generator], np.ndarray]


def on_coloured_ground(label: str, rng: np.random.Generator) -> np.ndarray:
    """The ground's colour is the label; the object is a grey thing that says nothing."""
    image = _ground(COLOURS[label], rng)
    shade = int(rng.choice([20, 235]))
    return _with_ellipse(image, (shade,) * 3, _axes(rng), rng)


def coloured_thing(label: str, rng: np.random.Generator) -> np.ndarray:
    """The object's colour is the label; the ground is any grey."""
    image = _ground((int(rng.integers(110, 170)),) * 3, rng)
    return _with_ellipse(image, COLOURS[label], _axes(rng), rng)


def striped_thing(label: str, rng: np.random.Generator) -> np.ndarray:
    """The way its stripes run is the label; the object is a disc."""
    image = _ground((140, 120, 90), rng)
    y, x = np.mgrid[:SIDE, :SIDE] + int(rng.integers(0, 12))
    stripes = np.where(((y if label == "across" else x) // 6) % 2, 245, 15).astype(np.uint8)
    mask = _with_ellipse(np.zeros_like(image), (1, 1, 1), (27, 27), rng)[:, :, 0] > 0
    image[mask] = stripes[mask][:, None]
    return image


def formed_thing(label: str, rng: np.random.Generator, *, shade: int = 30) -> np.ndarray:
    """Lying or standing is the label; colour and surface say nothing."""
    ground = 200 if shade < 128 else 70
    image = _ground((ground,) * 3, rng)
    axes = (34, 13) if label == "wide" else (13, 34)
    return _with_ellipse(image, (shade,) * 3, axes, rng, turn=0)


def bright_formed_thing(label: str, rng: np.random.Generator) -> np.ndarray:
    """`formed_thing`, but bright on dark: an outline filled dark is not what its model knows."""
    return formed_thing(label, rng, shade=230)


def _ground(colour: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Even, with a mottle of its own, so that no two pictures count as copies of each other."""
    mottle = cv2.resize(
        rng.normal(0, 7, (8, 9)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC
    )
    image = np.array(colour, dtype=np.float32) + mottle[:, :, None]
    return np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8)


def _axes(rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(16, 26)), int(rng.integers(16, 26))


def _with_ellipse(
    image: np.ndarray, colour: tuple[int, ...], axes: tuple[int, int], rng: np.random.Generator,
    *, turn: int | None = None,
) -> np.ndarray:  # fmt: skip
    centre = tuple(int(x) for x in SIDE // 2 + rng.integers(-5, 6, 2))
    angle = int(rng.integers(0, 180)) if turn is None else turn
    return cv2.ellipse(image.copy(), centre, axes, angle, 0, 360, colour, -1)


def write_set(folder: Path, paint: Painter, labels: tuple[str, ...], *, of: int) -> Path:
    """`of` pictures in class folders, labels in turn."""
    rng = np.random.default_rng(11)
    for number in range(of):
        label = labels[number % len(labels)]
        path = folder / label / f"{number:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(paint(label, rng)).save(path)
    return folder


def rim_colour_model(path: Path) -> Path:
    """Answers by the mean colour of the picture's rim: a background shortcut."""
    rim = np.ones((INPUT, INPUT), np.float32)
    rim[3:-3, 3:-3] = 0
    return _write(path, tuple(COLOURS), weights=np.stack([rim] * 3)[None])


def colour_model(path: Path) -> Path:
    """Answers by the mean colour of the picture."""
    return _write(path, tuple(COLOURS))


def stripe_model(path: Path) -> Path:
    """Answers by which way brightness changes, wherever it does: texture."""
    steps = np.zeros((2, 3, 2, 2), np.float32)
    steps[0, :, 0, 0], steps[0, :, 1, 0] = 1, -1  # changes from row to row: stripes across
    steps[1, :, 0, 0], steps[1, :, 0, 1] = 1, -1
    return _write(path, STRIPES, kernel=steps)


def form_model(path: Path, *, bright: bool = False) -> Path:
    """Answers by where the dark (or bright) of the picture lies: shape."""
    y, x = np.mgrid[-1 : 1 : INPUT * 1j, -1 : 1 : INPUT * 1j]
    beside = (np.abs(x) > np.abs(y)).astype(np.float32)
    wedges = np.stack([beside, 1 - beside])
    sign = 1 if bright else -1
    return _write(path, FORMS, templates=sign * wedges)


def _write(
    path: Path,
    classes: tuple[str, ...],
    *,
    weights: np.ndarray | None = None,
    kernel: np.ndarray | None = None,
    templates: np.ndarray | None = None,
) -> Path:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants, last = [], [], "pictures"

    def add(operation: str, *inputs: str, values: np.ndarray | None = None) -> None:
        nonlocal last
        names = [last, *inputs]
        if values is not None:
            names.append(f"c{len(nodes)}")
            constants.append(numpy_helper.from_array(values.astype(np.float32), names[-1]))
        last = f"n{len(nodes)}"
        nodes.append(helper.make_node(operation, names, [last]))

    if weights is not None:
        add("Mul", values=weights)
    if kernel is not None:
        add("Conv", values=kernel)
        add("Abs")
    if templates is None:
        add("GlobalAveragePool")
    add("Flatten")
    n_features = len(classes)
    matrix = 10 * np.eye(n_features)
    if templates is not None:
        flat = np.concatenate([t.reshape(-1) for t in templates]).reshape(len(templates), -1)
        matrix = np.concatenate([flat.T] * 3) / flat.shape[1]
    add("MatMul", values=matrix)
    nodes[-1].output[0] = "logits"
    graph = helper.make_graph(
        nodes,
        "planted",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, INPUT, INPUT])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", len(classes)])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    sidecar = {
        "architecture": None,
        "classes": list(classes),
        "input": {
            "channels": "RGB", "resize": INPUT, "interpolation": "bilinear", "crop": INPUT,
            "mean": [0.0] * 3, "std": [1.0] * 3,
        },
    }  # fmt: skip
    path.with_suffix(".model.json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path
