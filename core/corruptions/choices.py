"""What of a damage a person may choose instead of chance."""

from __future__ import annotations

from core.records import Option

ANGLE = Option("angle", "Direction", 0.0, 180.0, "degrees, 0 level and 90 upright")
SIDE = Option("side", "Comes from", 0.0, 360.0, "degrees: 0 right, 90 below, 180 left, 270 above")
X = Option("x", "Across", 0.0, 1.0, "of the width, 0 left")
Y = Option("y", "Down", 0.0, 1.0, "of the height, 0 above")
