"""How long reading and scoring takes on this machine, remembered from the last run."""

from __future__ import annotations

import json

from core.project import home


def expected_seconds(frames: int) -> float | None:
    """How long indexing and scoring takes, from this machine's last run; None before the first."""
    try:
        pace = json.loads((home() / "pace.json").read_text(encoding="utf-8"))
        return frames / float(pace["frames_per_second"])
    except (OSError, ValueError, KeyError, ZeroDivisionError, TypeError):
        return None


def remember_pace(frames: int, seconds: float) -> None:
    """Keep how fast this machine was; a read-only home is no reason to fail."""
    if frames < 16 or seconds <= 0:
        return
    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / "pace.json").write_text(json.dumps({"frames_per_second": frames / seconds}))
    except OSError:
        return
