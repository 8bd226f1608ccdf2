"""Two fingerprints: of a file's bytes (the same file?) and of a picture (nearly the same look?)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import PIL.Image
from PIL.Image import Resampling

from core.records import Image

_BLOCK = 1 << 20


def content_hash(source: Path | bytes) -> str:
    """
    SHA-256 of the file's bytes: 64 hex digits. Files of any size; read in blocks.

    Raises:
        OSError: the file cannot be read.
    """
    digest = sha256()
    if isinstance(source, bytes):
        digest.update(source)
        return digest.hexdigest()
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def picture_hash(image: Image) -> str:
    """
    64-bit difference hash: 16 hex digits; a bit is 1 where grey grows from left to right.

    Source:
        ImageHash 4.3.2, `dhash`: grey, 9 × 8 px by Lanczos, bits row by row.
    """
    grey = PIL.Image.fromarray(image).convert("L").resize((9, 8), Resampling.LANCZOS)
    levels = np.asarray(grey)
    return np.packbits(levels[:, 1:] > levels[:, :-1]).tobytes().hex()


def hash_distance(first: str, second: str) -> int:
    """Bits in which two picture hashes differ, 0..64."""
    return (int(first, 16) ^ int(second, 16)).bit_count()
