from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.class_metrics import (
    CLASS_METRICS,
    class_metrics,
    class_statement,
    confusion,
    macro_averages,
    mix_up_statement,
)
from core.records import State


def frames(*counts: tuple[str, str, int]) -> pd.DataFrame:
    """`("cat", "dog", 3)`: three frames labelled cat and answered dog, each its own clip."""
    rows = [(label, answer) for label, answer, n in counts for _ in range(n)]
    table = pd.DataFrame(rows, columns=["label", "answer"])
    return table.assign(clip=[f"c{n}" for n in range(len(table))])


SOME = frames(("cat", "cat", 40), ("cat", "dog", 10), ("dog", "dog", 45), ("dog", "cat", 5))


def records(table: pd.DataFrame) -> dict[str, dict]:
    return {row["class"]: row for row in table.to_dict("records")}


def test_found_held_and_false_alarms_are_counted():
    table = class_metrics(SOME, classes=["cat", "dog", "emu"])
    cat = records(table)["cat"]

    assert list(table.columns) == list(CLASS_METRICS)
    assert (cat["found"], cat["frames"], cat["answers"], cat["false_alarms"]) == (40, 50, 45, 5)
    assert (cat["recall"], cat["precision"]) == pytest.approx((0.8, 40 / 45))
    assert cat["f1"] == pytest.approx(2 * 40 / 95)
    assert cat["false_alarms_per_1000"] == pytest.approx(50)
    assert cat["false_alarms_low"] < 50 < cat["false_alarms_high"]
    assert cat["recall_low"] < 0.8 < cat["recall_high"]


def test_a_class_without_frames_or_answers_is_no_number():
    emu = records(class_metrics(SOME, classes=["cat", "dog", "emu"]))["emu"]

    assert np.isnan([emu["recall"], emu["precision"], emu["f1"]]).all()
    assert class_statement(emu).state is State.NOT_ENOUGH
    assert "no frame is labelled so" in class_statement(emu).headline


def test_a_class_never_named_is_said_to_be():
    row = records(class_metrics(frames(("cat", "dog", 40), ("dog", "dog", 40)), classes=["cat"]))
    said = class_statement(row["cat"])

    assert "never names it, in none of 40 frames" in said.headline
    assert row["cat"]["f1"] == 0


def test_frames_of_one_clip_widen_the_interval():
    alike = SOME.assign(clip=np.arange(len(SOME)) // 10)
    one, many = (records(class_metrics(t, classes=["cat"]))["cat"] for t in (alike, SOME))

    assert one["recall_high"] - one["recall_low"] > many["recall_high"] - many["recall_low"]
    assert one["effective"] < many["effective"]


def test_averages_count_every_class_with_frames_the_same():
    table = class_metrics(SOME, classes=["cat", "dog", "emu"])
    macro = macro_averages(table)

    assert macro["recall"] == pytest.approx((0.8 + 0.9) / 2)
    assert macro["precision"] == pytest.approx((40 / 45 + 45 / 55) / 2)
    assert np.isnan(macro_averages(table.iloc[:0])["f1"])


def test_the_matrix_holds_every_frame_and_names_the_commonest_mix_up():
    cells = confusion(SOME)

    assert cells["frames"].sum() == len(SOME)
    said = mix_up_statement(SOME, n_classes=3)
    assert said.headline.startswith("Most often cat is taken for dog: 10 of 15 mistakes (67 %")
    assert said.state is State.CONFIRMED
    few = frames(("cat", "dog", 3))
    assert mix_up_statement(few, n_classes=3).state is State.NOT_ENOUGH
    none = frames(("cat", "cat", 3))
    assert mix_up_statement(none, n_classes=3).headline == "No mix-up in 3 frames."


def test_a_thousand_classes_are_no_trouble():
    names = [f"class {n}" for n in range(1000)]
    table = pd.DataFrame({"label": names * 3, "answer": names * 2 + names[::-1]})
    found = class_metrics(table.assign(clip=np.arange(3000)), classes=names)

    assert len(found) == 1000
    assert found["found"].sum() == 2000


@pytest.mark.parametrize("answer", ["cat", "dog"])
def test_one_class_all_found_or_all_missed_is_told(answer):
    table = class_metrics(frames(("cat", answer, 40)), classes=["cat", "dog"])
    said = class_statement(records(table)["cat"])

    assert "40 frames" in said.headline
    assert macro_averages(table)["recall"] == float(answer == "cat")
