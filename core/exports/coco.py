"""COCO for classification: one box round the whole picture, its category the class."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core.exports.layout import Row, class_list, json_bytes, of_row, rows_of

LABELS = "labels.json"


def in_data(table: pd.DataFrame, _seed: int) -> list[str]:
    """data/PICTURE."""
    return [f"data/{picture}" for picture in table["picture"]]


def coco_documents(table: pd.DataFrame, classes: tuple[str, ...]) -> Mapping[str, bytes]:
    """
    labels.json beside data/; `file_name` is relative to data.

    COCO knows no label of a whole picture, so the box is the picture. A picture nobody knows the
    class of has no annotation. What Fieldcheck knows of a picture stands under "fieldcheck".

    Source:
        Lin et al. 2014; the object detection format of cocodataset.org, as pycocotools reads it.
    """
    names = class_list(table, classes)
    numbers = {name: number for number, name in enumerate(names, start=1)}
    rows = rows_of(table)
    images = [_image(number, row) for number, row in enumerate(rows, start=1)]
    annotations = [
        _annotation(number, row, numbers)
        for number, row in enumerate(rows, start=1)
        if row["class_name"] is not None
    ]
    data = {
        "info": {"description": "Exported by Fieldcheck", "version": "1.0"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": [
            {"id": number, "name": name, "supercategory": ""} for name, number in numbers.items()
        ],
    }
    return {LABELS: json_bytes(data)}


def _image(number: int, row: Row) -> Row:
    return {
        "id": number,
        "file_name": str(row["placed"]).removeprefix("data/"),
        "width": row["width"],
        "height": row["height"],
        "fieldcheck": of_row(row),
    }


def _annotation(number: int, row: Row, numbers: Mapping[str, int]) -> Row:
    width, height = row["width"], row["height"]
    return {
        "id": number,
        "image_id": number,
        "category_id": numbers[row["class_name"]],
        "bbox": [0, 0, width, height],
        "area": width * height,
        "segmentation": [[0, 0, width, 0, width, height, 0, height]],
        "iscrowd": 0,
    }
