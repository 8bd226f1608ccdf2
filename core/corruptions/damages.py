"""
A damage of a sweep: one corruption, or a chain that is turned up as a whole.

Written as people type it: "motion_blur", or "low_light:4+iso_noise:2". In a chain the strongest
condition has the swept severity and the others keep their proportion to it.
"""

from __future__ import annotations

from dataclasses import replace

from core.corruptions.apply import checked_name
from core.corruptions.chain import chain_text, checked_chain, condition_name, parse_chain
from core.corruptions.registry import CORRUPTIONS
from core.errors import CorruptionError
from core.records import Chain, Condition


def checked_damage(damage: str) -> str:
    """
    The damage in its one spelling: a bare name, or the conditions of a chain.

    Raises:
        CorruptionError: as `parse_chain`, or nothing in the chain has a severity above 0.
    """
    chain = _chain(damage)
    if max(condition.severity for condition in chain) <= 0:
        raise CorruptionError(f"In '{damage}' every severity is 0, so there is nothing to turn up.")
    return condition_name(chain[0]) if len(chain) == 1 else chain_text(chain)


def damage_chain(damage: str, severity: float) -> Chain:
    """The conditions of a damage turned up to a severity, 0..5."""
    chain = _chain(damage)
    strongest = max(condition.severity for condition in chain)
    # Two digits, so that the chain's text says exactly what was applied.
    return checked_chain(
        tuple(replace(c, severity=round(severity * c.severity / strongest, 2)) for c in chain)
    )


def damage_title(damage: str) -> str:
    """The everyday names of a damage's corruptions: "Dusk and night + high-ISO grain"."""
    names = [CORRUPTIONS[condition.name].title for condition in _chain(damage)]
    return " + ".join([names[0], *(name[0].lower() + name[1:] for name in names[1:])])


def _chain(damage: str) -> Chain:
    if not {"+", ":", "("} & set(damage):
        return (Condition(checked_name(damage.strip()), 1.0),)
    return parse_chain(damage)
