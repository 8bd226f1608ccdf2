"""A queue as it is shown: an order with frames drawn by lot and settled ones mixed in."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.findings.audit import audit_next, audit_part
from core.findings.mixing import AUDIT, RANKED, SECOND, Mixed, is_drawn, mixed
from core.records import BLIND, BLIND_SECOND
from core.records import SECOND as ASKED_SECOND
from core.workflows.queue_orders import MIXED, OF_DECIDED, Candidates, ordered
from core.workflows.queue_shares import Shares
from core.workflows.second_looks import is_second, to_look_at_again

SEED = 0
KIND_OF = {"random": AUDIT, "second_pass": SECOND}
"""Orders of one kind of frame only."""


@dataclass(frozen=True, eq=False)
class Listed:
    """What a queue shows, in order, and how far it is."""

    frames: pd.DataFrame  # rows of the order and, behind, of all that may be mixed in
    shown: Mixed  # content hash and kind
    decided: int
    total: int


def listed(
    given: Candidates,
    order: str,
    *,
    with_decided: bool,
    shares: Shares,
    is_mixed: bool | None = None,
) -> Listed:
    """
    The frames of an order as they are shown.

    Args:
        with_decided: the whole order, nothing mixed in.
        is_mixed: whether others are mixed in; None leaves it to the order.

    Raises:
        ReviewError: there is no such order.
    """
    table = ordered(given, order)
    ranked = list(table["content_hash"])
    done = set(given.frames.loc[given.frames["decision"].notna(), "content_hash"])
    if with_decided or order in OF_DECIDED:
        shown = [(digest, KIND_OF.get(order, RANKED)) for digest in ranked]
        return _counted(given, table, shown, order, done)
    open_ones = [digest for digest in ranked if digest not in done]
    if not (order in MIXED if is_mixed is None else is_mixed):
        kind = KIND_OF.get(order, RANKED)
        return Listed(
            table, [(d, kind) for d in open_ones], len(ranked) - len(open_ones), len(ranked)
        )
    return _mixed(given, table, open_ones, done, shares)


def _counted(
    given: Candidates, table: pd.DataFrame, shown: Mixed, order: str, done: set[str]
) -> Listed:
    """Orders that show decided frames: for second looks, done is what was looked at again."""
    if order == "second_pass":
        again = given.decisions.loc[is_second(given.decisions), "content_hash"].nunique()
        return Listed(table, shown, again, again + len(shown))
    return Listed(table, shown, sum(digest in done for digest, _ in shown), len(shown))


def _mixed(
    given: Candidates, table: pd.DataFrame, open_ones: list[str], done: set[str], shares: Shares
) -> Listed:
    every = list(given.frames["content_hash"])
    here = set(every)
    shown = mixed(
        open_ones,
        audit_next(every, done) if shares.audit else [],
        [one for one in to_look_at_again(given.decisions) if one in here] if shares.second else [],
        audit_share=shares.audit,
        second_share=shares.second,
        start=len(given.decisions),
        seed=SEED,
    )
    drawn = audit_part(every, dict.fromkeys(done, "label")).frames if shares.audit else ()
    decided = len((set(table["content_hash"]) & done) | set(drawn))
    others = given.frames[~given.frames["content_hash"].isin(table["content_hash"])]
    return Listed(pd.concat([table, others]), shown, decided, decided + len(shown))


def asked_as(content_hash: str, kind: str, shares: Shares) -> str | None:
    """
    How a frame is asked for: one of records.ASKED, or None openly.

    Blind by its content alone: a frame asked blind must not tell that it was drawn by lot.
    """
    is_blind = is_drawn(content_hash, shares.blind, name="blind", seed=SEED)
    if kind == SECOND:
        return BLIND_SECOND if is_blind else ASKED_SECOND
    return BLIND if is_blind else None
