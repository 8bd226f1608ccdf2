from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.torch
import torch

from core.models.architectures import build
from core.records import InputSpec, ModelSpec

ARCHITECTURE = "timm:test_resnet"


@pytest.fixture
def spec() -> ModelSpec:
    return ModelSpec(("ant", "bee", "cat"), InputSpec(resize=64, crop=56), ARCHITECTURE)


@pytest.fixture(scope="session")
def network() -> torch.nn.Module:
    """A small real network with three outputs."""
    torch.manual_seed(1)
    return build(ARCHITECTURE, n_classes=3).eval()


@pytest.fixture(scope="session")
def weights_file(network, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    safetensors.torch.save_file(network.state_dict(), path)
    return path
