"""One folder a class, as torchvision's ImageFolder reads; and split in two, as YOLO wants it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import pandas as pd

from core.exports.layout import classes_csv
from core.exports.names import class_folders

VAL_SHARE = 0.2  # ours; of a class's clips


def in_class_folders(table: pd.DataFrame, _seed: int) -> list[str]:
    """CLASS/PICTURE."""
    return _under(table, [""] * len(table))


def in_train_and_val(table: pd.DataFrame, seed: int) -> list[str]:
    """
    train/CLASS/PICTURE or val/CLASS/PICTURE; no clip is in both.

    A clip goes with its commonest class. Of each class's clips a fifth, at least one, is drawn for
    val by the seed; a class that has one clip is in train alone.
    """
    val = _val_clips(table, seed)
    return _under(table, ["val/" if clip in val else "train/" for clip in table["clip"]])


def folder_documents(table: pd.DataFrame, _classes: tuple[str, ...]) -> Mapping[str, bytes]:
    """classes.csv: which folder stands for which class."""
    return {"classes.csv": classes_csv(table)}


def _under(table: pd.DataFrame, parts: list[str]) -> list[str]:
    folders = class_folders(table["class_name"])
    rows = zip(parts, table["class_name"], table["picture"], strict=True)
    return [f"{part}{folders[label]}/{picture}" for part, label, picture in rows]


def _val_clips(table: pd.DataFrame, seed: int) -> set[str]:
    chosen: set[str] = set()
    if table.empty:
        return chosen
    commonest = table.groupby("clip")["class_name"].agg(lambda names: sorted(names.mode())[0])
    for _, clips in commonest.groupby(commonest):
        drawn = sorted(clips.index, key=lambda clip: _draw(str(clip), seed))
        if len(drawn) > 1:
            chosen.update(drawn[: max(1, round(VAL_SHARE * len(drawn)))])
    return chosen


def _draw(clip: str, seed: int) -> bytes:
    return blake2b(f"{clip}:{seed}:val".encode("utf-8", "surrogatepass")).digest()
