from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ModelError
from core.models.architectures import (
    FINGERPRINTS,
    build,
    fit,
    fitting_architectures,
    usual_inputs,
)
from core.models.fingerprints import architecture_names, shapes_on_paper, table
from core.models.weights import safetensors_shapes
from core.records import InputSpec

SHARED = Path(__file__).resolve().parents[3].parent / "shared"


def shapes_of(architecture, n_classes=5):
    return shapes_on_paper(architecture, n_classes=n_classes)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")
def test_the_grocery_weights_fit_both_twins_and_nothing_else():
    shapes = safetensors_shapes(SHARED / "grocery" / "model" / "grocery_lite0.safetensors")

    found = fitting_architectures(shapes)

    assert found == ["timm:efficientnet_lite0", "timm:tf_efficientnet_lite0"]


@pytest.mark.parametrize(
    "architecture",
    [
        "timm:resnet18",
        "timm:vit_tiny_patch16_224",
        "timm:convnext_tiny",
        "timm:deit_tiny_distilled_patch16_224",
        "torchvision:resnet18",
        "torchvision:mobilenet_v3_small",
        "torchvision:vgg11",
        "torchvision:squeezenet1_1",
        "torchvision:regnet_y_400mf",
    ],
)
@pytest.mark.parametrize("n_classes", [2, 1000])
def test_a_network_is_recognised_whatever_its_number_of_classes(architecture, n_classes):
    found = fit(shapes_of(architecture, n_classes))

    assert found is not None
    assert architecture in found.architectures
    assert found.n_outputs == n_classes
    assert found.channels == 3


def test_a_grey_network_is_recognised_as_grey():
    model = build("timm:resnet18", n_classes=5, channels=1)

    found = fit({name: tuple(tensor.shape) for name, tensor in model.state_dict().items()})

    assert found is not None
    assert "timm:resnet18" in found.architectures
    assert found.channels == 1


def test_old_checkpoints_without_batch_counters_are_recognised():
    shapes = shapes_of("torchvision:resnet18")
    old = {name: s for name, s in shapes.items() if not name.endswith("num_batches_tracked")}

    assert len(old) < len(shapes)
    assert "torchvision:resnet18" in fitting_architectures(old)


def test_one_layer_of_another_width_fits_nothing():
    shapes = shapes_of("timm:resnet18")
    shapes["layer1.0.conv1.weight"] = (63, 64, 3, 3)

    assert fit(shapes) is None


def test_the_table_on_disk_is_what_its_script_makes():
    some = ["timm:tf_efficientnet_lite0", "timm:test_vit", "torchvision:shufflenet_v2_x0_5"]
    skipped = []

    made = table(some, on_skip=lambda name, _why: skipped.append(name))

    assert skipped == []
    for classifier, prints in made.items():
        for key, names in prints.items():
            assert f'"{key}":' in FINGERPRINTS.read_text()
            assert set(names) <= set(fitting_architectures(_blank(names[0], classifier)))


def _blank(architecture, classifier):
    shapes = shapes_of(architecture)
    assert f"{classifier.split()[0]}.weight" in shapes
    return shapes


def test_the_table_covers_the_installed_libraries():
    text = FINGERPRINTS.read_text()

    missing = [name for name in architecture_names() if f'"{name}"' not in text]

    # encoders without a classifier, and what a later release of timm adds
    assert len(missing) < 0.05 * len(architecture_names())
    assert FINGERPRINTS.stat().st_size < 250_000


def test_usual_inputs_are_the_published_ones():
    half = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    tf = usual_inputs("timm:tf_efficientnet_lite0")
    plain = usual_inputs("timm:efficientnet_lite0")
    resnet = usual_inputs("torchvision:resnet50")

    assert tf[0] == InputSpec("RGB", 256, "bicubic", 224, *half)
    assert plain[0] == InputSpec(interpolation="bicubic")
    assert resnet == [InputSpec(resize=232), InputSpec()]
    assert len(set(tf)) == len(tf)


def test_a_grey_network_gets_one_mean():
    (first, *_) = usual_inputs("timm:efficientnet_lite0", channels=1)

    assert first.channels == "L"
    assert first.mean == pytest.approx((0.449,))
    assert len(first.std) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("timm:tf_eficientnet_lite0", "Did you mean.*'timm:tf_efficientnet_lite0'"),
        ("resnet50", "Did you mean.*resnet50'.*Write timm:NAME or torchvision:NAME"),
        ("keras:xception", "No architecture is called 'keras:xception'"),
        ("", "No architecture is called ''"),
    ],
)
def test_an_unknown_architecture_names_close_ones(name, says):
    with pytest.raises(ModelError, match=says):
        build(name, n_classes=2)


def test_torchvisions_networks_refuse_grey_in_words():
    with pytest.raises(ModelError, match="takes colour pictures"):
        build("torchvision:resnet18", n_classes=2, channels=1)
