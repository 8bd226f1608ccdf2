"""A grid of thumbnails; a click names the frame."""

from __future__ import annotations

import pandas as pd

from pages._shared.components import component

_gallery = component(__file__, name="gallery")


def gallery(frames: pd.DataFrame, *, token: str, captions: list[str], key: str) -> str | None:
    """
    Show frames by content hash; returns the content hash of the one clicked last, or None.

    Args:
        frames: needs the column content_hash.
        captions: one plain sentence a frame, also its name for screen readers.
    """
    items = [
        {"hash": digest, "src": f"/api/pictures/{token}/{digest}?size=thumb", "caption": caption}
        for digest, caption in zip(frames["content_hash"], captions, strict=True)
    ]
    result = _gallery(
        key=key, data={"items": items}, default={"picked": None}, on_picked_change=lambda: None
    )
    return result.picked
