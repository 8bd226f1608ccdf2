from __future__ import annotations

import numpy as np
import pytest

from core.errors import ModelError
from core.metrics.classification import softmax
from core.models.opened import (
    Facts,
    FromProbabilities,
    OpenedModel,
    flat_embeddings,
    in_batches,
    is_probabilities,
)
from core.records import InputSpec, ModelSpec

SPEC = ModelSpec(("ant", "bee"), InputSpec(resize=8, crop=8))


def means(batch):
    """A model of two outputs: the first two colours' means."""
    return batch[:, :2].mean(axis=(2, 3)), batch.mean(axis=(2, 3))


def opened(run=means, spec=SPEC, **facts):
    return OpenedModel(run, spec, name="net.onnx", facts=Facts(**facts), has_embeddings=True)


def pictures(n, side=8, channels=3):
    return np.random.default_rng(n).random((n, channels, side, side), dtype=np.float32)


@pytest.mark.parametrize("n", [1, 3, 4, 5, 9])
def test_a_fixed_batch_is_filled_and_cut_again(n):
    counts = []

    def four_at_a_time(batch):
        counts.append(len(batch))
        return means(batch)

    logits, features = in_batches(four_at_a_time, pictures(n), size=4)

    assert set(counts) == {4}
    np.testing.assert_array_equal(logits, means(pictures(n))[0])
    np.testing.assert_array_equal(features, means(pictures(n))[1])


@pytest.mark.parametrize(
    ("shape", "axes"), [((2, 5), ()), ((2, 7, 5), (1,)), ((2, 5, 3, 4), (2, 3))]
)
def test_embeddings_are_one_row_for_each_picture(shape, axes):
    features = np.random.default_rng(0).random(shape, dtype=np.float32)

    rows = flat_embeddings(features)

    assert rows.shape == (2, 5)
    np.testing.assert_allclose(rows, features.mean(axis=axes) if axes else features, rtol=1e-6)


def test_a_softmax_at_the_end_is_seen_and_undone():
    def ends_in_softmax(batch):
        logits, features = means(batch)
        return softmax(9 * logits).astype(np.float32), features

    raw = opened(ends_in_softmax)
    outputs, _ = raw.forward(pictures(3))
    logits, embeddings = FromProbabilities(raw).forward(pictures(3))

    assert is_probabilities(outputs)
    assert not is_probabilities(means(pictures(3))[0])
    np.testing.assert_allclose(softmax(logits), outputs, atol=1e-6)
    assert embeddings.shape == (3, 3)


def test_a_certain_zero_stays_finite():
    certain = opened(lambda batch: (np.tile(np.float32([1, 0]), (len(batch), 1)), None))

    logits, _ = FromProbabilities(certain).forward(pictures(2))

    assert np.isfinite(logits).all()
    assert softmax(logits)[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"n_outputs": 7}, "7 outputs, but 2 class names"),
        ({"channels": 1}, "1 colour channels.*RGB, which is 3. Set channels to L"),
        ({"channels": 4}, "4 colour channels.*1 or 3 only"),
        ({"side": 32}, "32 × 32 pixels only.*crop 8. Set crop to 32"),
    ],
)
def test_a_description_the_file_contradicts_is_an_error(facts, says):
    with pytest.raises(ModelError, match=says):
        opened(**facts)


def test_what_a_model_cannot_take_is_said_with_size_and_reason():
    def broken(_batch):
        raise RuntimeError("a\nmat1 and mat2 shapes cannot be multiplied\n")

    with pytest.raises(ModelError, match="refuses pictures of 8 × 8 pixels: mat1 and mat2"):
        opened(broken).forward(pictures(1))
