"""Named damages with a severity dial, 0 (untouched) to 5 (severe)."""

from core.corruptions.apply import corrupt, frame_seed
from core.corruptions.registry import CORRUPTIONS, corruption_names
from core.corruptions.severity import parameter_at

__all__ = ["CORRUPTIONS", "corrupt", "corruption_names", "frame_seed", "parameter_at"]
