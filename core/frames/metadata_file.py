"""A metadata file of either kind: a CSV table, or COCO annotations."""

from __future__ import annotations

from pathlib import Path

from core.frames.coco import read_coco
from core.frames.metadata import MetadataTable, read_metadata

SUFFIXES = (".csv", ".json")


def read_metadata_file(path: Path) -> MetadataTable:
    """
    The file's table: COCO annotations if it ends in .json, else a table as text.

    Raises:
        MetadataError: as `read_coco` and `read_metadata`.
    """
    return read_coco(path) if path.suffix.lower() == ".json" else read_metadata(path)
