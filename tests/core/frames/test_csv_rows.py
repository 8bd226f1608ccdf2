from __future__ import annotations

import pytest

from core.errors import MetadataError
from core.frames.csv_rows import read_csv_rows


def written(folder, data):
    file = folder / "table.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_guessed(tmp_path, separator):
    lines = ["path|note|size", "a.jpg|one, two; three|1", "b.jpg|four|2"]
    text = "\n".join(lines)
    if separator != "|":
        text = text.replace(", ", "/").replace("; ", "/").replace("|", separator)

    found = read_csv_rows(written(tmp_path, text))

    assert found.separator == separator
    assert [len(cells) for _, cells in found.rows] == [3, 3, 3]


def test_commas_in_numbers_do_not_hide_semicolons(tmp_path):
    text = "path;warm;dark\na.jpg;20,5;0,1\nb.jpg;19,0;0,2\n"

    assert read_csv_rows(written(tmp_path, text)).separator == ";"


def test_excels_separator_line_is_obeyed_and_left_out(tmp_path):
    found = read_csv_rows(written(tmp_path, "sep=;\r\npath;label\r\na.jpg;cat\r\n"))

    assert found.separator == ";"
    assert found.rows == [(2, ["path", "label"]), (3, ["a.jpg", "cat"])]


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_guessed(tmp_path, written_as, read_as):
    data = "path,label\nÄpfel/grün.jpg,Äpfel\n".encode(written_as)

    found = read_csv_rows(written(tmp_path, data))

    assert found.encoding == read_as
    assert found.rows == [(1, ["path", "label"]), (2, ["Äpfel/grün.jpg", "Äpfel"])]


def test_quoted_cells_may_hold_separators_lines_and_quotes(tmp_path):
    text = 'path,note\na.jpg,"one, ""two""\nthree"\nb.jpg, four \n'

    found = read_csv_rows(written(tmp_path, text))

    assert found.rows == [
        (1, ["path", "note"]),
        (3, ["a.jpg", 'one, "two"\nthree']),
        (4, ["b.jpg", "four"]),
    ]
    assert found.notes == []


def test_a_quote_never_closed_does_not_swallow_the_rest(tmp_path):
    text = 'path,note\na.jpg,"6 inch\nb.jpg,x\nc.jpg,y\n'

    found = read_csv_rows(written(tmp_path, text))

    assert [cells[0] for _, cells in found.rows] == ["path", "a.jpg", "b.jpg", "c.jpg"]
    assert "Quotation marks" in found.notes[0]


def test_text_after_a_closed_quote_keeps_other_quotes_working(tmp_path):
    text = 'path,note\na.jpg,"6" inch\nb.jpg,"x, y"\n'

    found = read_csv_rows(written(tmp_path, text))

    assert found.rows[2] == (3, ["b.jpg", "x, y"])
    assert "Quotation marks" in found.notes[0]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_empty_lines_and_any_line_end_are_fine(tmp_path, line_end):
    text = line_end.join(["path,label", "", "a.jpg,cat", " , ", "b.jpg,dog", "", ""])

    found = read_csv_rows(written(tmp_path, text))

    assert [cells for _, cells in found.rows[1:]] == [["a.jpg", "cat"], ["b.jpg", "dog"]]
    assert [line for line, _ in found.rows] == [1, 3, 5]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_tiny_file_is_read(tmp_path, size):
    assert read_csv_rows(written(tmp_path, "abc"[:size])).rows == [(1, ["abc"[:size]])]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"PK\x03\x04" + bytes(50), "Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (b'{"path": "a.jpg"}', "JSON"),
        (b"path,label\n" + bytes(range(256)) * 4, "no readable text"),
        (bytes(500), "no readable text"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path, data, expected):
    with pytest.raises(MetadataError, match=expected):
        read_csv_rows(written(tmp_path, data))


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(MetadataError, match="could not be opened"):
        read_csv_rows(tmp_path / "gone.csv")
