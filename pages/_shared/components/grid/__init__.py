"""A page of thumbnails to choose many from, by mouse or keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pages._shared.components import component

_grid = component(__file__, name="grid")


def grid(
    items: list[dict[str, Any]], *, chosen: list[str], view: str, token: str, key: str,
    on_chosen: Callable[[], None],
) -> str | None:  # fmt: skip
    """
    Show one page; returns the content hash of a frame to be opened, once, or None.

    Args:
        items: hash, path, note, sentence, is_wrong, tags, decided of each (workflows.grid.cards).
        chosen: hashes of this page that are chosen now.
        view: changes whenever Python, not the person at the grid, chose; until then what was
            clicked meanwhile is kept. The state `chosen` is {"view", "hashes"}.
    """
    shown = [{**item, "src": f"/api/pictures/{token}/{item['hash']}?size=thumb"} for item in items]
    result = _grid(
        key=key, data={"items": shown, "chosen": chosen, "view": view},
        on_chosen_change=on_chosen, on_opened_change=lambda: None,
    )  # fmt: skip
    return result.opened
