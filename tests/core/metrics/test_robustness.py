from __future__ import annotations

import pytest

from core.metrics import robustness

# methods 2.2, recomputed from RobustBench's file: per-corruption CE of ResNet-50, percent
RESNET50 = {
    "gaussian_noise": 77.7, "shot_noise": 79.8, "impulse_noise": 80.7, "defocus_blur": 74.3,
    "glass_blur": 88.1, "motion_blur": 78.6, "zoom_blur": 80.0, "snow": 78.2, "frost": 75.4,
    "fog": 66.2, "brightness": 57.6, "contrast": 71.3, "elastic_transform": 84.9,
    "pixelate": 76.7, "jpeg_compression": 76.1,
}  # fmt: skip


def steps(mean: float) -> list[float]:
    """Five errors of that mean that are not alike, so that a mean of ratios would differ."""
    return [mean * (1 + place / 10) for place in (-2, -1, 0, 1, 2)]


def test_resnet50_has_its_published_figures_as_a_ratio_of_sums():
    errors = {
        name: steps(ce / 100 * robustness.ALEXNET_ERROR[name]) for name, ce in RESNET50.items()
    }

    found = robustness.mean_corruption_error(errors, clean_error=0.2386)

    assert found is not None
    assert found.mce == pytest.approx(76.38, abs=0.01)


def test_alexnet_has_100():
    errors = {name: steps(error) for name, error in robustness.ALEXNET_ERROR.items()}

    found = robustness.mean_corruption_error(errors, clean_error=robustness.ALEXNET_CLEAN)

    assert found is not None
    assert (found.mce, found.relative) == (pytest.approx(100), pytest.approx(100))


def test_relative_takes_the_clean_error_off_both_models():
    errors = {name: [0.5 + error - 0.435] * 5 for name, error in robustness.ALEXNET_ERROR.items()}

    found = robustness.mean_corruption_error(errors, clean_error=0.5)

    assert found is not None
    assert found.relative == pytest.approx(100)
    assert found.mce > 100


@pytest.mark.parametrize("missing", [[], [0.5] * 4])
def test_a_missing_corruption_or_severity_gives_no_figure(missing):
    errors = {name: [0.5] * 5 for name in robustness.ALEXNET_ERROR} | {"fog": missing}

    assert robustness.mean_corruption_error(errors, clean_error=0.2) is None


def test_imagenet_is_known_by_its_first_and_last_class():
    words = ["tench", *(f"class {n}" for n in range(998)), "toilet tissue"]

    assert robustness.is_imagenet_1k(words)
    assert not robustness.is_imagenet_1k(words[:999])
    assert not robustness.is_imagenet_1k([f"class {n}" for n in range(1000)])
