"""How a project mixes its queues: drawn by lot, asked blind, settled ones asked once more."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from core.errors import FieldcheckError
from core.project import Project
from core.settings import SETTINGS
from core.store import choices as choice_store
from core.store.database import connect

KEY = "queue_shares"


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares, 0..1."""

    audit: float = SETTINGS.audit_share  # of a queue by suspicion
    blind: float = SETTINGS.blind_share  # of all frames, whatever brought them into the queue
    second: float = SETTINGS.second_share  # of a queue by suspicion


MOST: dict[str, float] = {
    "audit": SETTINGS.most_audit_share,
    "blind": 1.0,
    "second": SETTINGS.most_second_share,
}


def shares_of(project: Project) -> Shares:
    """What this project chose; the usual shares otherwise."""
    with connect(project.database) as db:
        stored = choice_store.choices(db).get(KEY, {})
    return Shares(**{name: float(value) for name, value in stored.items() if name in MOST})


def set_shares(project: Project, **given: float | None) -> Shares:
    """
    Mix queues like this from now on; None leaves a share as it is. Saved queues keep their frames.

    Raises:
        FieldcheckError: a share is too small or too large.
    """
    wanted = {name: value for name, value in given.items() if value is not None}
    for name, value in wanted.items():
        checked(name, value)
    shares = replace(shares_of(project), **wanted)
    if not wanted:
        return shares
    with connect(project.database) as db:
        choice_store.note(db, **{KEY: asdict(shares)})
    return shares


def shares_json(shares: Shares) -> dict[str, float]:
    """What `fieldcheck queues mix --json` prints."""
    return asdict(shares)


def checked(name: str, value: float) -> float:
    """
    The share itself.

    Raises:
        FieldcheckError: it is outside 0 and the most it may be.
    """
    if not 0 <= value <= MOST[name]:
        raise FieldcheckError(
            f"The share “{name}” lies between 0 and {MOST[name]:.0%}, but {value:.0%} was given."
        )
    return value
