"""
Picture files and arrays: decode, shrink, encode.

Whatever the file holds, the answer is RGB uint8, upright. Colour profiles are ignored, as the
usual training code ignores them. Error texts do not name the file; the caller knows it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import BmpImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin
from PIL.Image import Resampling, Transpose

from core.errors import PictureError
from core.records import Image
from core.settings import SETTINGS

FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        TiffImagePlugin.TiffImageFile,
        BmpImagePlugin.BmpImageFile,
    )
)
THUMBNAIL_SIDE = 192  # px
DISPLAY_QUALITY = 88
_JPEG_SIDE = 65_500  # px, libjpeg's limit

# Pillow itself refuses at twice this number; open_picture() refuses right above it.
PIL.Image.MAX_IMAGE_PIXELS = SETTINGS.max_picture_pixels

_PILLOW_MUTED = ("ignore", None, Warning, re.compile(r"PIL\."), 0)  # as warnings.filters holds it
_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})

_OURS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*", b"BM")
_OTHERS = {
    b"GIF8": "a GIF",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"<": "a web page",
    b"\0asm": "a program",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}


class Sized(NamedTuple):
    """A picture read at a reduced size, and the size of the file's own picture in px, upright."""

    image: Image
    width: int
    height: int


def decode(source: Path | bytes) -> Image:
    """
    The picture in full size: RGB uint8 (height, width, 3), turned by EXIF.

    16-bit grey is divided by 257. 32-bit integers and floats have no agreed white: the smallest of
    1 (floats only), 255 and 65535 that holds every value is taken for it, else the values are
    stretched from their least to their greatest. Alpha is laid on white. Of several pictures in
    one file the first counts.

    Raises:
        PictureError: empty, cut off, not a picture, too many pixels, or not readable.
    """
    with open_picture(source) as picture:
        return np.array(_turned(_rgb(picture), _orientation(picture)))


def decode_reduced(source: Path | bytes, *, short_side: int) -> Sized:
    """
    The picture, for JPEG at 1/2, 1/4 or 1/8 of its size while no side falls below short_side (px).

    Every byte is still read, so a cut-off file is noticed. Three times faster than `decode` on
    phone photos.

    Raises:
        PictureError: as `decode`.
    """
    with open_picture(source) as picture:
        full = picture.size
        picture.draft(None, (short_side, short_side))
        is_reduced = picture.size != full
        rgb = _rgb(picture)
        orientation = _orientation(picture)
        width, height = full if is_reduced else picture.size
        if orientation in _SIDEWAYS:
            width, height = height, width
        return Sized(np.array(_turned(rgb, orientation)), width, height)


