"""
Every corruption by name, read by the dial, the sweeps and the command line: four tables in one.

A bare ImageNet-C name always means ImageNet-C; ours that share an idea begin with "field_".
Marks: spatial changes where detail lies, spectral how bright or colourful it is, temporal what
differs from one frame to the next (movement, grain, falling rain).
"""

from __future__ import annotations

from core.corruptions.field_pack import FIELD_PACK
from core.corruptions.field_signal import FIELD_SIGNAL
from core.corruptions.field_view import FIELD_VIEW
from core.corruptions.imagenet_c import IMAGENET_C
from core.records import CorruptionSpec

CORRUPTIONS: dict[str, CorruptionSpec] = FIELD_PACK | FIELD_SIGNAL | FIELD_VIEW | IMAGENET_C


def corruption_names() -> list[str]:
    """The names, sorted."""
    return sorted(CORRUPTIONS)
