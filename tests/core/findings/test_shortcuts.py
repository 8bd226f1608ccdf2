"""The reading rule on tables of answers, and what it says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from core.findings import shortcut_words as words
from core.findings import shortcuts
from core.records import Cue, State

CHANGES = (
    "grey", "hue_swap", "patch_shuffle", "silhouette", "object_masked", "background_masked",
)  # fmt: skip
TITLES = {name: name.replace("_", " ").capitalize() for name in CHANGES}
KEPT, LOST = 0.97, 0.27
"""Shares right; the guess is a quarter and the untouched frames are all right."""


def answers(
    shares: Mapping[str, float], *, of: int = 120, counts: Mapping[str, int] | None = None,
    clean: float = 1.0, per_clip: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """Four labels in turn; under each change a share of the frames is right, whatever the label."""
    parts = []
    for number, (change, share) in enumerate(shares.items()):
        n = (counts or {}).get(change, of)
        wanted = np.array(["a", "b", "c", "d"])[np.arange(n) % 4]
        order = np.random.default_rng(number).permutation(n)
        was = np.random.default_rng(99).permutation(n) < round(clean * n)
        parts.append(
            pd.DataFrame({
                "content_hash": [f"{i:03}" for i in range(n)],
                "clip": [f"clip{i // per_clip}" for i in range(n)],
                "change": change,
                "answer": np.where(order < round(share * n), wanted, "wrong"),
                "clean_answer": np.where(was, wanted, "wrong"),
                "wanted": wanted,
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def seen(kept: str, **changes) -> pd.DataFrame:
    """The table of a model that keeps the changes whose initials are named, and loses the rest."""
    initials = dict(zip("ghpsob", CHANGES, strict=True))
    shares = {name: KEPT if letter in kept else LOST for letter, name in initials.items()}
    return shortcuts.cue_table(answers(shares, **changes))


@pytest.mark.parametrize(
    ("kept", "cue"),
    [
        ("po", Cue.BACKGROUND),
        ("ghpso", Cue.BACKGROUND),
        ("o", Cue.BACKGROUND),
        ("pb", Cue.COLOUR),
        ("psb", Cue.COLOUR),
        ("ghpb", Cue.TEXTURE),
        ("ghsb", Cue.SHAPE),
        ("ghs", Cue.SHAPE),
        ("", None),
        ("b", None),
        ("ghb", None),
        ("gpb", None),
        ("hpb", None),
        ("ghpsb", None),
    ],
)
def test_a_clear_table_is_read_by_the_rule(kept, cue):
    reading = shortcuts.read_cues(seen(kept))

    assert reading.cue is cue
    assert reading.state is (State.CONFIRMED if cue else State.NONE_FOUND)
    assert reading.is_placed


def test_a_background_that_gives_the_answer_away_without_being_needed_is_suspected():
    reading = shortcuts.read_cues(seen("ghsob"))

    assert (reading.cue, reading.state, reading.reason) == (
        Cue.BACKGROUND, State.SUSPECTED, "also",
    )  # fmt: skip


def test_a_row_is_measured_between_untouched_and_the_guess():
    row = seen("ghpb").set_index("change").loc["silhouette"]

    assert (row["right"], row["of"], row["clean_right"]) == (32, 120, 120)
    assert row["guess"] == 0.25
    assert row["drop"] == pytest.approx(88 / 120)
    assert row["drop_low"] > 0.375
    assert not row["keeps"]
    assert row["state"] == State.CONFIRMED


def test_half_of_what_it_knew_beyond_the_guess_is_the_border():
    for share, keeps in ((0.63, True), (0.62, False)):
        table = shortcuts.cue_table(answers({"grey": share}, of=400))
        assert table.iloc[0]["keeps"] == keeps
        assert table.iloc[0]["state"] == State.SUSPECTED, "the interval holds both sides"


def test_a_loss_that_chance_can_make_is_only_suspected():
    shares = dict.fromkeys(CHANGES, KEPT) | {"grey": 0.45, "hue_swap": 0.5}
    shares |= {"object_masked": LOST, "silhouette": LOST}
    reading = shortcuts.read_cues(shortcuts.cue_table(answers(shares, of=40)))

    assert (reading.cue, reading.state) == (Cue.COLOUR, State.SUSPECTED)


def test_too_few_frames_or_clips_are_not_read():
    for table in (seen("pb", of=24), seen("pb", per_clip=15)):
        reading = shortcuts.read_cues(table)
        assert (reading.cue, reading.state, reading.reason) == (None, State.NOT_ENOUGH, "frames")
        assert "too few" in say(table)


def test_a_model_no_better_than_a_guess_has_no_cue():
    table = seen("pb", clean=0.35)
    reading = shortcuts.read_cues(table)

    assert (reading.cue, reading.state, reading.reason) == (None, State.NOT_ENOUGH, "guess")
    assert "no cue to look for" in say(table)


def test_colour_without_objects_may_be_the_background_s():
    few = dict.fromkeys(CHANGES[3:], 8)
    reading = shortcuts.read_cues(seen("pb", counts=few))

    assert (reading.cue, reading.state) == (Cue.COLOUR, State.SUSPECTED)
    assert not reading.is_placed
    statement = words.headline(reading, rows(seen("pb", counts=few)), TITLES, by_label=True)
    assert "whether it is the object's or the background's" in statement.next_step


def test_what_could_not_be_tried_leaves_it_open():
    few = dict.fromkeys(CHANGES[3:], 8)
    reading = shortcuts.read_cues(seen("ghpb", counts=few))

    assert (reading.cue, reading.state, reading.reason) == (None, State.NOT_ENOUGH, "objects")
    assert "cannot be said" in say(seen("ghpb", counts=few))


def test_objects_found_in_a_minority_of_frames_are_not_believed():
    """On crates of fruit the few objects found are price tags: covering them costs nothing."""
    few = shortcuts.read_cues(seen("ghpo", of=400, counts=dict.fromkeys(CHANGES[3:], 190)))
    most = shortcuts.read_cues(seen("ghpo", of=400, counts=dict.fromkeys(CHANGES[3:], 210)))

    assert (few.cue, few.state, few.reason) == (None, State.NOT_ENOUGH, "objects")
    assert (most.cue, most.state) == (Cue.BACKGROUND, State.CONFIRMED)


def test_changes_that_were_never_answered_are_no_rows():
    table = shortcuts.cue_table(answers({"grey": KEPT, "hue_swap": KEPT, "patch_shuffle": LOST}))
    reading = shortcuts.read_cues(table)

    assert list(table["change"]) == ["grey", "hue_swap", "patch_shuffle"]
    assert reading.state is State.NOT_ENOUGH
    empty = shortcuts.cue_table(answers({"grey": KEPT}).head(0))
    assert empty.empty
    assert shortcuts.read_cues(empty).state is State.NOT_ENOUGH


def rows(table: pd.DataFrame) -> list[words.Row]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def say(table: pd.DataFrame, *, by_label: bool = True) -> str:
    reading = shortcuts.read_cues(table)
    return words.headline(reading, rows(table), TITLES, by_label=by_label).headline


@pytest.mark.parametrize(
    ("kept", "begins"),
    [
        ("po", "The background carries the answer, not the object: object masked, right in 116 of "
               "120 (untouched 120)"),
        ("ghsob", "The background alone gives the answer away"),
        ("pb", "Colour carries the answer"),
        ("ghpb", "Texture carries the answer"),
        ("ghsb", "Shape carries the answer"),
        ("ghb", "No single cue carries the answer: it mostly survives “grey”, “hue swap” and "
                "“background masked” and is mostly lost under"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_cue_and_its_counts(kept, begins):
    assert say(seen(kept)).startswith(begins)


def test_without_labels_right_is_the_same_answer():
    assert "the same answer in 116 of 120" in say(seen("po"), by_label=False)


def test_a_change_tells_count_interval_and_verdict():
    row = next(row for row in rows(seen("ghpb")) if row["change"] == "silhouette")
    said = words.change_statement("Outline only", "the object filled dark", row, by_label=True)

    assert said.headline.startswith("Outline only: right in 32 of 120 frames (27 %, between ")
    assert "untouched in 120: 73 points fewer (between 64 and " in said.headline
    assert said.next_step == "It loses most of what it knows. Left: the object filled dark."
    better = next(row for row in rows(seen("g", clean=0.9)) if row["change"] == "grey")
    said = words.change_statement("Without colour", "grey", better, by_label=True)
    assert "points more (between" in said.headline


def test_frames_left_out_are_counted_by_reason():
    assert words.left_out_sentence({}, of=10) == ""
    said = words.left_out_sentence({"the object fills the frame": 2, "it is unclear": 1}, of=10)
    assert said.startswith("In 3 of 10 frames")
    assert "the object fills the frame (2); it is unclear (1)." in said
