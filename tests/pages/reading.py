"""What a person sees of a page, block by block: paragraphs, labels, options, words in charts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

SEEN = frozenset(
    {"body", "title", "label", "help", "text", "caption", "content", "placeholder", "alt"}
)
"""Fields of Streamlit's messages that a person reads; `options` are read besides."""

PARAGRAPHS = frozenset({"p", "div", "b", "li", "label", "button", "figcaption", "span"})
READ_ALOUD = frozenset({"aria-label", "alt", "title", "placeholder"})
LINE_BREAK = re.compile(r"<br\s*/?>")
TEMPLATE_PART = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
SCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.DOTALL
)


def visible_text(app: AppTest) -> list[str]:
    """Every block of text on the page outside the folds, read-aloud names and tips included."""
    # page, sidebar, and the tree in which dialogs open
    blocks = [text for part in app._tree.children.values() for text in _texts(part)]
    return [block for block in (" ".join(block.split()) for block in blocks) if block]


def html_blocks(source: str) -> list[str]:
    """The paragraphs of a piece of HTML, and the names read aloud for pictures and groups."""
    reader = _Paragraphs()
    reader.feed(source)
    reader.close()
    return [block for block in (" ".join(block.split()) for block in reader.blocks) if block]


def script_strings(source: str) -> list[str]:
    """String literals of a script that hold words for people: those with a blank in them."""
    literals = [found.group()[1:-1] for found in SCRIPT.finditer(source) if found.group()[0] != "/"]
    return [TEMPLATE_PART.sub("…", text) for text in literals if " " in text.strip()]


def chart_words(spec: str) -> list[str]:
    """Titles, axis titles, legend, notes, texts in and over the marks of a Plotly figure."""
    figure = json.loads(spec)
    found: list[Any] = []
    for trace in figure.get("data", []):
        found.append(trace.get("name") if trace.get("showlegend", True) else None)
        for part in ("text", "hovertext"):
            words = trace.get(part)
            found += words if isinstance(words, list) else [words]
    layout = figure.get("layout", {})
    found += [note.get("text") for note in layout.get("annotations", [])]
    for name, part in layout.items():
        if name == "title" or re.fullmatch(r"[xy]axis\d*", name):
            title = part.get("title", {}) if name != "title" else part
            found.append(title.get("text") if isinstance(title, dict) else title)
            found += part.get("ticktext") or []
    return [LINE_BREAK.sub(" ", words) for words in found if isinstance(words, str)]


def _texts(node: Any) -> Iterator[str]:
    if node.type in ("expander", "popover"):
        yield from _fields(node.proto)
        return
    if getattr(node, "children", None) is not None:
        yield from _fields(getattr(node, "proto", None))
        for child in node.children.values():
            yield from _texts(child)
    elif node.type == "html":
        yield from html_blocks(node.value)
    elif node.type == "plotly_chart":
        yield from chart_words(node.proto.spec)
    elif node.type == "bidi_component":
        yield from html_blocks(node.proto.html_content)
        yield from _handed_over(json.loads(node.proto.json or "{}"))
    elif node.type in ("arrow_data_frame", "dataframe"):
        yield from _cells(node.value, node.proto)
    else:
        yield from _fields(node.proto)


def _fields(message: Any) -> Iterator[str]:
    """The strings a person reads in one of Streamlit's messages, however deep."""
    for field, value in message.ListFields() if message is not None else ():
        many = [value] if isinstance(value, str) or not hasattr(value, "__len__") else value
        for one in many:
            if isinstance(one, str):
                if field.name in SEEN or field.name == "options":
                    yield one
            elif hasattr(one, "ListFields"):
                yield from _fields(one)


def _handed_over(data: Any) -> Iterator[str]:
    """What a component of ours is given to show: everything but addresses and hashes."""
    for name, value in data.items():
        if isinstance(value, str) and name in ("caption", "title", "label"):
            yield value
        if isinstance(value, list):
            for item in value:
                yield from _handed_over(item) if isinstance(item, dict) else ()


def _cells(table: pd.DataFrame, proto: Any) -> Iterator[str]:
    # Column names are shown as the file has them that goes out.
    yield from (str(name).replace("_", " ") for name in table.columns)
    if table.isna().to_numpy().any():
        # Streamlit writes "None" in a cell without a value unless told what to write.
        yield proto.placeholder if proto.HasField("placeholder") else "None"
    for column in table.select_dtypes(exclude="bool"):  # shown as tick boxes
        yield from (str(value) for value in table[column].dropna().unique())


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._unread += tag in ("style", "script")
        if tag in PARAGRAPHS:
            self.blocks.append("")
        named = [value or "" for name, value in attributes if name in READ_ALOUD]
        self.blocks[-1:] = [*named, self.blocks[-1]]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("style", "script")
        if tag in PARAGRAPHS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.blocks[-1] += data
