from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from core import plots
from core.findings.slices import slice_table
from core.metrics.calibration import reliability_table
from core.metrics.intervals import accuracy
from core.plots import theme

BANNED = ("softmax", "logit", "ece", "calibration", "embedding", "accuracy", "confidence")


@pytest.fixture(params=["slices", "reliability", "histogram", "overview"])
def figure(request):
    rng = np.random.default_rng(0)
    sure = rng.random(300)
    right = rng.random(300) < sure
    frames = pd.DataFrame(
        {"camera": rng.choice(["north", "south"], 300), "is_right": right, "clip": np.arange(300)}
    )
    return {
        "slices": lambda: plots.slice_bars(slice_table(frames, column="camera")),
        "reliability": lambda: plots.reliability_diagram(
            reliability_table(sure, right, np.arange(300))
        ),
        "histogram": lambda: plots.confidence_histogram(sure, right),
        "overview": lambda: plots.accuracy_bars(accuracy(right, np.arange(300)), None),
    }[request.param]()


def test_there_are_exactly_ten_different_colours():
    assert len(theme.COLOURS) == len(set(theme.COLOURS)) == 10
    assert theme.COLOURS[0] == theme.ACCENT == "#0f766e"


def test_figures_are_see_through_and_leave_the_colour_of_text_to_the_page(figure):
    layout = figure.layout

    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert layout.font.color is None


def test_all_text_is_at_least_14_px(figure):
    sizes = list(_values(json.loads(figure.to_json())["layout"], under="font", key="size"))

    assert sizes
    assert min(sizes) >= 14


def test_figures_speak_plain_words(figure):
    shown = " ".join(_shown(json.loads(figure.to_json()))).lower()

    assert not [word for word in BANNED if re.search(rf"\b{word}", shown)]


def test_no_percentage_stands_without_its_count(figure):
    for text in _shown(json.loads(figure.to_json())):
        assert "%" not in text or " of " in text, text


def test_the_tool_bar_stays_off():
    assert plots.CONFIG["displayModeBar"] is False


def test_importing_plots_does_not_import_plotly():
    code = "import sys; from core import plots; sys.exit('plotly' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TEXTS = {"text", "hovertext", "ticktext", "name"}


def _shown(node: object, key: str = "") -> Iterator[str]:
    """Every string a person may read on the figure, its Plotly template left out."""
    if isinstance(node, dict):
        for name, child in node.items():
            if name != "template":
                yield from _shown(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from _shown(child, key)
    elif isinstance(node, str) and key in TEXTS:
        yield node


def _values(node: object, *, under: str, key: str) -> Iterator[float]:
    if isinstance(node, dict):
        for name, child in node.items():
            if name.endswith(under) and isinstance(child, dict) and key in child:
                yield child[key]
            if name != "template":
                yield from _values(child, under=under, key=key)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child, under=under, key=key)
