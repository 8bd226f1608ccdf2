"""Settled frames shown once more without the earlier decision, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from core.findings.agreement import changed_minds, meaning
from core.findings.mixing import in_drawn_order
from core.records import Action
from core.settings import SETTINGS

SEED = 0


def to_look_at_again(decisions: pd.DataFrame, *, now: datetime | None = None) -> list[str]:
    """
    Content hashes of settled frames not looked at again yet, in a drawn order.

    Settled are frames decided with a class or as unsure, on an earlier day (of this laptop's
    clock) or at least `second_after` decisions ago.
    """
    if decisions.empty:
        return []
    local = (now or datetime.now(UTC)).astimezone()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    last = decisions.assign(ago=range(len(decisions) - 1, -1, -1)).drop_duplicates(
        "content_hash", keep="last"
    )
    is_old = last["at"] < pd.Timestamp(midnight.replace(tzinfo=None))
    is_old |= last["ago"] >= SETTINGS.second_after
    again = set(decisions.loc[is_second(decisions), "content_hash"])
    settled = last[is_old & (last["action"] != Action.SKIP) & ~last["content_hash"].isin(again)]
    return in_drawn_order(list(settled["content_hash"]), name="second", seed=SEED)


def is_second(decisions: pd.DataFrame) -> pd.Series[bool]:
    """Which decisions were second looks."""
    return decisions["asked"].fillna("").str.contains("second")


def changed(decisions: pd.DataFrame) -> dict[str, str]:
    """Frames a second look decided otherwise, not settled since: content hash to words."""
    return {
        row["content_hash"]: (
            f"{row['first_reviewer']} said {meaning(row['first_action'], row['first_value'])}, "
            f"on a second look {row['reviewer']} said {meaning(row['action'], row['value'])}."
        )
        for row in changed_minds(decisions)
    }
