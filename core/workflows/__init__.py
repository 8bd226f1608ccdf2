"""
The verbs: what screens and the command line may ask for. One module per page stem.

Each verb is imported when it is first asked for, and brings in the heavy packages (torch, timm,
onnxruntime, plotly ...) only when it needs them: starting the app must not wait for either.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.workflows import (
        backups,
        budget,
        choices,
        class_frequency,
        classes,
        compare,
        confidence,
        coverage,
        dial,
        doctor,
        doors,
        export,
        filters,
        found_slices,
        holdout,
        installation,
        live_answers,
        merging,
        models,
        narrow,
        occlusion_probe,
        opening,
        overview,
        pace,
        presets,
        probes,
        projects,
        queue,
        quick_check,
        rare_classes,
        reserved,
        saved_slices,
        scores,
        scoring,
        shortcuts,
        slices,
        starting,
        stress,
        temperature,
        thresholds,
        trained_with,
        training_list,
        unlabelled,
        unlike,
        unusual,
        weak_spots,
    )

__all__ = [
    "backups",
    "budget",
    "choices",
    "class_frequency",
    "classes",
    "compare",
    "confidence",
    "coverage",
    "dial",
    "doctor",
    "doors",
    "export",
    "filters",
    "found_slices",
    "holdout",
    "installation",
    "live_answers",
    "merging",
    "models",
    "narrow",
    "occlusion_probe",
    "opening",
    "overview",
    "pace",
    "presets",
    "probes",
    "projects",
    "queue",
    "quick_check",
    "rare_classes",
    "reserved",
    "saved_slices",
    "scores",
    "scoring",
    "shortcuts",
    "slices",
    "starting",
    "stress",
    "temperature",
    "thresholds",
    "trained_with",
    "training_list",
    "unlabelled",
    "unlike",
    "unusual",
    "weak_spots",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return import_module(f"core.workflows.{name}")
    raise AttributeError(f"core.workflows has no verb {name!r}; it has {__all__}")
