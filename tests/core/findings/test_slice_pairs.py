"""Pairs of columns, the search over all of them, and the same mix of classes."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from core.findings.blind_spots import blind_spots, in_slice
from core.findings.slice_words import full_statement, mix_sentence, search_statement
from core.findings.slices import pair_table, slice_table, slice_tables
from core.metrics.intervals import (
    accuracy_of_clips,
    clip_correlation,
    clip_counts,
    newcombe_interval,
)
from core.records import State


def shop(seed: int = 0, n: int = 1200, **night: float) -> pd.DataFrame:
    """Frames of three cameras by day and night; `cam3=0.4` makes that camera so right at night."""
    rng = np.random.default_rng(seed)
    camera = rng.choice(["cam1", "cam2", "cam3"], n)
    light = rng.choice(["day", "night"], n)
    rate = np.full(n, 0.9)
    for name, right in night.items():
        rate[(camera == name) & (light == "night")] = right
    frames = pd.DataFrame({"camera": camera, "light": light, "is_right": rng.random(n) < rate})
    return frames.assign(clip=np.arange(n) // 2, label=rng.choice(list("abc"), n))


def rows(table: pd.DataFrame) -> list[dict]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def title(column: str) -> str:
    return column.capitalize()


def test_pairs_are_searched_beside_the_columns_and_each_counts_its_frames():
    frames = shop(cam3=0.4)
    table = slice_tables(frames, columns=["camera", "light"], pairs=True)

    assert len(table) == 3 + 2 + 6
    for row in rows(table):
        inside = in_slice(frames, row)
        assert (row["right"], row["of"]) == (frames["is_right"][inside].sum(), inside.sum())
    worst = rows(table)[0]
    assert (worst["column"], worst["value"]) == ("camera", "cam3")
    assert (worst["column_2"], worst["value_2"]) == ("light", "night")
    assert worst["state"] == "confirmed"
    assert worst["is_strong"]


def test_the_vectorised_search_equals_one_slice_at_a_time():
    frames = shop(cam2=0.5)
    table = slice_tables(frames, columns=["camera", "light"], pairs=True)
    unseen = clip_correlation(*clip_counts(frames["is_right"], frames["clip"]))

    for row in rows(table):
        inside = in_slice(frames, row)
        a, b = (
            accuracy_of_clips(
                *clip_counts(frames["is_right"][side], frames["clip"][side]),
                correlation_if_unseen=unseen,
            )
            for side in (inside, ~inside)
        )
        low, high = newcombe_interval(
            b.rate * b.effective, b.effective, a.rate * a.effective, a.effective
        )
        expected = (a.effective, a.clips, a.low, a.high, b.rate - a.rate, low, high)
        names = ("effective", "clips", "low", "high", "drop", "drop_low", "drop_high")
        assert [row[name] for name in names] == pytest.approx(expected)


def test_the_correction_counts_every_slice_searched():
    frames = shop(cam3=0.7)
    alone = slice_table(frames, column="camera").set_index("value")
    among = slice_tables(frames, columns=["camera", "light"], pairs=True)
    among = among[(among["column"] == "camera") & among["column_2"].isna()].set_index("value")

    assert (among["q"] >= alone["q"] - 1e-12).all()
    assert (among["q"] > alone["q"]).any()


def test_pairs_that_cannot_be_judged_or_add_nothing_are_not_searched():
    frames = shop()
    frames["place"] = frames["camera"].map({"cam1": "yard", "cam2": "hall", "cam3": "hall"})
    frames.loc[:19, "light"] = "dusk"
    table = slice_tables(frames, columns=["camera", "light", "place"], pairs=True)
    pairs = table[table["column_2"].notna()]

    # cam1 is the yard: the pair is the camera again
    assert not ((pairs["value"] == "cam1") & (pairs["value_2"] == "yard")).any()
    # 20 frames of dusk, fewer with each camera
    assert "dusk" not in set(pairs["value"]) | set(pairs["value_2"])


def test_the_grid_of_a_pair_shows_every_cell_however_rare():
    frames = shop()
    frames.loc[:2, "light"] = "dusk"
    grid = pair_table(frames, columns=("camera", "light"))

    assert grid["of"].sum() == len(frames)
    assert "dusk" in set(grid["value_2"])


def test_a_search_of_ten_thousand_frames_takes_no_time_to_speak_of():
    rng = np.random.default_rng(0)
    sizes = (20, 12, 8, 10, 6, 20)
    frames = pd.DataFrame({f"c{n}": rng.integers(0, size, 10_000) for n, size in enumerate(sizes)})
    frames = frames.assign(clip=np.arange(10_000) // 10, is_right=rng.random(10_000) < 0.9)
    slice_tables(frames.head(50), columns=["c0"])
    started = time.perf_counter()
    table = slice_tables(frames, columns=list(frames)[:6], pairs=True)

    assert len(table) > 1_000
    assert time.perf_counter() - started < 2


def simpson() -> pd.DataFrame:
    """Camera b is as good as a with every class, but sees the hard class nine times in ten."""
    parts = [("a", "easy", 270, 0.95), ("a", "hard", 30, 0.5), ("b", "easy", 30, 0.95),
             ("b", "hard", 270, 0.5)]  # fmt: skip
    frames = pd.concat(
        pd.DataFrame({"camera": c, "label": k, "is_right": np.arange(n) < round(rate * n)})
        for c, k, n, rate in parts
    ).reset_index(drop=True)
    return frames.assign(clip=frames.index)


def test_a_camera_that_only_sees_the_hard_class_is_not_behind_class_by_class():
    row = rows(slice_table(simpson(), column="camera"))[0]

    assert row["value"] == "b"
    assert row["drop"] == pytest.approx(0.36, abs=0.01)
    assert row["same_mix_drop"] == pytest.approx(0, abs=0.02)
    assert row["same_mix"] == pytest.approx((0.95 + 0.5) / 2, abs=0.01)
    assert "it sees the hard classes more often" in full_statement(row, title).next_step


def test_a_camera_behind_in_every_class_though_not_overall_is_told():
    parts = [("a", "easy", 30, 0.95), ("a", "hard", 270, 0.7), ("b", "easy", 270, 0.75),
             ("b", "hard", 30, 0.4)]  # fmt: skip
    frames = pd.concat(
        pd.DataFrame({"camera": c, "label": k, "is_right": np.arange(n) < round(rate * n)})
        for c, k, n, rate in parts
    ).reset_index(drop=True)
    table = slice_table(frames.assign(clip=frames.index), column="camera").set_index("value")

    assert "easy classes hide" in mix_sentence(table.loc["b"].to_dict())
    assert mix_sentence(table.loc["a"].to_dict()) == ""


def test_the_class_itself_has_no_same_mix():
    table = slice_table(simpson(), column="label")

    assert table["same_mix"].isna().all()
    assert [mix_sentence(row) for row in rows(table)] == ["", ""]


def test_weak_spots_are_told_once_and_a_pair_as_told_by_its_column():
    frames = shop(cam1=0.4, cam2=0.4, cam3=0.4)
    frames["lamp"] = frames["light"].map({"day": "off", "night": "on"})  # the same frames again
    table = slice_tables(frames, columns=["camera", "light", "lamp"], pairs=True)
    spots = blind_spots(frames, table)
    whole = spots[spots["told_by"].isna()]

    assert list(whole["value"]) == ["night"]
    assert set(spots["told_by"].dropna()) == {"light=night"}
    said = search_statement(rows(whole), len(table), title)
    assert said.state is State.CONFIRMED
    assert f"one weak spot that is very unlikely to be chance, among the {len(table)} slices" in (
        said.headline
    )
    assert "Light night" in said.headline


def test_a_search_that_finds_nothing_says_so():
    frames = shop()
    table = slice_tables(frames, columns=["camera", "light"], pairs=True)
    spots = blind_spots(frames, table)

    assert spots.empty
    assert search_statement([], len(table), title).state is State.NONE_FOUND
    assert search_statement([], 0, title).state is State.NOT_ENOUGH


@pytest.mark.parametrize("right", [True, False])
def test_all_right_or_all_wrong_has_no_weak_spot(right):
    frames = shop().assign(is_right=right)
    table = slice_tables(frames, columns=["camera", "light", "label"], pairs=True)

    assert not (table["state"] == "confirmed").any()
    assert blind_spots(frames, table).empty


def test_three_frames_are_not_judged():
    table = slice_tables(shop().head(3), columns=["camera", "label"], pairs=True)

    assert set(table["state"]) == {"not_enough"}


def test_a_thousand_classes_are_searched_in_a_moment():
    frames = shop(n=10_000).assign(label=np.arange(10_000) % 1000)
    started = time.perf_counter()
    table = slice_tables(frames, columns=["label", "camera", "light"], pairs=True)

    assert (table["column"] == "label").sum() >= 1000
    assert time.perf_counter() - started < 2


def test_one_class_only_has_no_class_to_blame():
    frames = shop(cam3=0.4).assign(label="cat")
    table = slice_tables(frames, columns=["label", "camera"], pairs=True)
    only = table[table["column"] == "label"].iloc[0]

    assert np.isnan(only["drop"])
    assert only["state"] == "none_found"
    assert full_statement({str(k): v for k, v in only.items()}, title).headline
    # with one class, class by class is the same comparison
    cameras = table[(table["column"] == "camera") & table["column_2"].isna()]
    assert cameras["same_mix_drop"].to_numpy() == pytest.approx(cameras["drop"].to_numpy())
