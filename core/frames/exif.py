"""What a camera wrote into its pictures: when, and which camera."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import PIL.Image
from PIL.ExifTags import IFD, Base

from core.errors import PictureError
from core.frames.images import open_picture
from core.frames.times import parse_time


def exif_facts(source: Path | bytes) -> tuple[datetime | None, str | None]:
    """
    When the picture was taken (camera's local time) and by which camera.

    The time is DateTimeOriginal, else DateTime. The camera is the model; with its maker before it
    if the model is only a number, and with the body's serial number if that is written, so that
    four cameras of one model stay four. Missing or broken facts are None; nothing is raised.
    """
    try:
        with open_picture(source) as picture:
            exif = picture.getexif()
            details = exif.get_ifd(IFD.Exif)
            return _taken_at(exif, details), _camera(exif, details)
    except PictureError:
        return None, None


def make_and_model(picture: PIL.Image.Image) -> tuple[str | None, str | None]:
    """
    The camera's maker and model as written in an open picture; None where it says nothing.

    A maker repeated at the head of the model ("Canon", "Canon EOS R6") is left there.
    """
    try:
        exif = picture.getexif()
        make, model = (_text(exif.get(tag)) for tag in (Base.Make, Base.Model))
    except Exception:  # broken EXIF raises whatever its bytes lead to; the picture is still good
        return None, None
    return make or None, model or None


def _taken_at(exif: PIL.Image.Exif, details: dict[int, object]) -> datetime | None:
    original = _text(details.get(Base.DateTimeOriginal))
    fraction = _text(details.get(Base.SubsecTimeOriginal))
    if original and fraction.isdigit():
        exact = parse_time(f"{original}.{fraction[:6]}")
        if exact:
            return exact
    return parse_time(original) or parse_time(_text(exif.get(Base.DateTime)))


def _camera(exif: PIL.Image.Exif, details: dict[int, object]) -> str | None:
    make, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    serial = _text(details.get(Base.BodySerialNumber))
    camera = model if any(map(str.isalpha, model)) else f"{make} {model}".strip()
    if serial:
        camera = f"{camera} (serial {serial})".strip()
    return camera or None


def _text(value: object) -> str:
    """EXIF text without padding; empty if the value is no text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\0", " ").strip() if isinstance(value, str) else ""
