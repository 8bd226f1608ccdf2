"""Slices as rules: which frames one holds, in words, as JSON and as an address."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.cells import value_text
from core.findings.statements import count_of, percent
from core.records import SliceRule

HARD_CASE = "hard case"
"""The tag that stands for the hard cases kept in the queue."""

PLAIN = ("label", "answer", "camera")
"""Columns whose name alone is a parameter of the address; others stand behind "in."."""

LONGEST = 500


def frames_held(
    frames: pd.DataFrame, rules: Sequence[SliceRule], *, tags: Mapping[str, Collection[str]]
) -> NDArray[np.bool_]:
    """
    Which frames belong to all the rules, shape (n,).

    A condition on a column the frames do not have holds for none of them.

    Args:
        frames: content_hash, confidence, taken_at, is_right and the columns of the rules.
        rules: without names of saved slices; those are resolved before.
        tags: of each content hash that has any.
    """
    held = np.ones(len(frames), dtype=bool)
    for rule in rules:
        for name, values in rule.where:
            held &= _has_value(frames, name, values)
        held &= _by_number_and_day(frames, rule)
        if rule.tags:
            wanted = set(rule.tags)
            has = [bool(wanted & set(tags.get(h, ()))) for h in frames["content_hash"]]
            held &= np.array(has, dtype=bool)
        if rule.outcome:
            right = frames["is_right"].map(lambda flag: flag is True or flag is np.True_)
            known = frames["is_right"].notna().to_numpy(dtype=bool)
            held &= known & (right.to_numpy(dtype=bool) == (rule.outcome == "right"))
        if rule.hashes is not None:
            held &= frames["content_hash"].isin(rule.hashes).to_numpy(dtype=bool)
    return held


def _has_value(frames: pd.DataFrame, name: str, values: Sequence[str]) -> NDArray[np.bool_]:
    if name not in frames.columns:
        return np.zeros(len(frames), dtype=bool)
    texts = frames[name].astype("object").map(value_text)
    return texts.isin(list(values)).to_numpy(dtype=bool)


def _by_number_and_day(frames: pd.DataFrame, rule: SliceRule) -> NDArray[np.bool_]:
    held = np.ones(len(frames), dtype=bool)
    if (rule.sure_from, rule.sure_to) != (0.0, 1.0):
        # frames without an answer are neither sure nor unsure
        held &= frames["confidence"].between(rule.sure_from, rule.sure_to).to_numpy(dtype=bool)
    if rule.day_from or rule.day_to:
        day = frames["taken_at"].dt.strftime("%Y-%m-%d").fillna("")
        held &= (day >= (rule.day_from or "0")).to_numpy(dtype=bool)
        held &= (day <= (rule.day_to or "9")).to_numpy(dtype=bool)
        held &= (day != "").to_numpy(dtype=bool)
    return held


def rule_words(rule: SliceRule, title: Callable[[str], str]) -> str:
    """A rule as a phrase: "camera cam3, light night or dusk"; "every frame" if it is empty."""
    parts = [f"slice {name}" for name in rule.slices]
    for name, values in rule.where:
        parts.append(f"{title(name).lower()} {' or '.join(values)}")
    if (rule.sure_from, rule.sure_to) != (0.0, 1.0):
        parts.append(f"{_sure(rule.sure_from)} to {_sure(rule.sure_to)} of 100 sure")
    if rule.day_from or rule.day_to:
        parts.append(" ".join(
            f"{word} {day}" for word, day in (("from", rule.day_from), ("to", rule.day_to)) if day
        ))  # fmt: skip
    if rule.tags:
        parts.append(f"tagged {' or '.join(rule.tags)}")
    if rule.outcome:
        parts.append(f"answered {rule.outcome}")
    if rule.hashes is not None:
        parts.append(f"{count_of(len(rule.hashes), 'picture')} picked by hand")
    return ", ".join(parts) or "every frame"


def _sure(share: float) -> str:
    return percent(share).removesuffix(" %")


def rule_json(rule: SliceRule) -> str:
    """A rule as JSON, only what is set; "" for the empty rule."""
    empty = SliceRule()
    given = {k: v for k, v in asdict(rule).items() if v != getattr(empty, k)}
    return json.dumps(given, sort_keys=True) if given else ""


def rule_of_json(text: str) -> SliceRule:
    """
    The rule a JSON text stands for.

    Raises:
        ValueError: it is no rule.
    """
    data: Any = json.loads(text) if text else {}
    if not isinstance(data, dict) or set(data) - set(SliceRule.__dataclass_fields__):
        raise ValueError("this is no slice rule")
    try:
        where = tuple((str(name), _texts(values)) for name, values in data.get("where", ()))
        hashes = data.get("hashes")
        return SliceRule(
            where=where,
            sure_from=_share(data.get("sure_from", 0.0)),
            sure_to=_share(data.get("sure_to", 1.0)),
            day_from=_day(data.get("day_from", "")),
            day_to=_day(data.get("day_to", "")),
            tags=_texts(data.get("tags", ())),
            outcome=_outcome(data.get("outcome", "")),
            slices=_texts(data.get("slices", ())),
            hashes=None if hashes is None else _texts(hashes),
        )
    except TypeError as error:
        raise ValueError(f"this is no slice rule ({error})") from error


def rule_query(rule: SliceRule) -> dict[str, list[str]]:
    """
    The parameters of an address that stand for a rule; {} for the empty rule.

    Pictures picked by hand are not written: they make no readable address, and are saved as a
    slice instead.
    """
    query: dict[str, list[str]] = {
        name if name in PLAIN else f"in.{name}": list(values) for name, values in rule.where
    }
    if rule.sure_from > 0:
        query["sure_from"] = [f"{rule.sure_from:g}"]
    if rule.sure_to < 1:
        query["sure_to"] = [f"{rule.sure_to:g}"]
    for name in ("day_from", "day_to", "outcome"):
        if getattr(rule, name):
            query[name] = [getattr(rule, name)]
    for name, values in (("tag", rule.tags), ("slice", rule.slices)):
        if values:
            query[name] = list(values)
    return query


def is_rule_parameter(name: str) -> bool:
    """Whether a parameter of an address belongs to a rule."""
    known = (*PLAIN, "sure_from", "sure_to", "day_from", "day_to", "outcome", "tag", "slice")
    return name in known or name.startswith("in.")


def rule_of_query(query: Mapping[str, Sequence[str]]) -> SliceRule:
    """The rule of an address; a parameter that cannot be read counts as not given."""
    where = tuple(
        (name.removeprefix("in."), _texts(values))
        for name, values in query.items()
        if values and (name in PLAIN or name.startswith("in."))
    )

    def one(name: str, read: Callable[[Any], Any], otherwise: Any) -> Any:
        try:
            return read(query[name][0]) if query.get(name) else otherwise
        except ValueError:
            return otherwise

    return SliceRule(
        where=where,
        sure_from=one("sure_from", _share, 0.0),
        sure_to=one("sure_to", _share, 1.0),
        day_from=one("day_from", _day, ""),
        day_to=one("day_to", _day, ""),
        outcome=one("outcome", _outcome, ""),
        tags=_texts(query.get("tag", ())),
        slices=_texts(query.get("slice", ())),
    )


def _texts(values: Any) -> tuple[str, ...]:
    if isinstance(values, str):
        raise ValueError("expected a list of texts")
    return tuple(str(value)[:LONGEST] for value in values)


def _share(value: Any) -> float:
    share = float(value)
    if math.isnan(share) or not 0 <= share <= 1:
        raise ValueError(f"expected a share from 0 to 1, found {value}")
    return share


def _day(value: Any) -> str:
    return date.fromisoformat(str(value)).isoformat() if value else ""


def _outcome(value: Any) -> str:
    if value not in ("", "right", "wrong"):
        raise ValueError(f"expected right or wrong, found {value}")
    return str(value)
