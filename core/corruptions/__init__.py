"""Named damages with a severity dial, 0 (untouched) to 5 (severe)."""

from core.corruptions.apply import checked_name, corrupt, frame_seed
from core.corruptions.chain import (
    chain_text,
    checked_chain,
    condition_name,
    corrupt_chain,
    is_hit,
    is_washed_out,
    parse_chain,
)
from core.corruptions.cues import CUE_CHANGES, change_cue
from core.corruptions.damages import checked_damage, damage_chain, damage_title
from core.corruptions.object_mask import foreground
from core.corruptions.registry import CORRUPTIONS, corruption_names
from core.corruptions.severity import checked_severity, parameter_at

__all__ = [
    "CORRUPTIONS",
    "CUE_CHANGES",
    "chain_text",
    "change_cue",
    "checked_chain",
    "checked_damage",
    "checked_name",
    "checked_severity",
    "condition_name",
    "corrupt",
    "corrupt_chain",
    "corruption_names",
    "damage_chain",
    "damage_title",
    "foreground",
    "frame_seed",
    "is_hit",
    "is_washed_out",
    "parameter_at",
    "parse_chain",
]
