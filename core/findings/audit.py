"""
The random audit: field frames in the order of their content hashes, and how far it is decided.

A content hash is as good as a random number and the same on every laptop, so who belongs to the
audit needs no storage and survives merges. The frames an audit takes are always the next undecided
ones of this order; what counts is the part from the start in which every frame is decided, however
it was reached. That part ends before the first undecided frame, which makes its share of any kind
of frame an unbiased estimate for all frames even where another order decides the suspicious ones
first (Haldane 1945: of r frames met by inverse sampling of n, (r - 1) / (n - 1)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.records import Action


@dataclass(frozen=True, slots=True)
class AuditPart:
    """The start of the audit in which every frame is decided."""

    frames: tuple[str, ...]  # content hashes, in audit order
    unclear: tuple[str, ...]  # those of them that were skipped or are unclear
    of: int  # frames in the whole order

    @property
    def clear(self) -> tuple[str, ...]:
        """Content hashes decided with a class, in audit order."""
        left_open = set(self.unclear)
        return tuple(digest for digest in self.frames if digest not in left_open)


def audit_order(content_hashes: Iterable[str]) -> list[str]:
    """Field frames in audit order, each picture once."""
    return sorted(set(content_hashes))


def audit_part(content_hashes: Iterable[str], decisions: Mapping[str, str | None]) -> AuditPart:
    """
    How far the audit is decided.

    Args:
        content_hashes: of all field frames of the project, not of a slice.
        decisions: the standing decision (an Action value) of each frame that has one.
    """
    order = audit_order(content_hashes)
    reached = next((at for at, digest in enumerate(order) if not decisions.get(digest)), len(order))
    frames = tuple(order[:reached])
    unclear = tuple(d for d in frames if decisions[d] not in (Action.LABEL, Action.AGREE))
    return AuditPart(frames, unclear, len(order))


def audit_next(content_hashes: Iterable[str], decided: Collection[str]) -> list[str]:
    """The undecided frames in audit order: what an audit takes next comes first."""
    done = set(decided)
    return [digest for digest in audit_order(content_hashes) if digest not in done]
