"""Honest accuracy and the worst-light hundred, of a project as it is."""

from __future__ import annotations

import pytest

from core.workflows import honest_accuracy, overview, queue, queue_shares, worst_light


@pytest.fixture
def patchy_project(patchy_project):
    """Asked openly: a blind frame tells its label to nobody, this file neither."""
    queue_shares.set_shares(patchy_project, audit=0.0, blind=0.0, second=0.0)
    return patchy_project


def labelled(project, decide, order: str, count: int) -> None:
    """Decide the first frames of an order with the label they came with, else the model's."""
    for item in queue.queue(project, order=order).items[:count]:
        decide(project, item.path, "label", item.label or item.leaning)


def test_suspects_alone_give_no_estimate(patchy_project, decide):
    first = min(item.content_hash for item in queue.queue(patchy_project, order="newest").items)
    suspects = queue.queue(patchy_project, order="suspicious").items
    for item in [item for item in suspects if item.content_hash != first][:30]:
        decide(patchy_project, item.path, "label", item.label)

    row = honest_accuracy.honest_json(patchy_project)

    assert row["estimate"] is None and row["random_check"] is None
    assert row["looked_at"]["right"] == 0  # all were wrong by their label
    assert row["state"] == "not_enough" and "Label 30 more random-check" in row["next_step"]


def test_the_random_check_gives_one_that_suspects_do_not_move(patchy_project, decide):
    labelled(patchy_project, decide, "random", 120)
    alone = honest_accuracy.honest(patchy_project)
    order = queue.queue(patchy_project, order="random").items  # undecided, in its order
    beyond = [item for item in order[1:] if item.label != item.leaning][:10]
    for item in beyond:
        decide(patchy_project, item.path, "label", item.label)

    after = honest_accuracy.honest(patchy_project)

    assert alone.audited.of == 120 and alone.is_enough
    assert (after.audited, after.low, after.high) == (alone.audited, alone.low, alone.high)
    assert after.looked_at.rate < alone.looked_at.rate
    assert after.low < 327 / 360 < after.high  # what is true of the whole


def test_skipped_frames_widen_the_limits(patchy_project, decide):
    items = queue.queue(patchy_project, order="random").items
    for number, item in enumerate(items[:60]):
        decide(
            patchy_project, item.path, *(("skip",) if number % 10 == 3 else ("label", item.label))
        )

    found = honest_accuracy.honest(patchy_project)

    assert found.unclear == 6 and found.audited.of == 54
    assert found.low < found.audited.low and found.high >= found.audited.high


def test_the_worst_light_order_shows_the_set_and_its_progress(patchy_project, decide):
    found = worst_light.worst_light_set(patchy_project)
    shown = queue.queue(patchy_project, order="worst_light")

    assert [item.content_hash for item in shown.items] == list(found.frames)
    assert (shown.total, shown.decided) == (100, 0)
    assert all("Worst light:" in item.reason for item in shown.items)
    assert sum("cam3" in item.path for item in shown.items) > 34  # paler by night

    labelled(patchy_project, decide, "worst_light", 40)
    after = worst_light.worst_light_set(patchy_project)

    assert after.frames == found.frames  # deciding changes nobody's place
    assert after.decided == after.checked.of == 40
    assert "Label 60 more of the worst-light hundred (40 done)" in after.statement.next_step
    assert overview.overview(patchy_project).light == after.statement


def test_nothing_measured_or_decided_is_no_error(fresh_project):
    assert worst_light.worst_light_set(fresh_project).statement.state == "not_enough"
    assert honest_accuracy.honest_json(fresh_project)["estimate"] is None
