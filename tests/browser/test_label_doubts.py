"""Label doubts on the sample: planted wrong labels first; one key an event, one key back."""

from __future__ import annotations

import json
import shutil

import pytest

from core.workflows import label_doubts, projects
from tests.browser import acts
from tests.browser.conftest import ROOT

READY = "document.querySelector('.fc-doubts')?.dataset.busy === 'false'"


@pytest.fixture
def sample(sample_home, tmp_path):
    shutil.copytree(sample_home / "projects" / "sample", tmp_path / "sample")
    return projects.open_project(tmp_path / "sample")


def test_ten_of_the_twelve_planted_wrong_labels_are_among_the_first_forty(sample):
    facts = json.loads((ROOT / "sample_data" / "planted.json").read_text(encoding="utf-8"))
    planted = {p for fact in facts if fact["kind"] == "wrong_label" for p in fact["paths"]}
    label_doubts.prepare(sample)

    found = label_doubts.doubts(sample)

    assert len(planted) == 12
    assert len(planted & set(found.suspects["path"].head(40))) >= 10
    assert 20 <= found.suspects["event"].nunique() <= 50


def state(page):
    return page.evaluate("""() => { const S = globalThis.__fieldcheckDoubts; return {
        at: S.at, events: S.events.map((e) => ({ label: e.label, frames: e.frames.map(
            (f) => ({ hash: f.content_hash, now: f.label_now, decision: f.decision })) })),
        classes: S.classes } }""")


def press(page, key):
    page.keyboard.press(key)
    page.wait_for_function(READY)


def test_three_events_by_keys_one_undone_and_a_reload_leave_exactly_those_decisions(
    page, sample_server, sample_database
):
    acts.open_page(page, sample_server.url, "label_doubts")
    page.wait_for_function("!document.querySelector('.st-key-job_stop')")  # the folders, looked at
    page.get_by_role("button", name="Look for doubts").click()
    page.wait_for_function(READY)
    begin = state(page)
    many = next(n for n, event in enumerate(begin["events"]) if len(event["frames"]) > 1)
    for _ in range(many):
        press(page, "ArrowRight")

    press(page, "a")
    press(page, "3")
    press(page, "x")
    assert state(page)["at"] == many + 3
    press(page, "Backspace")
    assert state(page)["at"] == many + 2

    def wanted():
        events = begin["events"]
        kept = [(f["hash"], "label", events[many]["label"]) for f in events[many]["frames"]]
        third = begin["classes"][2]
        return kept + [(f["hash"], "label", third) for f in events[many + 1]["frames"]]

    assert acts.standing(sample_database) == wanted()
    page.reload()
    page.wait_for_function(READY)
    again = state(page)

    assert acts.standing(sample_database) == wanted()
    decided = [(f["hash"], f["now"]) for e in again["events"] for f in e["frames"] if f["decision"]]
    assert sorted(decided) == sorted((digest, value) for digest, _, value in wanted())

    press(page, "Backspace")  # on another day: still one step
    assert acts.standing(sample_database) == wanted()[: len(begin["events"][many]["frames"])]
    assert page.problems == []


def test_no_event_shows_before_the_one_before_it_is_on_disk(page, sample_server, sample_database):
    acts.open_page(page, sample_server.url, "label_doubts")
    page.get_by_text("The model", exact=True).click()
    page.wait_for_function(READY)
    shown = "document.querySelector('.fc-doubts').dataset.hash"
    first = page.evaluate(shown)
    held = []
    page.route("**/api/doubts/*/events*", lambda route: held.append(route) or None)
    page.keyboard.press("a")
    page.keyboard.press("x")
    page.wait_for_timeout(400)

    assert len(held) == 1, "a key while a decision is out does not count"
    assert page.evaluate(shown) == first
    assert acts.standing(sample_database) == []
    held[0].continue_()
    page.wait_for_function(READY)
    assert {row[1] for row in acts.standing(sample_database)} == {"label"}
    assert page.evaluate(shown) != first
