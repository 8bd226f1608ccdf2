"""Tables in, Plotly figures out. Plotly itself is imported when the first figure is drawn."""

from core.plots.cameras import health_strip
from core.plots.class_bars import MOST_SHOWN as MOST_CLASSES
from core.plots.class_bars import found_before_after
from core.plots.confidence import confidence_histogram, reliability_diagram, sureness_curve
from core.plots.overview import accuracy_bars
from core.plots.similar import lookalike_map
from core.plots.slices import (
    confusion_map,
    coverage_map,
    frame_map,
    pair_map,
    rare_bars,
    slice_bars,
    unsure_bars,
)
from core.plots.stress import breaking_histogram, stress_curves, stress_map
from core.plots.theme import CONFIG

__all__ = [
    "CONFIG",
    "MOST_CLASSES",
    "accuracy_bars",
    "breaking_histogram",
    "confidence_histogram",
    "confusion_map",
    "coverage_map",
    "found_before_after",
    "frame_map",
    "health_strip",
    "lookalike_map",
    "pair_map",
    "rare_bars",
    "reliability_diagram",
    "slice_bars",
    "stress_curves",
    "stress_map",
    "sureness_curve",
    "unsure_bars",
]
