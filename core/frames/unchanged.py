"""Whether a file still is the picture that was indexed."""

from __future__ import annotations

from pathlib import Path

from core.errors import PictureError


def check_unchanged(path: Path, *, size_bytes: int, modified_ns: int) -> None:
    """
    Nothing, if the file still has the size and time it was indexed with.

    Asked before and after a picture is decoded: an answer must never be kept under the content
    hash of the picture that lay there before.

    Raises:
        PictureError: the file is gone or was written again since.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise PictureError(
            "the file is gone; put it back, or look at the folders again on the Overview page"
        ) from error
    if (stat.st_size, stat.st_mtime_ns) != (size_bytes, modified_ns):
        raise PictureError("the file has changed; look at the folders again on the Overview page")
