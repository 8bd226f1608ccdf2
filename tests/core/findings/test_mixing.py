from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.findings.mixing import AUDIT, RANKED, SECOND, in_drawn_order, is_drawn, mixed

RANKS = [f"r{n}" for n in range(400)]
LOT = [f"a{n}" for n in range(400)]
OLD = [f"s{n}" for n in range(400)]


def kinds(found) -> str:
    return "".join({RANKED: "r", AUDIT: "a", SECOND: "s"}[kind] for _, kind in found)


def test_one_place_in_five_is_drawn_and_each_kind_keeps_its_own_order():
    found = mixed(RANKS, LOT, OLD, audit_share=0.2, second_share=0.05, start=0, seed=3)

    told = kinds(found)
    for begin in range(0, 400, 5):
        assert told[begin : begin + 5].count("a") == 1
    assert 0.02 < told.count("s") / len(told) < 0.06
    for kind, source in ((RANKED, RANKS), (AUDIT, LOT), (SECOND, OLD)):
        given_out = [digest for digest, what in found if what == kind]
        assert given_out == source[: len(given_out)]
    assert told.count("r") == 400
    places = [told[begin : begin + 5].index("a") for begin in range(0, 400, 5)]
    assert len(set(places)) == 5  # no place of the five gives it away


@given(
    st.lists(st.sampled_from("abcdefghij"), unique=True),
    st.lists(st.sampled_from("abcdefghijklmnop"), unique=True),
    st.lists(st.sampled_from("qrst"), unique=True),
    st.tuples(st.sampled_from([0.0, 0.1, 0.33, 0.5]), st.sampled_from([0.0, 0.03, 0.2])),
    st.integers(0, 50),
)
def test_every_ranked_frame_is_there_none_twice_and_it_ends_with_a_ranked_one(
    ranked, audit, second, shares, start
):
    share, again = shares
    found = mixed(ranked, audit, second, audit_share=share, second_share=again, start=start, seed=0)

    digests = [digest for digest, _ in found]
    assert len(digests) == len(set(digests))
    assert set(ranked) <= set(digests)
    assert not digests or digests[-1] in ranked
    for source in (audit, second):  # taken from the front, only what had its turn is left out
        members = [d for d, kind in found if kind == (AUDIT if source is audit else SECOND)]
        assert members == [d for d in source if d in members]


def test_a_queue_opened_again_goes_on_in_the_pattern():
    whole = mixed(RANKS, LOT, [], audit_share=0.2, second_share=0, start=0, seed=0)
    done = {digest for digest, _ in whole[:37]}
    rest = mixed(
        [d for d in RANKS if d not in done], [d for d in LOT if d not in done], [],
        audit_share=0.2, second_share=0, start=37, seed=0,
    )  # fmt: skip

    assert rest == whole[37:]


def test_a_draw_by_content_does_not_change_with_the_others():
    drawn = [digest for digest in LOT if is_drawn(digest, 0.3, name="blind", seed=0)]

    assert 80 < len(drawn) < 160
    assert set(drawn) != {d for d in LOT if is_drawn(d, 0.3, name="second", seed=0)}
    assert set(drawn) <= {d for d in LOT if is_drawn(d, 0.6, name="blind", seed=0)}
    assert not any(is_drawn(digest, 0, name="blind", seed=0) for digest in LOT)
    order = in_drawn_order(LOT, name="x", seed=0)
    assert [d for d in order if d in LOT[:50]] == in_drawn_order(LOT[:50], name="x", seed=0)
