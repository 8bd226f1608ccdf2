"""What people named is shown as they wrote it, whatever Streamlit would make of it."""

from __future__ import annotations

import re

import pytest

from pages._shared.words import JOINER, literal

# What turns text into something else, looked for where no backslash stands before it.
READ = re.compile(r"(?<!\\)(?:[`*{}\[\]<>$~|#]|:(?=[\w/\[]))|https?:/|www\.|\w@\w", re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "**bold** _thin_ ~~gone~~", "[x](javascript:alert(1))",
        "$a$ `c` | # one", ":material/bug: :red[d] :smile: :+1:", "http://x and www.x.org",
        "someone@x.org", "&lt;b&gt; &#58;", "- one", "1. one", "back\\slash", "a {b}",
    ],
)  # fmt: skip
def test_nothing_is_read_and_all_is_there(text):
    shown = literal(text)

    assert not READ.search(shown), shown
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace(JOINER, "")
    assert unescaped == text


@pytest.mark.parametrize(
    "text",
    ["Camera: cam_2", "at 10:30", "field/cam1/003.jpg", "99 % sure", "a - b", "עברית 👩🏽‍🔬"],
)
def test_plain_words_stay_untouched(text):
    assert literal(text) == text


def test_lines_become_one_and_the_long_is_cut():
    assert literal("one\ntwo\r\n  three") == "one two three"
    assert literal("ß" * 10_000, most=60) == "ß" * 59 + "…"
