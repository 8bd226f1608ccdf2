from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from core.frames.exif import exif_facts, make_and_model
from core.frames.images import decode, open_picture

MAIN = {Base.DateTime, Base.Make, Base.Model}


def photo(folder, facts, suffix=".jpg"):
    exif = Image.Exif()
    details = exif.get_ifd(IFD.Exif)
    for tag, value in facts.items():
        (exif if tag in MAIN else details)[tag] = value
    if suffix == ".tif":
        exif[IFD.Exif] = 0  # Pillow's TIFF writer leaves the details out without their pointer
    file = folder / f"photo{suffix}"
    Image.fromarray(np.zeros((20, 30, 3), dtype=np.uint8)).save(file, exif=exif)
    return file


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_time_and_camera_are_read_from_every_format(tmp_path, suffix):
    facts = {Base.DateTimeOriginal: "2026:03:02 07:15:03", Base.Model: "camera 3"}
    file = photo(tmp_path, facts, suffix)

    found = exif_facts(file)

    assert found == (datetime(2026, 3, 2, 7, 15, 3), "camera 3")
    assert exif_facts(file.read_bytes()) == found


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {Base.DateTime: "2026:03:03 10:00:00", Base.DateTimeOriginal: "2026:03:02 07:15:03"},
            datetime(2026, 3, 2, 7, 15, 3),
        ),
        (
            {Base.DateTimeOriginal: "2026:03:02 07:15:03", Base.SubsecTimeOriginal: "25"},
            datetime(2026, 3, 2, 7, 15, 3, 250_000),
        ),
        (
            {Base.DateTimeOriginal: "0000:00:00 00:00:00", Base.DateTime: "2026:03:03 10:00:00"},
            datetime(2026, 3, 3, 10),
        ),
        ({Base.DateTimeOriginal: "yesterday"}, None),
        ({}, None),
    ],
)
def test_the_time_is_the_shutters_else_the_files(tmp_path, facts, expected):
    assert exif_facts(photo(tmp_path, facts))[0] == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({Base.Make: "Canon", Base.Model: "Canon EOS 5D"}, "Canon EOS 5D"),
        ({Base.Make: "SONY", Base.Model: "ILCE-7"}, "ILCE-7"),
        ({Base.Make: "Foscam", Base.Model: "9821"}, "Foscam 9821"),
        ({Base.Make: "Foscam"}, "Foscam"),
        ({Base.Model: "Gate", Base.BodySerialNumber: "0042"}, "Gate (serial 0042)"),
        ({Base.Model: "  "}, None),
    ],
)
def test_the_camera_is_its_model_and_what_tells_it_from_its_like(tmp_path, facts, expected):
    assert exif_facts(photo(tmp_path, facts))[1] == expected


@pytest.mark.parametrize("keep", [0, 8, 12, 20])
def test_broken_exif_costs_neither_the_picture_nor_an_error(tmp_path, keep):
    facts = {Base.DateTimeOriginal: "2026:03:02 07:15:03", Base.Model: "camera 3"}
    data = bytearray(photo(tmp_path, facts).read_bytes())
    start = data.index(b"Exif\0\0") + 6
    end = data.index(b"camera 3") + 8
    data[start + keep : end] = b"\xff" * (end - start - keep)

    assert exif_facts(bytes(data)) in {(None, None), (datetime(2026, 3, 2, 7, 15, 3), None)}
    assert decode(bytes(data)).shape == (20, 30, 3)


def test_a_file_that_is_no_picture_has_no_facts(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"text")

    assert exif_facts(tmp_path / "a.jpg") == (None, None)
    assert exif_facts(tmp_path / "gone.jpg") == (None, None)


def test_make_and_model_are_told_apart_and_missing_ones_are_none(tmp_path):
    told = photo(tmp_path, {Base.Make: "Maker\0 ", Base.Model: "Model 3"})
    with open_picture(told) as picture:
        assert make_and_model(picture) == ("Maker", "Model 3")

    silent = photo(tmp_path, {})
    with open_picture(silent) as picture:
        assert make_and_model(picture) == (None, None)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg"])
def test_broken_exif_tells_no_make_and_breaks_nothing(tmp_path, suffix):
    file = tmp_path / f"photo{suffix}"
    Image.new("RGB", (9, 9)).save(file, exif=b"Exif\0\0XXXXXXXXXX")
    with open_picture(file) as picture:
        assert make_and_model(picture) == (None, None)
