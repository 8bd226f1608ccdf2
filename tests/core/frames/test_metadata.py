from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from core import tables
from core.errors import MetadataError
from core.frames.metadata import join_metadata, read_metadata
from core.records import Folder


def written(folder, text):
    file = folder / "table.csv"
    file.write_text(text, encoding="utf-8")
    return file


def frames_of(*places, **facts):
    """FRAMES rows of "folder/path" places."""
    rows = []
    for place in places:
        folder, _, path = place.partition("/")
        row = {name: 0 for name in tables.FRAMES}
        row |= {"folder": folder, "path": path, "content_hash": place, "picture_hash": "0" * 16}
        rows.append(row | {"taken_at": None, "camera": None, "label": None, "clip": ""} | facts)
    return tables.conform(pd.DataFrame(rows), tables.FRAMES)


def joined(root, frames, text, *, csv_folder=None, **corrections):
    folders = {name: root / name.value for name in Folder}
    table = replace(read_metadata(written(root, text)), **corrections)
    return join_metadata(frames, table, csv_folder=csv_folder or root, folders=folders)


def test_all_that_is_guessed_is_told(tmp_path):
    text = "Datei;Klasse;Zeit;Kamera;Ort\na.jpg;Zange;02.03.2026 07:15;K1;Tor 3\n"

    table = read_metadata(written(tmp_path, text))

    assert (table.separator, table.encoding) == (";", "utf-8-sig")
    assert (table.path, table.label) == ("Datei", "Klasse")
    assert (table.taken_at, table.camera) == ("Zeit", "Kamera")
    assert table.notes == ()
    assert set(table.frame.dtypes.astype(str)) == {"str"}
    assert table.frame.loc[2].tolist() == ["a.jpg", "Zange", "02.03.2026 07:15", "K1", "Tor 3"]


def test_leading_zeros_and_the_word_nan_stay_text(tmp_path):
    table = read_metadata(written(tmp_path, "path,lot,word\na.jpg,007,NA\n"))

    assert table.frame.loc[2].tolist() == ["a.jpg", "007", "NA"]


def test_odd_headers_and_rows_are_mended_and_noted(tmp_path):
    text = "path,note,note,\na.jpg,1\nb.jpg,1,2,3,4\nc.jpg,1,2,3,,\n"

    table = read_metadata(written(tmp_path, text))

    assert table.frame.columns.tolist() == ["path", "note", "note (2)", "column 4"]
    assert table.frame["note (2)"].tolist() == ["", "2", "2"]
    assert len(table.notes) == 1
    assert "Line 3 has 5 cells, the header 4" in table.notes[0]


def test_a_table_without_a_header_keeps_its_first_row(tmp_path):
    table = read_metadata(written(tmp_path, "a.jpg,cat\nb.jpg,dog\n"))

    assert table.path == "column 1"
    assert table.frame["column 2"].tolist() == ["cat", "dog"]
    assert "no header" in table.notes[0]


def test_a_header_alone_is_refused(tmp_path):
    with pytest.raises(MetadataError, match="No column names pictures"):
        read_metadata(written(tmp_path, "path,label\n"))


def test_day_and_clock_become_one_time(tmp_path):
    text = "path,date,time\nfield/a.jpg,2026-03-02,07:15\n"

    result = joined(tmp_path, frames_of("field/a.jpg"), text)

    assert result.frames["taken_at"].tolist() == [pd.Timestamp("2026-03-02 07:15")]
    assert result.frames["date"].tolist() == ["2026-03-02"]


def test_days_without_hours_are_noted_not_used(tmp_path):
    table = read_metadata(written(tmp_path, "path,date\na.jpg,2026-03-02\n"))

    assert table.taken_at is None
    assert "'date' is not used as time" in table.notes[0]


def test_how_slashes_were_read_is_noted(tmp_path):
    both = read_metadata(written(tmp_path, "path,time\na.jpg,02/03/2026 10:00\n"))
    month = read_metadata(written(tmp_path, "path,time\na.jpg,02/23/2026 10:00\n"))

    assert "with the day first" in both.notes[0]
    assert "with the month first" in month.notes[0]


