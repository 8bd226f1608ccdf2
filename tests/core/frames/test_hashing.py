from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from core.frames.hashing import content_hash, hash_distance, picture_hash
from core.frames.images import decode, decode_reduced, encode_jpeg


def gradient() -> np.ndarray:
    """The test picture of the golden vectors: 224 × 224 RGB."""
    y, x = np.mgrid[0:224, 0:224]
    blue = 128 + 127 * np.sin(x / 15) * np.cos(y / 20)
    return np.round(np.stack([x * 255 / 223, y * 255 / 223, blue], axis=-1)).astype(np.uint8)


def test_picture_hash_equals_imagehash():
    # ImageHash 4.3.2, dhash of this picture; methods 10.
    assert picture_hash(gradient()) == "bbefecffb3ffecee"


@pytest.mark.parametrize("level", [0, 128, 255])
def test_even_pictures_have_an_empty_hash(level):
    assert picture_hash(np.full((50, 60, 3), level, dtype=np.uint8)) == "0" * 16


def test_compression_and_brightness_leave_a_near_copy_other_pictures_are_far():
    image = gradient()
    brighter = np.clip(image.astype(int) + 30, 0, 255).astype(np.uint8)

    compressed = hash_distance(
        picture_hash(image), picture_hash(decode(encode_jpeg(image, quality=30)))
    )
    lighter = hash_distance(picture_hash(image), picture_hash(brighter))
    mirrored = hash_distance(picture_hash(image), picture_hash(image[:, ::-1].copy()))

    assert compressed <= 6
    assert lighter <= 6
    assert mirrored > 20


def test_hash_of_the_reduced_picture_is_that_of_the_whole_one():
    data = encode_jpeg(np.kron(gradient(), np.ones((4, 4, 1), dtype=np.uint8)))

    whole = picture_hash(decode(data))
    reduced = picture_hash(decode_reduced(data, short_side=72).image)

    assert hash_distance(whole, reduced) <= 2


def test_distance_counts_bits():
    assert hash_distance("0000000000000000", "ffffffffffffffff") == 64
    assert hash_distance("8000000000000001", "0000000000000000") == 2


def test_content_hash_is_sha_256_of_all_bytes(tmp_path):
    data = bytes(range(256)) * 10_000  # more than one block
    (tmp_path / "file").write_bytes(data)

    found = content_hash(tmp_path / "file")

    assert found == sha256(data).hexdigest()
    assert found == content_hash(data)
    assert found != content_hash(data[:-1])
