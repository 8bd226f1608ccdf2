"""Labels of a dataset that FiftyOne exported, in its present or its older form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import MetadataError
from core.imports.rows import LabelFile, LabelRow, inside, is_unchanged, json_of, text_of

TRUTH = "ground_truth"


def read_fiftyone(path: Path) -> LabelFile:
    """
    A row a sample: its ground truth, or its one classification that is no prediction.

    Raises:
        MetadataError: it cannot be read, or no sample has a classification.
    """
    file = path / "samples.json" if path.is_dir() else path
    data, digest = json_of(file)
    samples = data.get("samples") if isinstance(data, dict) else None
    if not isinstance(samples, list):
        raise MetadataError(
            f"{file.name} holds no samples. In FiftyOne: dataset.export(DIR, "
            "dataset_type=fo.types.FiftyOneDataset)."
        )
    field = _truth_field(samples, file.name)
    rows, problems = [], []
    for number, sample in enumerate(samples, start=1):
        if isinstance(sample, dict):
            rows.append(_row(number, sample, field, file.parent))
        else:
            problems.append(f"sample {number}: it is no object")
    return LabelFile(file.name, digest, tuple(rows), tuple(problems))


def _truth_field(samples: list[Any], name: str) -> str:
    fields = {
        str(key)
        for sample in samples
        if isinstance(sample, dict)
        for key, value in sample.items()
        if isinstance(value, dict) and value.get("_cls") == "Classification"
    }
    others = sorted(field for field in fields - {TRUTH} if not field.startswith("predict"))
    if TRUTH in fields or not others:
        return TRUTH
    if len(others) > 1:
        raise MetadataError(
            f"{name} has several classifications ({', '.join(others[:8])}) and no '{TRUTH}'. "
            f"Rename the one that counts to '{TRUTH}' and export again."
        )
    return others[0]


def _row(number: int, sample: dict[str, Any], field: str, root: Path) -> LabelRow:
    truth = sample.get(field)
    label = text_of(truth.get("label")) if isinstance(truth, dict) else None
    facts = sample.get("fieldcheck")
    known = facts if isinstance(facts, dict) else {}
    own = (f"{known['folder']}/{known['path']}",) if {"folder", "path"} <= set(known) else ()
    name = text_of(sample.get("filepath"))
    return LabelRow(
        number,
        (*own, *((name,) if name else ())),
        label,
        content_hash=text_of(sample.get("content_hash")),
        picture=inside(root, name) if name else None,
        annotator=text_of(known.get("reviewer")) if known.get("label_now") == label else None,
        is_reviewed=not is_unchanged(facts, label),
    )
