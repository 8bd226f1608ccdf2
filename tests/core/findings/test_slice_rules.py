from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings.slice_rules import (
    frames_held,
    is_rule_parameter,
    rule_json,
    rule_of_json,
    rule_of_query,
    rule_query,
    rule_words,
)
from core.records import SliceRule


@pytest.fixture
def frames() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "content_hash": list("abcd"),
            "camera": ["cam1", "cam2", None, "cam2"],
            "lux": [1.0, 2.0, np.nan, 1.0],
            "answer": ["x", "y", "x", None],
            "confidence": [0.99, 0.5, 0.7, np.nan],
            "taken_at": pd.to_datetime(["2026-03-02 10:00", "2026-03-03 23:59", None, None]),
            "is_right": pd.Series([True, False, None, None], dtype=object),
        }
    )


def held(frames: pd.DataFrame, *rules: SliceRule, tags=None) -> str:
    return "".join(frames["content_hash"][frames_held(frames, rules, tags=tags or {})])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (SliceRule(), "abcd"),
        (SliceRule(where=(("camera", ("cam2",)),)), "bd"),
        (SliceRule(where=(("camera", ("cam1", "(none)")),)), "ac"),
        (SliceRule(where=(("lux", ("1",)),)), "ad"),
        (SliceRule(where=(("camera", ("cam2",)), ("answer", ("y",)))), "b"),
        (SliceRule(where=(("colour", ("red",)),)), ""),
        (SliceRule(sure_from=0.6), "ac"),
        (SliceRule(sure_to=0.7), "bc"),
        (SliceRule(day_from="2026-03-03"), "b"),
        (SliceRule(day_to="2026-03-02"), "a"),
        (SliceRule(day_from="2026-03-02", day_to="2026-03-03"), "ab"),
        (SliceRule(outcome="right"), "a"),
        (SliceRule(outcome="wrong"), "b"),
        (SliceRule(tags=("odd",)), "c"),
        (SliceRule(hashes=("d", "z")), "d"),
        (SliceRule(hashes=()), ""),
    ],
)
def test_a_rule_holds_the_frames_it_describes(frames, rule, expected):
    assert held(frames, rule, tags={"c": ("odd", "late"), "a": ("late",)}) == expected


def test_all_of_several_rules_must_hold(frames):
    first, second = SliceRule(where=(("camera", ("cam2",)),)), SliceRule(outcome="wrong")

    assert held(frames, first, second) == "b"


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
RULES = st.builds(
    SliceRule,
    where=st.dictionaries(WORDS, st.lists(WORDS, min_size=1, max_size=3).map(tuple)).map(
        lambda d: tuple(d.items())
    ),
    sure_from=st.sampled_from([0.0, 0.25, 0.5]),
    sure_to=st.sampled_from([0.75, 0.99, 1.0]),
    day_from=st.sampled_from(["", "2026-03-02"]),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    outcome=st.sampled_from(["", "right", "wrong"]),
    slices=st.lists(WORDS, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(RULES)
def test_a_rule_survives_being_written_down(rule):
    assert rule_of_json(rule_json(rule)) == rule
    back = rule_of_query(rule_query(rule))
    assert dict(back.where) == dict(rule.where)
    assert (back.sure_from, back.sure_to, back.outcome) == (
        rule.sure_from, rule.sure_to, rule.outcome,
    )  # fmt: skip
    assert all(is_rule_parameter(name) for name in rule_query(rule))


def test_pictures_picked_by_hand_survive_as_json_and_are_not_put_in_an_address():
    rule = SliceRule(hashes=("a", "b"))

    assert rule_of_json(rule_json(rule)) == rule
    assert rule_query(rule) == {}


def test_the_empty_rule_is_no_text_and_no_address():
    assert rule_json(SliceRule()) == ""
    assert rule_query(SliceRule()) == {}
    assert rule_of_json("") == SliceRule()


@pytest.mark.parametrize(
    "text",
    ["[]", "7", '{"colour": 1}', '{"sure_from": 2}', '{"where": 5}', '{"tags": "odd"}', "{",
     '{"day_from": "yesterday"}', '{"outcome": "maybe"}'],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError):
        rule_of_json(text)


def test_an_address_that_cannot_be_read_counts_as_not_given():
    asked = {"sure_from": ["x"], "day_from": ["soon"], "outcome": ["maybe"], "camera": ["cam1"]}

    assert rule_of_query(asked) == SliceRule(where=(("camera", ("cam1",)),))


def test_a_rule_reads_as_a_phrase():
    rule = SliceRule(
        where=(("camera", ("cam3",)), ("light", ("night", "dusk"))), sure_from=0.9, tags=("odd",),
        outcome="wrong", day_from="2026-03-02",
    )  # fmt: skip

    assert rule_words(rule, str.capitalize) == (
        "camera cam3, light night or dusk, 90 to 100 of 100 sure, from 2026-03-02, tagged odd, "
        "answered wrong"
    )
    assert rule_words(SliceRule(), str.capitalize) == "every frame"
    assert rule_words(SliceRule(hashes=("a",)), str.capitalize) == "1 picture picked by hand"
