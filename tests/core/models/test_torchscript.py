from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import ModelError
from core.models.loading import inspect_model, load_model
from core.records import InputSpec, ModelSpec

SPEC = ModelSpec(("ant", "bee", "cat"), InputSpec(resize=16, crop=16))


class OnePicture(nn.Module):
    """Forgets the batch, as exports made for one picture do."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(12, 3)

    def forward(self, x):
        return self.last(nn.functional.adaptive_avg_pool2d(x, 2).reshape(1, 12))


class Thief(nn.Module):
    def forward(self, x):
        stolen = torch.from_file("secret.bin", False, 3, dtype=torch.float32)
        return x.mean((2, 3)) + stolen


class Named(nn.Module):
    def forward(self, x):
        return {"features": x, "logits": x.mean((2, 3))}


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def saved(model, path, *, traced=False):
    model = model.eval()
    program = (
        torch.jit.trace(model, torch.rand(1, 3, 16, 16)) if traced else torch.jit.script(model)
    )
    program.save(path)
    return path


def pictures(n, side=16):
    return np.random.default_rng(n).random((n, 3, side, side), dtype=np.float32)


@pytest.mark.parametrize("traced", [True, False])
def test_a_program_for_one_picture_answers_many(tmp_path, traced):
    model = OnePicture()
    path = saved(model, tmp_path / "one.pt", traced=traced)

    logits, _ = load_model(path, SPEC).forward(pictures(5))

    expected = [model(torch.from_numpy(one[None])).detach().numpy()[0] for one in pictures(5)]
    np.testing.assert_allclose(logits, expected, atol=1e-6)


def test_a_program_that_reads_files_is_refused(tmp_path):
    path = saved(Thief(), tmp_path / "thief.pt")

    with pytest.raises(ModelError, match="reads or writes files by itself"):
        load_model(path, SPEC)
    with pytest.raises(ModelError, match="reads or writes files by itself"):
        inspect_model(path)


def test_of_several_outputs_the_logits_are_taken(tmp_path):
    path = saved(Named(), tmp_path / "named.pt")

    logits, _ = load_model(path, SPEC).forward(pictures(2))

    np.testing.assert_allclose(logits, pictures(2).mean(axis=(2, 3)), atol=1e-6)


def test_a_program_says_what_can_and_cannot_go_wrong(tmp_path):
    found = inspect_model(saved(Named(), tmp_path / "named.pt"))

    assert found.n_outputs == 3
    assert "cannot start other programs" in found.notes[0]
    assert "only if you trust" in found.notes[0]


def test_a_program_that_refuses_the_size_says_which(tmp_path):
    path = saved(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64 * 64, 3)), tmp_path / "sized.pt")

    with pytest.raises(ModelError, match=r"sized\.pt refuses pictures of 16 × 16 pixels"):
        load_model(path, SPEC)

    assert inspect_model(path).input_side == 64
