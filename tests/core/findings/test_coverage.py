from __future__ import annotations

import numpy as np
import pandas as pd

from core.findings.coverage import COVERAGE, coverage_statement, coverage_table
from core.records import State


def frames(**cells: int) -> pd.DataFrame:
    """`cat_day=3`: three frames of cats by day, each its own clip."""
    rows = [name.split("_") for name, n in cells.items() for _ in range(n)]
    table = pd.DataFrame(rows, columns=["label", "light"])
    return table.assign(clip=[f"c{n}" for n in range(len(table))])


def cell(table: pd.DataFrame, label: str, value: str) -> pd.Series:
    return table.set_index(["label", "value"]).loc[(label, value)]


def test_what_the_field_has_and_the_reference_lacks_is_flagged_with_what_to_collect():
    field = frames(cat_day=50, cat_night=20, dog_night=5)
    table = coverage_table(field, frames(cat_day=40, dog_night=10, emu_day=3), column="light")

    assert list(table.columns) == list(COVERAGE)
    assert list(table["value"][:1]) == ["night"]
    assert cell(table, "cat", "night")[["field", "reference", "collect"]].tolist() == [20, 0, 30]
    assert cell(table, "cat", "night")["is_missing"]
    assert cell(table, "dog", "night")[["is_missing", "collect"]].tolist() == [False, 20]
    assert cell(table, "cat", "day")["collect"] == 0
    assert cell(table, "emu", "day")[["field", "collect"]].tolist() == [0, 0]
    said = coverage_statement(table, "Light")
    assert said.state is State.CONFIRMED
    assert said.headline.startswith("20 field frames show what the reference lacks")
    assert "Collect 30 reference frames of cat with light night" in said.next_step


def test_a_training_list_can_fill_the_gap():
    field, reference = frames(cat_night=20, dog_day=5), frames(dog_day=40, cat_day=40)
    training = frames(cat_night=100).drop(columns="clip")
    plain = training.drop(columns="light")

    assert cell(coverage_table(field, reference, column="light"), "cat", "night")["is_missing"]
    for given in (training, plain):
        table = coverage_table(field, reference, column="light", training=given)
        assert not cell(table, "cat", "night")["is_missing"]
        assert cell(table, "cat", "night")["training"] == 100


def test_nothing_missing_is_said():
    both = frames(cat_day=40, cat_night=40)

    assert coverage_statement(coverage_table(both, both, column="light"), "Light").state is (
        State.NONE_FOUND
    )


def test_a_reference_of_another_kind_altogether_is_told_once():
    table = coverage_table(frames(cat_day=5, cat_dusk=9), frames(cat_studio=40), column="light")
    said = coverage_statement(table, "Light")

    assert said.headline.startswith("No reference frame shares a light with the field: all 14")
    assert "with light dusk first, which has 9 field frames" in said.next_step


def test_a_reference_that_does_not_know_the_condition_says_so():
    reference = frames(cat_day=5).assign(light=None)
    said = coverage_statement(coverage_table(frames(cat_day=5), reference, column="light"), "Light")

    assert said.state is State.NOT_ENOUGH
    assert "says nothing of light" in said.headline


def test_unlabelled_frames_and_no_frames_at_all_are_no_trouble():
    none = frames(cat_day=1).iloc[:0]
    unlabelled = frames(cat_day=4).assign(label=pd.Series([None] * 4, dtype="str"))

    for field in (none, unlabelled):
        table = coverage_table(field, none, column="light")
        assert coverage_statement(table, "Light").state is State.NOT_ENOUGH


def test_frames_of_one_clip_are_one_clip():
    field = frames(cat_night=6).assign(clip=np.arange(6) // 3)

    assert cell(coverage_table(field, field, column="light"), "cat", "night")["field_clips"] == 2