def test_rows_join_relative_to_the_csvs_folder(tmp_path):
    text = "path,shift\nfield/x/a.jpg,early\n./reference//b.jpg,late\n"

    result = joined(tmp_path, frames_of("reference/b.jpg", "field/x/a.jpg"), text)

    assert result.frames["shift"].tolist() == ["late", "early"]
    assert result.rows_without_frame == result.frames_without_row == []


def test_rows_join_relative_to_the_frames_folder_else(tmp_path):
    text = "path,shift\nx/a.jpg,early\nb.jpg,late\n"

    result = joined(
        tmp_path, frames_of("field/x/a.jpg", "reference/b.jpg"), text, csv_folder=tmp_path / "far"
    )

    assert result.frames["shift"].tolist() == ["early", "late"]


def test_the_csvs_folder_goes_before_the_frames_folder(tmp_path):
    frames = frames_of("field/a.jpg", "field/field/a.jpg")

    result = joined(tmp_path, frames, "path,shift\nfield/a.jpg,early\n")

    assert result.frames["shift"].tolist()[0] == "early"
    assert result.frames_without_row == ["field/field/a.jpg"]


def test_a_csv_beside_the_pictures_names_those_beside_it(tmp_path):
    frames = frames_of("field/x/a.jpg", "field/a.jpg")

    result = joined(
        tmp_path, frames, "path,shift\na.jpg,early\n", csv_folder=tmp_path / "field" / "x"
    )

    assert result.frames_without_row == ["field/a.jpg"]


def test_backslashes_and_absolute_paths_are_understood(tmp_path):
    absolute = tmp_path / "field" / "b.jpg"
    text = f"path,shift\nfield\\x\\a.jpg,early\n{absolute},late\n"

    result = joined(tmp_path, frames_of("field/x/a.jpg", "field/b.jpg"), text)

    assert result.frames["shift"].tolist() == ["early", "late"]


def test_a_path_out_of_the_folders_joins_nothing(tmp_path):
    text = "path,shift\n../a.jpg,1\nfield/../../a.jpg,2\n/etc/a.jpg,3\nC:\\a.jpg,4\n"

    result = joined(tmp_path, frames_of("field/a.jpg"), text)

    assert result.rows_without_frame == ["../a.jpg", "field/../../a.jpg", "/etc/a.jpg", "C:\\a.jpg"]
    assert result.folders_without_row == [Folder.FIELD]
    assert result.frames["shift"].isna().all()


def test_a_folder_whose_name_begins_like_the_frames_folder_is_another(tmp_path):
    result = joined(tmp_path, frames_of("field/a.jpg"), "path,x\nfield2/a.jpg,1\n")

    assert result.rows_without_frame == ["field2/a.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows links need a privilege")
def test_absolute_paths_through_a_link_are_understood(tmp_path):
    (tmp_path / "disk/field").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    text = f"path,x\n{tmp_path}/link/field/a.jpg,1\n{tmp_path}/disk/field/b.jpg,2\n"
    table = read_metadata(written(tmp_path, text))

    result = join_metadata(
        frames_of("field/a.jpg", "field/b.jpg"),
        table,
        csv_folder=Path("elsewhere"),
        folders={Folder.FIELD: tmp_path / "link/field"},
    )

    assert result.frames["x"].tolist() == ["1", "2"]


def test_accents_match_in_either_spelling(tmp_path):
    frames = frames_of("field/" + unicodedata.normalize("NFD", "grün.jpg"))
    text = "path,x\nfield/" + unicodedata.normalize("NFC", "grün.jpg") + ",1\n"

    assert joined(tmp_path, frames, text).frames["x"].tolist() == ["1"]


def test_rows_and_frames_without_a_partner_are_listed(tmp_path):
    text = "path,x\nfield/a.jpg,1\nfield/gone.jpg,2\n,3\nfield/a.jpg,4\n"

    result = joined(tmp_path, frames_of("field/a.jpg", "field/b.jpg", "reference/a.jpg"), text)

    assert result.rows_without_frame == ["field/gone.jpg", "(line 4: no path)"]
    assert result.frames_without_row == ["field/b.jpg"]
    assert result.repeated_rows == ["field/a.jpg"]
    assert result.frames["x"].fillna("-").tolist() == ["1", "-", "-"]


