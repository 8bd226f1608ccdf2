"""Every picture file that may turn up becomes RGB uint8, upright; every broken one says why."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.errors import PictureError
from core.frames.images import FORMATS, decode, decode_reduced, display_jpeg
from core.frames.index import index_folder
from core.frames.listing import SUFFIXES
from core.records import BrokenFrame, Folder
from core.settings import SETTINGS

WIDTH, HEIGHT = 96, 64
MODES = {
    ".png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    ".tif": ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I;16B", "I", "F"),
    ".tiff": ("RGB",),
    ".jpg": ("L", "RGB", "CMYK"),
    ".jpeg": ("RGB",),
    ".webp": ("RGB",),
    ".bmp": ("1", "L", "P", "RGB"),
}


def scene() -> Image.Image:
    """Dark top left, bright bottom right, a red corner: no turn of it equals another."""
    down, right = np.mgrid[0:HEIGHT, 0:WIDTH]
    grey = (40 + 90 * down / HEIGHT + 120 * right / WIDTH).astype(np.uint8)
    pixels = np.stack([grey, grey, grey], axis=-1)
    pixels[: HEIGHT // 4, : WIDTH // 4] = (220, 30, 30)
    return Image.fromarray(pixels)


def in_mode(mode: str) -> Image.Image:
    grey = np.asarray(scene().convert("L"))
    match mode:
        case "I;16" | "I;16B":
            order = ">u2" if mode == "I;16B" else "<u2"
            return Image.fromarray((grey.astype(np.uint16) * 257).astype(order))
        case "I":
            return Image.fromarray(grey.astype(np.int32) * 257)
        case "F":
            return Image.fromarray(grey.astype(np.float32) / 255)
        case "P" | "PA":
            return scene().quantize(256).convert(mode)
        case _:
            return scene().convert(mode)


@pytest.mark.parametrize(
    ("suffix", "mode"), [(suffix, mode) for suffix in MODES for mode in MODES[suffix]]
)
def test_every_mode_of_every_format_becomes_rgb_of_the_same_picture(tmp_path, suffix, mode):
    file = tmp_path / f"picture{suffix}"
    in_mode(mode).save(file)
    with Image.open(file) as written:
        assert written.mode == mode

    image = decode(file)

    assert image.dtype == np.uint8
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert image.flags.writeable
    if mode != "1":  # dithered: right on average only
        expected = np.asarray(scene()).astype(int)
        if mode in {"L", "LA", "I;16", "I;16B", "I", "F"}:
            expected = np.asarray(scene().convert("L").convert("RGB")).astype(int)
        assert np.abs(image - expected).mean() < 6


def test_the_listed_suffixes_are_those_of_the_contract():
    assert set(MODES) == SUFFIXES
    assert len(FORMATS) == 5


def with_transparent_left_half(mode: str) -> Image.Image:
    alpha = np.full((HEIGHT, WIDTH), 255, dtype=np.uint8)
    alpha[:, : WIDTH // 2] = 0
    layer = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 255, 255))
    layer.putalpha(Image.fromarray(alpha))
    return layer.convert(mode)


@pytest.mark.parametrize(
    ("suffix", "mode"), [(".png", "RGBA"), (".png", "LA"), (".tif", "RGBA"), (".webp", "RGBA")]
)
def test_what_is_transparent_turns_white(tmp_path, suffix, mode):
    file = tmp_path / f"picture{suffix}"
    with_transparent_left_half(mode).save(file, lossless=True)

    image = decode(file)

    assert (image[:, : WIDTH // 2] == 255).all()
    assert (image[:, WIDTH // 2 :, 0] < 100).all()


def test_a_transparent_palette_colour_turns_white(tmp_path):
    palette = Image.new("P", (WIDTH, HEIGHT), 0)
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.paste(1, (WIDTH // 2, 0, WIDTH, HEIGHT))
    palette.save(tmp_path / "picture.png", transparency=0)

    image = decode(tmp_path / "picture.png")

    assert (image[:, : WIDTH // 2] == 255).all()
    assert (image[:, WIDTH // 2 :] == (200, 100, 50)).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 32896, 65535]], dtype=np.uint16), [0, 128, 255]),
        (np.array([[0, 100, 255]], dtype=np.int32), [0, 100, 255]),
        (np.array([[0, 25700, 65535]], dtype=np.int32), [0, 100, 255]),
        (np.array([[-1000, 0, 1000]], dtype=np.int32), [0, 128, 255]),
        (np.array([[0, 0.5, 1]], dtype=np.float32), [0, 128, 255]),
        (np.array([[0, 100, 200]], dtype=np.float32), [0, 100, 200]),
        (np.array([[np.nan, 0.2, np.inf]], dtype=np.float32), [0, 51, 0]),
        (np.array([[7e5, 8e5, 9e5]], dtype=np.float32), [0, 128, 255]),
    ],
)
def test_values_beyond_eight_bits_are_scaled(tmp_path, values, expected):
    file = tmp_path / "picture.tif"
    Image.fromarray(values).save(file)

    image = decode(file)

    assert image[0, :, 0].tolist() == expected


def test_sixteen_bit_colour_keeps_its_upper_half():
    # Pillow cannot write 16-bit RGB, so the file is built by hand.
    pixels = np.full((2, 3, 3), (0x1234, 0x8000, 0xFFFF), dtype=">u2")

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", 3, 2, 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")

    image = decode(data)

    assert image.shape == (2, 3, 3)
    assert image[0, 0].tolist() == [0x12, 0x80, 0xFF]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_pictures_are_turned_as_their_exif_says(tmp_path, suffix, orientation):
    file = tmp_path / f"picture{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {".jpg": {"quality": 95, "subsampling": 0}, ".webp": {"lossless": True}}
    scene().save(file, exif=exif, **options.get(suffix, {}))
    tagged = scene()
    tagged.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(tagged)).astype(int)

    image = decode(file)
    reduced = decode_reduced(file, short_side=16)
    shown = decode(display_jpeg(file, long_side=48))

    assert image.shape == expected.shape
    assert np.abs(image - expected).mean() < 3
    assert (reduced.height, reduced.width) == expected.shape[:2]
    assert reduced.image.shape[0] * expected.shape[1] == reduced.image.shape[1] * expected.shape[0]
    assert shown.shape[:2] == (expected.shape[0] // 2, expected.shape[1] // 2)
    small = np.asarray(Image.fromarray(expected.astype(np.uint8)).resize(shown.shape[1::-1]))
    assert np.abs(shown.astype(int) - small).mean() < 6


def saved(tmp_path: Path, suffix: str, **options: object) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    file = tmp_path / f"whole{suffix}"
    Image.fromarray(noise).save(file, **options)
    data = file.read_bytes()
    file.unlink()
    return data


def bomb(_: Path) -> bytes:
    side = int(SETTINGS.max_picture_pixels**0.5) + 1
    return b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, side, side, 1, 24, *[0] * 6)


BROKEN: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "empty": ("a.jpg", lambda _: b"", "empty"),
    "half a JPEG": ("b.jpg", lambda tmp: saved(tmp, ".jpg")[:-2000], "cut off"),
    "JPEG without its end": ("c.jpg", lambda tmp: saved(tmp, ".jpg")[:-2], "cut off"),
    "half a progressive JPEG": (
        "d.jpg",
        lambda tmp: saved(tmp, ".jpg", progressive=True)[:-2000],
        "cut off",
    ),
    "half a PNG": ("e.png", lambda tmp: saved(tmp, ".png")[:9000], "cut off"),
    "half a WebP": ("f.webp", lambda tmp: saved(tmp, ".webp")[:1000], "cut off"),
    "half a TIFF": ("g.tif", lambda tmp: saved(tmp, ".tif")[:-500], "cut off"),
    "half a BMP": ("h.bmp", lambda tmp: saved(tmp, ".bmp")[:9000], "cut off"),
    "a few bytes of a JPEG": ("i.jpg", lambda tmp: saved(tmp, ".jpg")[:12], "cut off"),
    "text": ("j.jpg", lambda _: b"not a picture, honestly", "no JPEG"),
    "a web page": ("k.jpg", lambda _: b"<html><body>404</body></html>", "web page"),
    "a GIF": ("l.png", lambda _: b"GIF89a" + bytes(100), "GIF"),
    "HEIC under a JPEG's name": ("m.jpg", lambda _: b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
    "too many pixels": ("n.bmp", bomb, "at most 300 million"),
    "zeros": ("o.jpg", lambda _: bytes(5000), "no JPEG"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_picture_says_what_is_wrong_and_costs_nothing_else(tmp_path, kind):
    name, make, expected = BROKEN[kind]
    (tmp_path / name).write_bytes(make(tmp_path))
    scene().save(tmp_path / "z_good.jpg")
    rows: list[dict] = []
    broken: list[BrokenFrame] = []

    with pytest.raises(PictureError, match=expected) as raised:
        decode(tmp_path / name)
    with pytest.raises(PictureError):
        decode((tmp_path / name).read_bytes())
    index_folder(
        tmp_path, name=Folder.FIELD, on_batch=lambda r, b: (rows.extend(r), broken.extend(b))
    )

    assert broken == [BrokenFrame(Folder.FIELD, name, str(raised.value))]
    assert [row["path"] for row in rows] == ["z_good.jpg"]
    assert "\n" not in broken[0].reason


def test_a_bomb_of_twice_the_limit_is_refused_too(tmp_path):
    data = bytearray(bomb(tmp_path))
    data[18:26] = struct.pack("<ii", 60_000, 60_000)

    with pytest.raises(PictureError, match="at most 300 million"):
        decode(bytes(data))


@pytest.mark.parametrize("missing", ["gone.jpg", "."])
def test_a_path_that_is_no_file_is_refused(tmp_path, missing):
    with pytest.raises(PictureError, match=r"no such file|not a file"):
        decode(tmp_path / missing)


def test_odd_files_print_no_warning(tmp_path, capfd):
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x01" * 40  # says 65,535 entries, holds three
    scene().save(tmp_path / "picture.jpg", exif=exif)
    palette = scene().convert("P", palette=Image.Palette.ADAPTIVE)
    palette.save(tmp_path / "picture.png", transparency=bytes(range(256)))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")

        for file in sorted(tmp_path.iterdir()):
            assert decode(file).shape == (HEIGHT, WIDTH, 3)

    assert heard == []
    assert capfd.readouterr() == ("", "")
