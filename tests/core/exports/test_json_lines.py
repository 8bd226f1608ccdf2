from __future__ import annotations

import json

import pandas as pd

from core.exports.json_lines import json_lines_bytes


def test_one_object_a_line_whatever_a_note_holds():
    table = pd.DataFrame({"note": ["a\nb", "\u2028c", 'd"\\'], "n": [1, 2, 3]})
    lines = json_lines_bytes(table).split(b"\n")

    assert lines[-1] == b""
    assert [json.loads(line)["note"] for line in lines[:-1]] == list(table["note"])


def test_missing_cells_are_null():
    table = pd.DataFrame({
        "label": pd.Series([None, "a"], dtype="str"),
        "confidence": [float("nan"), 0.5],
        "taken_at": pd.to_datetime(["2026-03-01 10:00", None]),
    })  # fmt: skip
    first, second = map(json.loads, json_lines_bytes(table).splitlines())

    assert first["label"] is None
    assert first["confidence"] is None
    assert first["taken_at"].startswith("2026-03-01T10:00:00")
    assert second["taken_at"] is None


def test_umlauts_are_not_escaped():
    assert "Größe" in json_lines_bytes(pd.DataFrame({"a": ["Größe"]})).decode("utf-8")


def test_an_empty_table_is_an_empty_file():
    assert json_lines_bytes(pd.DataFrame({"a": []})) == b""
