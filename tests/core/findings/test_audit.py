from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.findings.audit import audit_next, audit_order, audit_part
from core.records import DECISIONS

HASHES = [f"{n:04x}" for n in range(12)]
digests = st.lists(st.sampled_from(HASHES), max_size=12)
decisions = st.dictionaries(st.sampled_from(HASHES), st.sampled_from(sorted(DECISIONS)))


def test_the_part_ends_before_the_first_undecided_frame_and_names_the_unclear():
    part = audit_part(
        ["c", "a", "b", "d", "a"], {"a": "label", "b": "skip", "d": "agree", "x": "label"}
    )

    assert (part.frames, part.unclear, part.clear, part.of) == (("a", "b"), ("b",), ("a",), 4)
    assert audit_next(["c", "a", "b", "d"], {"a", "b", "d"}) == ["c"]


@given(digests, decisions)
def test_part_and_rest_make_up_the_order(frames, decided):
    part = audit_part(frames, decided)
    rest = audit_next(frames, decided)

    order = audit_order(frames)
    assert list(part.frames) == order[: len(part.frames)]
    assert rest == [d for d in order if d not in decided]
    assert not rest or rest[0] == order[len(part.frames)]
    assert set(part.clear) | set(part.unclear) == set(part.frames)


@given(digests, decisions, decisions, st.randoms())
def test_it_does_not_matter_on_which_laptop_or_in_which_order_it_was_decided(
    frames, mine, theirs, chance
):
    shuffled = list(frames)
    chance.shuffle(shuffled)
    one, other = audit_part(frames, {**mine, **theirs}), audit_part(shuffled, {**theirs, **mine})

    assert one.frames == other.frames
    assert len(one.frames) >= max(
        len(audit_part(frames, mine).frames), len(audit_part(frames, theirs).frames)
    )


@pytest.mark.parametrize("share_suspicious", [0.1, 0.4])
def test_the_decided_start_is_unbiased_though_the_suspicious_are_decided_first(share_suspicious):
    rng = np.random.default_rng(5)
    estimates, naive = [], []
    for _ in range(1500):
        is_wrong = rng.random(400) < 0.2  # by hash order
        suspicion = is_wrong + rng.normal(0, 0.7, 400)
        truth = is_wrong.mean()
        decided = set(np.argsort(-suspicion)[: int(400 * share_suspicious)].tolist())
        for _ in range(40):  # audit frames mixed in
            decided.add(next(at for at in range(400) if at not in decided))
        part = audit_part(
            [f"{at:03}" for at in range(400)], {f"{at:03}": "label" for at in decided}
        )
        estimates.append(is_wrong[: len(part.frames)].mean() - truth)
        naive.append(is_wrong[sorted(decided)].mean() - truth)

    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates)) < 4 * error
    assert error < 0.002
    assert np.mean(naive) > 0.05
