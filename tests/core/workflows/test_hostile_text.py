"""Whatever people type stays as it is, and runs nowhere."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from core.workflows import choices, export, merging, projects, queue

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://x","y")',
    "plus": "+1+cmd|' /C calc'!A0",
    "hidden formula": "\u200b\u202e=1+1",
    "nul before a formula": "\x00=1+1",
    "right to left": "abc \u202egnp.exe\u202c עברית",
    "emoji": "👩🏽‍🔬🧲 flag 🇩🇪",
    "long": "ß" * 10_000,
    "lines": "one\ntwo\r\nthree\rfour",
    "nul": "before\x00after",
    "markdown": "[x](javascript:alert(1)) **bold** :material/bug: $a$ `c`",
    "sql": "'); DROP TABLE reviews; --",
    "quotes": "\"'`\\",
}
RUNS = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]*[=+\-@]")


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def text(request) -> str:
    return request.param


def test_it_is_stored_queued_listed_and_merged_as_typed(tiny_project, decide, text, tmp_path):
    choices.set_reviewer(tiny_project, text)
    decide(tiny_project, "cam1/003.jpg", "note", text)
    decide(tiny_project, "cam1/003.jpg", "tag", text)

    found = json.loads(json.dumps(queue.items_json(queue.queue(tiny_project, order="newest"))))
    item = next(one for one in found if one["path"] == "cam1/003.jpg")
    assert (item["note"], item["tags"]) == (text, [text])
    rows = json.loads(json.dumps(queue.reviews_list(tiny_project), allow_nan=False))
    assert [row["value"] for row in rows] == [text, text]
    assert rows[0]["reviewer"] == text.strip()
    other = projects.create_project(
        model=choices.choices_of(tiny_project).model_path,
        field=tiny_project_field(tiny_project), folder=tmp_path / "other",
    )  # fmt: skip
    assert merging.merge(other, tiny_project.database).new == 2
    assert {row["value"] for row in queue.reviews_list(other)} == {text}


def tiny_project_field(project):
    return next(iter(choices.choices_of(project).folders.values()))


def test_a_spreadsheet_gets_it_whole_and_runs_nothing(tiny_project, decide, text):
    choices.set_reviewer(tiny_project, text)
    decide(tiny_project, "cam1/003.jpg", "note", text)
    decide(tiny_project, "cam1/003.jpg", "tag", text)
    decide(tiny_project, "cam1/004.jpg", "label", "red")
    found = export.export(tiny_project)

    _, content = export.export_bytes(found, format_name="csv")

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["path"] for row in rows] == ["cam1/003.jpg", "cam1/004.jpg"]
    for name in ("note", "tags"):
        cell = rows[0][name]
        assert not RUNS.match(cell), cell[:40]
        assert cell in (text, f"'{text}")
    assert not RUNS.match(rows[0]["reviewer"])
    assert rows[0]["reviewer"].removeprefix("'") == text.strip().removeprefix("'")


def test_a_program_gets_it_whole(tiny_project, decide, text):
    decide(tiny_project, "cam1/003.jpg", "note", text)
    decide(tiny_project, "cam1/003.jpg", "tag", text)

    _, content = export.export_bytes(export.export(tiny_project), format_name="jsonl")

    (line,) = content.decode("utf-8").strip("\n").split("\n")
    row = json.loads(line)
    assert (row["note"], row["tags"]) == (text, text)
