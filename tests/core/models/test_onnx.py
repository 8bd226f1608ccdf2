from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.errors import ModelError
from core.metrics.classification import softmax
from core.models.loading import inspect_model, load_model
from core.records import InputSpec, ModelSpec

SPEC = ModelSpec(("ant", "bee", "cat"), InputSpec(resize=8, crop=8))
WEIGHT = np.random.default_rng(5).standard_normal((3, 3)).astype(np.float32)


def saved(path, *, nodes=None, shape=("n", 3, 8, 8), dtype=TensorProto.FLOAT, **save):
    """Mean of each colour, times a matrix; nodes replace what follows the mean."""
    axes = [1, 2] if shape[-1] == 3 else [2, 3]
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["pictures", "axes"], ["means"], keepdims=0),
            *(nodes or [helper.make_node("MatMul", ["means", "weight"], ["scores"])]),
        ],
        "net",
        [helper.make_tensor_value_info("pictures", dtype, shape)],
        [helper.make_tensor_value_info("scores", dtype, (shape[0], 3))],
        [
            numpy_helper.from_array(np.array(axes, dtype=np.int64), "axes"),
            numpy_helper.from_array(
                WEIGHT.astype(helper.tensor_dtype_to_np_dtype(dtype)), "weight"
            ),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, path, **save)
    return path


def pictures(n=4):
    return np.random.default_rng(n).random((n, 3, 8, 8), dtype=np.float32)


def expected(n=4):
    return pictures(n).mean(axis=(2, 3)) @ WEIGHT


@pytest.mark.parametrize("shape", [("n", 3, 8, 8), (1, 3, 8, 8), (3, 3, 8, 8), ("n", 3, "h", "w")])
def test_any_batch_size_a_file_fixes_is_served(tmp_path, shape):
    classifier = load_model(saved(tmp_path / "net.onnx", shape=shape), SPEC)

    logits, embeddings = classifier.forward(pictures())

    np.testing.assert_allclose(logits, expected(), atol=1e-5)
    np.testing.assert_allclose(embeddings, pictures().mean(axis=(2, 3)), atol=1e-5)


def test_colours_last_is_turned(tmp_path):
    classifier = load_model(saved(tmp_path / "net.onnx", shape=("n", 8, 8, 3)), SPEC)

    logits, _ = classifier.forward(pictures())

    np.testing.assert_allclose(logits, expected(), atol=1e-5)


def test_half_precision_is_fed_and_read(tmp_path):
    classifier = load_model(saved(tmp_path / "net.onnx", dtype=TensorProto.FLOAT16), SPEC)

    logits, embeddings = classifier.forward(pictures())

    assert logits.dtype == embeddings.dtype == np.float32
    np.testing.assert_allclose(logits, expected(), atol=1e-2)


def test_a_softmax_at_the_end_gives_the_same_confidence(tmp_path):
    nodes = [
        helper.make_node("Gemm", ["means", "weight"], ["raw"]),
        helper.make_node("Softmax", ["raw"], ["scores"], axis=1),
    ]
    classifier = load_model(saved(tmp_path / "net.onnx", nodes=nodes), SPEC)

    logits, embeddings = classifier.forward(pictures())

    np.testing.assert_allclose(softmax(logits), softmax(expected()), atol=1e-5)
    np.testing.assert_allclose(embeddings, pictures().mean(axis=(2, 3)), atol=1e-5)


def test_weights_in_a_second_file_are_found_and_missed_in_words(tmp_path):
    path = saved(
        tmp_path / "net.onnx",
        save_as_external_data=True,
        location="net.onnx.data",
        size_threshold=60,
    )
    logits, _ = load_model(path, SPEC).forward(pictures())

    (tmp_path / "net.onnx.data").unlink()

    np.testing.assert_allclose(logits, expected(), atol=1e-5)
    with pytest.raises(ModelError, match=r"second file, net\.onnx\.data, which is missing"):
        load_model(path, SPEC)


def test_weights_outside_the_folder_are_not_read(tmp_path):
    (tmp_path / "in").mkdir()
    path = saved(
        tmp_path / "in" / "net.onnx",
        save_as_external_data=True,
        location="net.data",
        size_threshold=60,
    )
    (tmp_path / "in" / "net.data").rename(tmp_path / "net.data")
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "../net.data"
    onnx.save(model, path)

    with pytest.raises(ModelError, match="outside its own folder"):
        load_model(path, SPEC)


def test_an_unknown_operator_is_refused_in_words(tmp_path):
    nodes = [helper.make_node("Magic", ["means"], ["scores"], domain="my.own")]
    path = saved(tmp_path / "net.onnx", nodes=nodes)

    with pytest.raises(ModelError, match=r"refuses net\.onnx: .*my\.own"):
        load_model(path, SPEC)


def test_a_model_that_takes_whole_numbers_is_refused_in_words(tmp_path):
    nodes = [helper.make_node("Identity", ["means"], ["scores"])]
    path = saved(tmp_path / "net.onnx", nodes=nodes, dtype=TensorProto.INT32)

    with pytest.raises(ModelError, match="takes whole numbers"):
        load_model(path, SPEC)


def test_without_a_linear_layer_it_says_so_and_uses_the_logits(tmp_path):
    nodes = [helper.make_node("Identity", ["means"], ["scores"])]
    path = saved(tmp_path / "net.onnx", nodes=nodes)

    classifier = load_model(path, SPEC)
    logits, embeddings = classifier.forward(pictures())

    assert not classifier.has_embeddings
    np.testing.assert_array_equal(embeddings, logits)
    assert any("logits" in note for note in inspect_model(path).notes)


def test_a_product_of_two_activations_is_no_linear_layer(tmp_path):
    nodes = [
        helper.make_node("MatMul", ["means", "weight"], ["mixed"]),
        helper.make_node("Softmax", ["mixed"], ["share"], axis=1),
        helper.make_node("Mul", ["share", "mixed"], ["scores"]),
    ]
    classifier = load_model(saved(tmp_path / "net.onnx", nodes=nodes), SPEC)

    _, embeddings = classifier.forward(pictures())

    np.testing.assert_allclose(embeddings, pictures().mean(axis=(2, 3)), atol=1e-5)


def test_inspection_tells_sizes_and_what_can_go_wrong(tmp_path):
    found = inspect_model(saved(tmp_path / "net.onnx"))

    assert (found.n_outputs, found.channels, found.input_side) == (3, 3, 8)
    assert "cannot start programs" in found.notes[0]