def test_a_folder_that_the_table_never_names_is_told_once(tmp_path):
    frames = frames_of("field/a.jpg", "field/b.jpg", "reference/a/1.jpg", "reference/a/2.jpg")

    result = joined(tmp_path, frames, "path,x\nfield/a.jpg,1\nreference/gone.jpg,2\n")

    assert result.frames_without_row == ["field/b.jpg"]
    assert result.folders_without_row == [Folder.REFERENCE]
    assert result.rows_without_frame == ["reference/gone.jpg"]


def test_a_table_that_names_nothing_tells_each_folder_once(tmp_path):
    frames = frames_of("field/a.jpg", "reference/a.jpg")

    result = joined(tmp_path, frames, "path,x\nelsewhere/a.jpg,1\n")

    assert result.frames_without_row == []
    assert result.folders_without_row == [Folder.FIELD, Folder.REFERENCE]


def test_an_empty_folder_is_no_folder_without_rows(tmp_path):
    result = joined(tmp_path, frames_of("field/a.jpg"), "path,x\nfield/a.jpg,1\n")

    assert result.folders_without_row == []


def test_label_time_and_camera_of_the_table_go_first_where_they_are_not_empty(tmp_path):
    frames = frames_of(
        *("field/a.jpg", "field/b.jpg", "field/c.jpg"),
        label="folder", camera="exif", taken_at=pd.Timestamp("2020-01-01 10:00"),
    )  # fmt: skip
    text = "path,class,time,cam\nfield/a.jpg,cat,2026-03-02 07:15,c1\nfield/b.jpg,,noon,\n"

    result = joined(tmp_path, frames, text, taken_at="time").frames

    assert result["label"].tolist() == ["cat", "folder", "folder"]
    assert result["camera"].tolist() == ["c1", "exif", "exif"]
    assert result["taken_at"].dt.year.tolist() == [2026, 2020, 2020]
    assert result[list(tables.FRAMES)].dtypes.astype(str).to_dict() == tables.FRAMES
    assert list(result.columns) == list(tables.FRAMES)


def test_times_that_cannot_be_read_are_listed(tmp_path):
    text = "path,time\nfield/a.jpg,2026-03-02 07:15\nfield/b.jpg,noon\nfield/c.jpg,\n"

    result = joined(tmp_path, frames_of("field/a.jpg", "field/b.jpg"), text)

    assert result.unread_times == ["noon"]


def test_a_corrected_column_is_used(tmp_path):
    text = "path,label,variety\nfield/a.jpg,Apple,Pink Lady\n"

    result = joined(tmp_path, frames_of("field/a.jpg"), text, label="variety").frames

    assert result["label"].tolist() == ["Pink Lady"]
    assert result["meta_label"].tolist() == ["Apple"]


def test_columns_named_like_ours_get_a_prefix(tmp_path):
    text = "path,width,confidence,meta_width,place\nfield/a.jpg,5,high,6,gate\n"

    result = joined(tmp_path, frames_of("field/a.jpg"), text).frames

    assert result["width"].tolist() == [0]
    assert result["meta_width"].tolist() == ["5"]
    assert result["meta_width (2)"].tolist() == ["6"]
    assert result["meta_confidence"].tolist() == ["high"]
    assert result["place"].tolist() == ["gate"]


def test_the_frames_given_stay_as_they_are(tmp_path):
    frames = frames_of("field/a.jpg", "field/b.jpg")
    frames.index = [9, 4]
    before = frames.copy()

    result = joined(tmp_path, frames, "path,label\nfield/b.jpg,cat\n").frames

    pd.testing.assert_frame_equal(frames, before)
    assert result.index.tolist() == [9, 4]
    assert result["label"].fillna("-").tolist() == ["-", "cat"]
