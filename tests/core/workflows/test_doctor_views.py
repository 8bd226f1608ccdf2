"""What the views make of answers, with a model that says what a test tells it to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import ModelError, PictureError
from core.records import InputSpec
from core.workflows import doctor_views

SPEC = InputSpec(resize=64, crop=32)


class Told:
    """Answers by view, in the frames' order."""

    def __init__(self, **said: list[str | None]) -> None:
        self.said = {name.replace("_", " "): said for name, said in said.items()}
        self.broken: dict[str, str] = {}

    def plan(self, questions: int) -> None:
        pass

    def answers(self, frames, spec, *, view="", **_):
        name = view or ("larger" if spec != SPEC else "as is")
        if name not in self.said:
            raise ModelError("It takes no such pictures.")
        return np.asarray(self.said[name], dtype=object)[frames["content_hash"].astype(int)]


def frames(labels: list[str | None]) -> pd.DataFrame:
    names = [str(number) for number in range(len(labels))]
    return pd.DataFrame(
        {
            "content_hash": names, "path": names, "folder": "field", "clip": names,
            "label": labels, "is_right": [label and True for label in labels], "camera": None,
            "answer": labels, "height": 64, "width": 64,
        }
    )  # fmt: skip


def test_only_what_lies_outside_the_crop_is_blamed_on_it():
    asking = Told(
        as_is=["kiwi", "kiwi", "kiwi", "pear"],
        whole=["pear", "pear", "kiwi", "kiwi"],
        # the second answer turns even with the outside painted over: that is the scale
        window=["kiwi", "pear", "kiwi", "pear"],
    )
    found = doctor_views.crop(asking, frames(["kiwi", "kiwi", "kiwi", "kiwi"]), SPEC)

    assert (found["frames"], found["changed"]) == (4, 2)
    assert (found["mended"], found["broken"]) == (1, 1)
    assert [row["path"] for row in found["frames_changed"]] == ["3", "0"]  # mended first
    assert found["left_out"] == pytest.approx(0.75)


def test_unlabelled_frames_count_as_changed_but_as_neither_mended_nor_broken():
    asking = Told(as_is=["kiwi"] * 2, whole=["pear"] * 2, window=["kiwi"] * 2)
    found = doctor_views.crop(asking, frames([None, "kiwi"]), SPEC)

    assert (found["changed"], found["labelled"]) == (2, 1)
    assert (found["mended"], found["broken"]) == (0, 1)


def test_frames_that_cannot_be_read_count_nowhere():
    asking = Told(as_is=["kiwi", None], whole=["pear", None], window=["kiwi", None])
    found = doctor_views.crop(asking, frames(["kiwi", "kiwi"]), SPEC)

    assert (found["frames"], found["changed"]) == (1, 1)


def test_decoders_are_counted_each_against_the_usual_one():
    asking = Told(
        as_is=["kiwi", "kiwi", "pear"],
        opencv=["kiwi", "pear", "pear"],
        opencv_shrink=["pear", "pear", None],
    )
    found = doctor_views.decoders(asking, frames(["kiwi"] * 3), SPEC)

    assert found == {"frames": 2, "opencv_changed": 1, "opencv_shrink_changed": 2}


def test_a_larger_input_that_is_refused_says_nothing():
    assert doctor_views.larger_input(Told(as_is=["kiwi"]), frames(["kiwi"]), SPEC) is None


def test_a_larger_input_is_counted():
    asking = Told(as_is=["kiwi", "pear"], larger=["kiwi", "kiwi"])
    found = doctor_views.larger_input(asking, frames(["kiwi", "kiwi"]), SPEC)

    assert (found["side"], found["instead_of"]) == (48, 32)
    assert (found["changed"], found["mended"], found["broken"]) == (1, 1, 0)


def test_a_picture_that_is_gone_has_no_colour_and_stops_nothing():
    class Gone(Told):
        def files(self, frames):
            return [pd.Series({"content_hash": digest}) for digest in frames["content_hash"]]

        def picture(self, _):
            raise PictureError("the file is gone")

    asking = Gone(as_is=["kiwi", "kiwi"])
    found = doctor_views.colour(asking, frames(["kiwi"] * 2), frames(["kiwi"] * 2), SPEC)

    assert found["warmer"] is None
    assert asking.broken == {"0": "the file is gone", "1": "the file is gone"}
