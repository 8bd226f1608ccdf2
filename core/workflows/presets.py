"""Chains under names people know: ours, and those a person keeps in the project."""

from __future__ import annotations

from dataclasses import dataclass

from core.corruptions import chain_text, checked_chain, parse_chain
from core.errors import CorruptionError
from core.project import Project
from core.records import Chain
from core.store import choices as choice_store
from core.store.database import connect

KEY = "dial_presets"
LONGEST_NAME = 40

PRESETS: dict[str, str] = {
    "Dusk": "low_light:2+colour_cast:1",
    "Night": "low_light:4+iso_noise:2",
    "Rain": "field_rain:3+lens_drops:2",
    "Dirty lens": "dirty_lens:3",
    "Cheap camera": "downscale:2+field_jpeg:3+iso_noise:1",
    "Shaking mount": "vibration:3+rolling_shutter:2",
}
"""Name: chain. Composed by eye on the sample's and the grocery's photos; ours."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A chain under a name."""

    name: str
    chain: Chain
    is_own: bool


def presets(project: Project | None = None) -> list[Preset]:
    """Ours, then the person's own by name."""
    ours = [Preset(name, parse_chain(text), is_own=False) for name, text in PRESETS.items()]
    own = _own(project) if project else {}
    return ours + [Preset(name, parse_chain(own[name]), is_own=True) for name in sorted(own)]


def preset(name: str, project: Project | None = None) -> Preset:
    """
    The preset of that name; case and surrounding blanks do not matter.

    Raises:
        CorruptionError: there is none; the message lists them.
    """
    known = presets(project)
    for found in known:
        if found.name.casefold() == name.strip().casefold():
            return found
    names = ", ".join(found.name for found in known)
    raise CorruptionError(f"No preset is called '{name}'. There are: {names}.")


def keep_preset(project: Project, name: str, chain: Chain) -> Preset:
    """
    Keep a chain under a name in the project, over one of the person's own of that name.

    Raises:
        CorruptionError: the name is empty, too long or one of ours; the chain is none or has no
            severity above 0.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise CorruptionError(
            f"A preset's name has 1 to {LONGEST_NAME} characters; found {len(name)}."
        )
    if name.casefold() in {ours.casefold() for ours in PRESETS}:
        raise CorruptionError(f"'{name}' is one of Fieldcheck's own presets. Choose another name.")
    kept = checked_chain(tuple(condition for condition in chain if condition.severity > 0))
    own = {known: text for known, text in _own(project).items() if known != name}
    with connect(project.database) as db:
        choice_store.choose(db, **{KEY: {**own, name: chain_text(kept)}})
    return Preset(name, kept, is_own=True)


def drop_preset(project: Project, name: str) -> None:
    """Forget one of the person's own presets; nothing happens if there is none."""
    own = _own(project)
    if own.pop(name, None) is not None:
        with connect(project.database) as db:
            choice_store.choose(db, **{KEY: own})


def _own(project: Project) -> dict[str, str]:
    with connect(project.database) as db:
        stored = choice_store.choices(db).get(KEY, {})
    found = {}
    for name, text in stored.items():
        try:
            parse_chain(text)
        except CorruptionError:  # of a later version, with a corruption this one does not know
            continue
        found[name] = text
    return found
