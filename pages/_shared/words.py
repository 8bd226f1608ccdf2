"""Names that people gave, where Streamlit would read them as markup."""

from __future__ import annotations

import re

JOINER = "\u2060"  # WORD JOINER: nothing to see, nowhere to break a line

_MARKUP = re.compile(r"[\\`*{}\[\]<>$~|#]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_LIST = re.compile(r"^(\s*)(?:([-+])|(\d+)([.)]))(?=\s)")
# :material/bug:, :red[d], :smile: and links are looked for in the finished text, where a backslash
# is gone already.
_LATER = re.compile(r":(?=[^\W\d]|[/\[+-])|(?<!\d):(?=\d)|@|(?<![\w.])www(?=\.)", re.IGNORECASE)


def literal(text: str, *, most: int = 1_000) -> str:
    """
    The text for a label, heading or sentence: shown as it is, on one line, nothing in it read.

    Args:
        most: letters shown; what is longer ends in an ellipsis.
    """
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    line = _MARKUP.sub(_escaped, " ".join(text.split()))
    line = _LIST.sub(lambda m: f"{m[1]}{m[3] or ''}\\{m[2] or m[4]}", line)
    return _LATER.sub(lambda m: f"{m[0]}{JOINER}", line)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
