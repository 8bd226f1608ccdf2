"""Small browser parts where Streamlit's widgets are too slow or unsafe: dial, queue, gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(file: str, *, name: str, shared: tuple[str, ...] = ()) -> Any:
    """
    Register the part whose .html, .css and .js lie beside `file` under the folder's name.

    More .js and .css files of the folder are one with it, in the order of their names: a file may
    call what any other declares, but use another's constants only inside functions.

    Args:
        name: what Streamlit calls it.
        shared: folders beside this one whose .js comes first in the same module.

    Only trusted strings go in here; data reaches the page through textContent, never innerHTML.
    """
    folder = Path(file).parent
    stem = folder.name
    # A single-line string would be taken for a path; these files have many lines.
    parts = {
        "html": (folder / f"{stem}.html").read_text("utf-8"),
        "css": _joined([folder], "css"),
        "js": _joined([*(folder.parent / one for one in shared), folder], "js"),
    }
    return st.components.v2.component(f"fieldcheck_{name}", isolate_styles=False, **parts)


def _joined(folders: list[Path], kind: str) -> str:
    files = [path for folder in folders for path in sorted(folder.glob(f"*.{kind}"))]
    return "\n".join(path.read_text("utf-8") for path in files)