def working_image(image: Image, *, short_side: int = SETTINGS.working_short_side) -> Image:
    """The image shrunk (bicubic, antialiased) to short_side px at its shorter side, if larger."""
    height, width = image.shape[:2]
    scale = short_side / min(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrunk = PIL.Image.fromarray(image).resize(size, Resampling.BICUBIC, reducing_gap=3.0)
    return np.array(shrunk)


def encode_jpeg(image: Image, *, quality: int = 90) -> bytes:
    """
    The image as a JPEG file; quality 1..100.

    Raises:
        PictureError: a side is longer than JPEG allows (65,500 px).
    """
    height, width = image.shape[:2]
    if max(height, width) > _JPEG_SIDE:
        raise PictureError(
            f"A picture of {width:,} × {height:,} px cannot be saved as JPEG, whose sides end at "
            f"{_JPEG_SIDE:,} px. Make it smaller."
        )
    return _encoded(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def encode_png(image: Image) -> bytes:
    """The image as a PNG file, without loss; weakest compression, which is several times faster."""
    return _encoded(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def encode_bmp(image: Image) -> bytes:
    """The picture as BMP: lossless and twenty times quicker than PNG, for this machine's screen."""
    return _encoded(".bmp", image, [])


def display_jpeg(path: Path, *, long_side: int) -> bytes:
    """
    The picture for the screen: upright, at most long_side px at its longer side, as a JPEG file.

    Raises:
        PictureError: as `decode`.
    """
    with open_picture(path) as picture:
        scale = min(1.0, long_side / max(picture.size))
        width, height = (round(scale * side) for side in picture.size)
        picture.draft(None, (width, height))
        rgb = _rgb(picture)
        rgb.thumbnail((long_side, long_side), Resampling.BICUBIC, reducing_gap=2.0)
        image = np.array(_turned(rgb, _orientation(picture)))
    return encode_jpeg(image, quality=DISPLAY_QUALITY)


def thumbnail(path: Path) -> bytes:
    """The picture as a small JPEG file (longer side 192 px). Raises PictureError as `decode`."""
    return display_jpeg(path, long_side=THUMBNAIL_SIDE)


@contextmanager
def open_picture(source: Path | bytes) -> Iterator[PIL.Image.Image]:
    """
    The file opened by Pillow, its header checked, its pixels not yet read.

    Whatever Pillow raises while it is open, here or in the body, becomes a PictureError.
    """
    _mute_pillow()
    try:
        _check_file(source)
        with PIL.Image.open(
            BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS
        ) as picture:
            _check_size(*picture.size)
            yield picture
    except PictureError:
        raise
    except PIL.UnidentifiedImageError:
        raise PictureError(_unknown_format(source)) from None
    except PIL.Image.DecompressionBombError:
        raise PictureError(
            _too_large(_millions(2 * SETTINGS.max_picture_pixels) + " or more")
        ) from None
    except MemoryError:
        raise PictureError(
            "The memory does not suffice for this picture. Make it smaller."
        ) from None
    # Pillow's readers raise OSError, SyntaxError, ValueError, struct.error, zlib.error and others.
    except Exception as error:
        raise PictureError(_damaged(error)) from error


def _mute_pillow() -> None:
    # warnings.catch_warnings() is not safe in threads, so the filter stays once it is set; it is
    # looked for each time because others (test runners, Streamlit) put older filters back.
    if _PILLOW_MUTED not in warnings.filters:
        warnings.filterwarnings("ignore", module=_PILLOW_MUTED[3].pattern)


def _check_file(source: Path | bytes) -> None:
    if isinstance(source, bytes):
        is_empty = not source
    elif not source.exists():
        raise PictureError("There is no such file; it was moved, renamed or deleted. Index again.")
    elif not source.is_file():
        raise PictureError("This is not a file but a folder or a device. Choose a picture file.")
    else:
        is_empty = source.stat().st_size == 0
    if is_empty:
        raise PictureError("The file is empty (0 bytes). Copy it again from where it came from.")


def _check_size(width: int, height: int) -> None:
    if width * height > SETTINGS.max_picture_pixels:
        raise PictureError(_too_large(f"{width:,} × {height:,} = {_millions(width * height)}"))


def _too_large(found: str) -> str:
    limit = _millions(SETTINGS.max_picture_pixels)
    return f"The picture has {found} pixels; at most {limit} are opened. Make it smaller first."


def _millions(pixels: int) -> str:
    return f"{pixels / 1e6:,.0f} million"


def _damaged(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "You may not read this file. Change its permissions, or ask its owner to."
    if isinstance(error, OSError) and error.errno is not None:
        return f"The disk could not give the file ({error.strerror}). Try again later."
    return (
        f"The picture is cut off or damaged ({error or type(error).__name__}). "
        "Copy it again from where it came from."
    )


def _unknown_format(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        head = source[:16]
    else:
        with source.open("rb") as file:
            head = file.read(16)
    if head.startswith(_OURS):
        return _damaged(ValueError("its description cannot be read"))
    looks_like = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)
    if head[4:8] == b"ftyp":
        looks_like = "a HEIC or AVIF picture or a video"
    found = f"looks like {looks_like}" if looks_like else "holds something else"
    return f"This is no JPEG, PNG, WebP, TIFF or BMP picture; it {found}. Save it as JPEG or PNG."


def _orientation(picture: PIL.Image.Image) -> int:
    # Asked after the pixels are read: Pillow turns TIFF by itself then and forgets the tag.
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF raises whatever its bytes lead to; the picture is still good
        return 1


def _turned(picture: PIL.Image.Image, orientation: int) -> PIL.Image.Image:
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    picture.load()
    if picture.mode.startswith(("I", "F")):
        grey = _eight_bit(np.asarray(picture))
        return PIL.Image.fromarray(grey).convert("RGB")
    if picture.mode == "LAB":
        raise PictureError("Its colours are stored as Lab, which is not read. Save it as RGB.")
    if picture.has_transparency_data:
        white = PIL.Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
        return white.convert("RGB")
    return picture.convert("RGB")


def _eight_bit(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of more than 8 bits as 0..255; `decode` says how white is chosen."""
    if values.dtype.itemsize == 2:
        return np.round(values.astype(np.float32) / 257).astype(np.uint8)
    levels = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(levels.min()), float(levels.max())
    whites = (1.0, 255.0, 65535.0) if values.dtype.kind == "f" else (255.0, 65535.0)
    white = next((white for white in whites if low >= 0 and high <= white), None)
    if white is None:
        levels, white = levels - low, high - low
    scaled: NDArray[np.uint8] = np.round(levels * (255.0 / white)).astype(np.uint8)
    return scaled


def _encoded(suffix: str, image: Image, options: list[int]) -> bytes:
    _, data = cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return bytes(data)
