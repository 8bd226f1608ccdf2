"""The other decoder: what a picture is to programs that read it with OpenCV."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.errors import PictureError
from core.records import Image


def decode_by_opencv(path: Path) -> Image:
    """
    The picture as OpenCV reads it: RGB uint8 (height, width, 3), turned by EXIF.

    Raises:
        PictureError: OpenCV cannot read it.
    """
    try:
        stored = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise PictureError(f"The disk could not give the file ({error.strerror}).") from error
    try:
        image = cv2.imdecode(stored, cv2.IMREAD_COLOR) if len(stored) else None
    except cv2.error as error:
        raise PictureError("OpenCV cannot read this picture.") from error
    if image is None:
        raise PictureError("OpenCV cannot read this picture.")
    turned: Image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
    return turned
