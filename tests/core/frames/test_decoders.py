from __future__ import annotations

import numpy as np
import PIL.Image
import pytest

from core.errors import PictureError
from core.frames.decoders import decode_by_opencv
from core.frames.images import decode


def test_opencv_reads_what_pillow_reads_turned_alike(tmp_path):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    PIL.Image.fromarray(image).save(path, quality=95, exif=exif)
    ours, theirs = decode(path), decode_by_opencv(path)

    assert ours.shape == theirs.shape == (96, 64, 3)
    assert np.abs(ours.astype(int) - theirs).mean() < 2


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_opencv_cannot_read_is_a_plain_error(tmp_path, content):
    path = tmp_path / "x.jpg"
    path.write_bytes(content)

    with pytest.raises(PictureError, match="OpenCV cannot read"):
        decode_by_opencv(path)
    with pytest.raises(PictureError, match="disk"):
        decode_by_opencv(tmp_path / "gone.jpg")
