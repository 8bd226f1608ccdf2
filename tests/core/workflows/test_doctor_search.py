"""The search over preparations, with a model that is right exactly where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import ModelError
from core.models.variants import differing
from core.records import InputSpec, ModelSpec, State
from core.workflows.doctor_search import search

RIGHT = InputSpec(interpolation="bicubic", mean=(0.5,) * 3, std=(0.5,) * 3)
FRAMES = 240


class KnownModel:
    """Right on the first so many frames of a shuffled set, as the test's rule says of a spec."""

    def __init__(self, base: InputSpec, rule: Callable[[InputSpec], int]) -> None:
        self.model = ModelSpec(("a", "b"), base)
        self.broken: dict[str, str] = {}
        self.asked = 0
        self.rule = rule
        self.rank = np.random.default_rng(0).permutation(FRAMES)

    def plan(self, questions: int) -> None:
        pass

    def right(self, frames, spec):
        self.asked += len(frames)
        return self.rank[frames["content_hash"].astype(int)] < self.rule(spec)

    def likelihood(self, *_):
        return 0.0


def frames() -> pd.DataFrame:
    names = [str(number) for number in range(FRAMES)]
    return pd.DataFrame({"content_hash": names, "clip": names})


def searched(base: InputSpec, rule: Callable[[InputSpec], int]):
    model = KnownModel(base, rule)
    return search(model, frames()), model


def by_parts(*costs: tuple[str, int]) -> Callable[[InputSpec], int]:
    """236 right as it should be, less a cost for each part that is not."""

    def rule(spec: InputSpec) -> int:
        wrong = differing(RIGHT, spec)
        return 236 - sum(cost for part, cost in costs if part in wrong)

    return rule


COSTLY = (("colour order", 70), ("value range", 16), ("size", 40), ("shrinking", 0))


def test_a_right_setting_is_kept_and_hardly_anything_is_asked():
    found, model = searched(RIGHT, by_parts(*COSTLY))

    assert found.best == RIGHT
    assert set(found.table()["state"]) == {State.NONE_FOUND}
    assert model.asked < FRAMES * len(found.trials) / 3


@pytest.mark.parametrize(
    "planted",
    [
        {"channels": "BGR"},
        {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)},
        {"resize": 128, "crop": 128},
    ],
    ids=str,
)
def test_one_wrong_setting_is_found(planted):
    found, _ = searched(replace(RIGHT, **planted), by_parts(*COSTLY))

    assert found.best.channels == "RGB"
    assert found.best.mean == RIGHT.mean
    assert found.best.crop == 224


def test_three_wrong_settings_are_found_one_after_the_other():
    planted = replace(
        RIGHT, channels="BGR", resize=146, crop=128,
        mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225),
    )  # fmt: skip
    found, _ = searched(planted, by_parts(*COSTLY))

    assert found.best == RIGHT
    assert len(found.path) == 3
    assert [found.trials[number].step for number in found.path] == [1, 2, 3]


def test_two_settings_that_only_help_together_are_found():
    planted = replace(RIGHT, channels="BGR", mean=(0.0,) * 3, std=(1.0,) * 3)

    def rule(spec: InputSpec) -> int:
        wrong = {"colour order", "value range"} & set(differing(RIGHT, spec))
        # each alone mends a little, not enough to be told from chance
        return {0: 236, 1: 152, 2: 150}[len(wrong)]

    found, _ = searched(planted, rule)

    assert found.best.channels == "RGB"
    assert found.best.mean == RIGHT.mean


def test_a_part_that_does_not_matter_is_left_as_it_was():
    planted = replace(RIGHT, interpolation="nearest", channels="BGR")
    found, _ = searched(planted, by_parts(*COSTLY))

    assert found.best == replace(RIGHT, interpolation="nearest")


def test_a_size_the_model_refuses_is_listed_and_costs_nothing_else():
    planted = replace(RIGHT, channels="BGR")
    model = KnownModel(planted, by_parts(*COSTLY))
    answer = model.right

    def fixed(frames, spec):
        if spec.crop != 224:
            raise ModelError("It takes pictures of 224 × 224 pixels only.")
        return answer(frames, spec)

    model.right = fixed
    found = search(model, frames())

    assert found.best == RIGHT
    assert found.refused
    assert all("224 × 224" in row["reason"] for row in found.refused)


def test_frames_that_cannot_be_read_count_nowhere():
    model = KnownModel(replace(RIGHT, channels="BGR"), by_parts(*COSTLY))
    model.broken = {"0": "gone", "1": "gone"}
    found = search(model, frames())

    assert found.best == RIGHT
    assert max(len(trial.was_right) for trial in found.trials) <= FRAMES - 2
