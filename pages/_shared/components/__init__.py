"""Small browser parts where Streamlit's widgets are too slow or unsafe: dial, queue, gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(file: str, *, name: str) -> Any:
    """
    Register the part whose .html, .css and .js lie beside `file` under the folder's name.

    More .js files of the folder are one module with it, in the order of their names: a file may
    call what any other declares, but use another's constants only inside functions.

    Only trusted strings go in here; data reaches the page through textContent, never innerHTML.
    """
    folder = Path(file).parent
    stem = folder.name
    # A single-line string would be taken for a path; these files have many lines.
    parts = {kind: (folder / f"{stem}.{kind}").read_text("utf-8") for kind in ("html", "css")}
    parts["js"] = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    return st.components.v2.component(f"fieldcheck_{name}", isolate_styles=False, **parts)
