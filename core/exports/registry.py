"""The export formats by name: tables to bytes, and folders of pictures."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from core.exports.class_folders import folder_documents, in_class_folders, in_train_and_val
from core.exports.coco import coco_documents, in_data
from core.exports.csv_table import csv_bytes
from core.exports.fiftyone import dataset_documents
from core.exports.json_lines import json_lines_bytes
from core.exports.label_studio import tasks_documents
from core.exports.layout import FolderFormat
from core.exports.parquet import parquet_bytes
from core.exports.training_list import list_documents, nowhere

FORMATS: dict[str, tuple[str, Callable[[pd.DataFrame], bytes]]] = {
    "csv": (".csv", csv_bytes),
    "jsonl": (".jsonl", json_lines_bytes),
    "parquet": (".parquet", parquet_bytes),
}
"""Name: (file suffix, table to bytes). Contract: same rows and columns in, every cell readable."""

FOLDERS: dict[str, FolderFormat] = {
    "class-folders": FolderFormat(
        in_class_folders, folder_documents, needs_class=True, is_learnt_from=True
    ),
    "yolo": FolderFormat(in_train_and_val, folder_documents, needs_class=True, is_learnt_from=True),
    "training-list": FolderFormat(nowhere, list_documents, needs_class=True, is_learnt_from=True),
    "coco": FolderFormat(in_data, coco_documents, needs_class=False, is_learnt_from=False),
    "label-studio": FolderFormat(in_data, tasks_documents, needs_class=False, is_learnt_from=False),
    "fiftyone": FolderFormat(in_data, dataset_documents, needs_class=False, is_learnt_from=False),
}
"""Name: how a folder of it is laid out. Contract: each picture once, every document readable."""
