from __future__ import annotations

from dataclasses import replace

import pytest

from core.findings import doctor_words as words
from core.records import InputSpec, State
from core.settings import SCALINGS
from tests.pages.test_plain_words import problems

BASE = InputSpec()
HALF = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (replace(BASE, **HALF), "mean 0.5 instead of ImageNet's mean"),
        (
            replace(BASE, channels="BGR"),
            "colours in the order blue, green, red instead of red, green, blue",
        ),
        (replace(BASE, interpolation="bicubic"), "bicubic shrinking instead of bilinear"),
        (replace(BASE, resize=146, crop=128), "128 px (of 146) instead of 224 px (of 256)"),
        (replace(BASE, resize=224), "shrunk to 224 px instead of 256 px"),
        (
            replace(BASE, channels="BGR", **HALF),
            "colours in the order blue, green, red instead of red, green, blue and mean 0.5 "
            "instead of ImageNet's mean in the other colour order",
        ),
        (
            replace(BASE, mean=(0.0,) * 3, std=(1 / 255,) * 3),
            "no mean and values from 0 to 255 instead of ImageNet's mean",
        ),
        (
            replace(BASE, mean=(0.1, 0.2, 0.3)),
            "mean 0.1, 0.2, 0.3 and spread 0.229, 0.224, 0.225 instead of ImageNet's mean",
        ),
    ],
)
def test_a_change_is_named_as_a_person_would(new, said):
    old = replace(BASE, mean=BASE.mean[::-1], std=BASE.std[::-1]) if "other" in said else BASE

    assert words.change_words(old, new) == said


def test_imagenets_numbers_that_follow_their_colours_are_no_change_of_their_own():
    mean, std = SCALINGS["imagenet"]
    new = replace(BASE, channels="BGR", mean=mean[::-1], std=std[::-1])

    assert "mean" not in words.change_words(BASE, new)


def found(state: State, **other):
    return {
        "state": state.value, "frames": 233, "clips": 233, "right": 215, "advice": None,
        "tried": [{}] * 13,
        **other,
    }  # fmt: skip


ADVICE = {
    "change": "mean 0.5 instead of ImageNet's mean", "right": 231, "instead_of": 215, "of": 233,
    "low": 0.04, "high": 0.11,
}  # fmt: skip


def test_the_verdict_says_what_the_setting_costs():
    said = words.verdict(found(State.CONFIRMED, advice=ADVICE))

    assert said.headline == (
        "With mean 0.5 instead of ImageNet's mean, the model is right in 231 instead of 215 of 233 "
        "reference frames: the setting is probably wrong."
    )
    assert said.state is State.CONFIRMED


def test_every_verdict_is_in_plain_words():
    said = [
        words.verdict(found(State.CONFIRMED, advice=ADVICE)),
        words.verdict(found(State.SUSPECTED, advice=ADVICE)),
        words.verdict(found(State.NONE_FOUND)),
        words.verdict(found(State.NOT_ENOUGH, clips=1)),
    ]
    counts = {"folder": "field", "frames": 100, "changed": 9, "mended": 8, "broken": 1}
    for labelled in (100, 0):
        for state in State:
            part = {**counts, "labelled": labelled, "state": state.value}
            said += [
                words.crop_words({**part, "left_out": 0.28}),
                words.crop_words({**part, "left_out": 0.28, "changed": 0}),
                words.larger_words({**part, "side": 336, "instead_of": 224}),
                words.colour_words({**part, "warmer": 0.2}),
                words.colour_words({**part, "warmer": -0.2}),
                words.colour_words({**part, "warmer": None}),
            ]
    for changed in (0, 1, 9):
        said.append(
            words.decoder_words(
                {"frames": 100, "opencv_changed": 1, "opencv_shrink_changed": changed}
            )
        )
    blocks = [part for one in said for part in (one.headline, one.next_step)]

    assert problems(blocks) == []


def test_every_row_tried_is_in_plain_words():
    row = {
        "step": 1, "change": "mean 0.5 instead of ImageNet's mean", "of": 233, "base_right": 215,
        "mended": 16, "broken": 0, "asked": 233, "right": 231.0,
    }  # fmt: skip
    given_up = {**row, "right": None, "asked": 34, "mended": 1, "broken": 16, "step": 2}
    said = [
        words.tried_sentence(row),
        words.tried_sentence(given_up),
        words.refused_sentence({"change": "384 px instead of 224 px", "reason": "It takes 224."}),
        words.adopted_words("mean 0.5 instead of ImageNet's mean"),
    ]

    assert "right in 231 instead of 215 of 233" in said[0]
    assert "mended 1 of 18 wrong frames, broke 16 of 16 right ones" in said[1]
    assert problems(said) == []
