"""A dataset that FiftyOne opens: what each picture shows, the model's answer, the tags."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core.exports.layout import Row, class_list, json_bytes, of_row, rows_of

SAMPLES, METADATA = "samples.json", "metadata.json"

_TEXT = "fiftyone.core.fields.StringField"
_CLASS = "fiftyone.core.fields.EmbeddedDocumentField(fiftyone.core.labels.Classification)"
_FIELDS = {
    "filepath": _TEXT,
    "tags": f"fiftyone.core.fields.ListField({_TEXT})",
    "ground_truth": _CLASS,
    "predictions": _CLASS,
    "content_hash": _TEXT,
    "label_before": _TEXT,
    "is_reviewed": "fiftyone.core.fields.BooleanField",
    "hard_case": "fiftyone.core.fields.BooleanField",
    "note": _TEXT,
    "fieldcheck": "fiftyone.core.fields.DictField",
}
README = """\
How to open this in FiftyOne
    import fiftyone as fo
    dataset = fo.Dataset.from_dir(
        "THIS FOLDER", dataset_type=fo.types.LegacyFiftyOneDataset
    )
Export it from there as a FiftyOneDataset and bring it back:  fieldcheck import FOLDER
"""


def dataset_documents(table: pd.DataFrame, classes: tuple[str, ...]) -> Mapping[str, bytes]:
    """
    metadata.json and samples.json in the form that is not bound to a version of its database.

    ground_truth is what is known now, predictions what the model answers, with its confidence.
    """
    samples = [_sample(row) for row in rows_of(table)]
    about = {
        "name": "fieldcheck",
        "media_type": "image",
        "sample_fields": _FIELDS,
        "info": {"exported_by": "Fieldcheck"},
        "default_classes": class_list(table, classes),
    }
    return {
        METADATA: json_bytes(about),
        SAMPLES: json_bytes({"samples": samples}),
        "README.txt": README.encode("ascii"),
    }


def _sample(row: Row) -> Row:
    tags = [tag for tag in str(row["tags"] or "").split(" | ") if tag]
    flags = [("hard case", row["hard_case"]), ("locked", row["locked"])]
    return {
        "filepath": row["placed"],
        "tags": [*tags, *(name for name, is_set in flags if is_set)],
        "ground_truth": _classification(row["class_name"], None),
        "predictions": _classification(row["leaning"], row["confidence"]),
        "content_hash": row["content_hash"],
        "label_before": row["label_before"],
        "is_reviewed": bool(row["is_reviewed"]),
        "hard_case": bool(row["hard_case"]),
        "note": row["note"],
        "fieldcheck": of_row(row),
    }


def _classification(label: str | None, confidence: float | None) -> Row | None:
    if label is None:
        return None
    return {"_cls": "Classification", "label": label, "confidence": confidence}
