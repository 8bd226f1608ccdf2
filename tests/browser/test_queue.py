"""Fast keys, a dying server, a second tab: every decision lands on its frame, none is lost."""

from __future__ import annotations

import time

import pytest

from tests.browser import acts

CLASSES = 6


PACES = (30, 60, 80, 150)  # ms from key to key


def test_a_hundred_keys_at_any_pace_with_three_tabs_open_land_on_the_right_frames_in_order(
    page, sample_server, sample_database
):
    tabs = [page, page.context.new_page(), page.context.new_page()]
    for tab in tabs:
        tab.set_default_timeout(60_000)
        acts.open_queue(tab, sample_server.url, "Random check")
    frames = acts.queue_hashes(page)
    classes = page.evaluate("[...globalThis.__fieldcheckQueues.values()].at(-1).classes")
    at = [0, 0, 0]
    expected = []
    for turn, pace in enumerate(PACES):
        which = turn % len(tabs)
        tab = tabs[which]
        tab.bring_to_front()
        keys = [str(1 + (7 * n + turn) % CLASSES) for n in range(100)]
        began = time.monotonic()
        for n, key in enumerate(keys):
            time.sleep(max(0.0, began + n * pace / 1000 - time.monotonic()))
            tab.keyboard.press(key)
        acts.wait_saved(tab)
        mine = frames[at[which] : at[which] + 100]
        at[which] += 100
        expected += [(f, "label", classes[int(k) - 1]) for f, k in zip(mine, keys, strict=True)]

        assert acts.standing(sample_database) == expected, f"{pace} ms apart"
        assert acts.shown_frame(tab) == frames[at[which]]
    assert page.problems == []


@pytest.mark.parametrize("key", ["1", "a", "Space", "f"])
def test_a_held_key_decides_once(page, sample_server, sample_database, key):
    acts.open_queue(page, sample_server.url)
    for _ in range(9):
        page.keyboard.down(key)  # down again without up is what a held key sends
    page.keyboard.up(key)
    acts.wait_saved(page)

    assert len(acts.standing(sample_database)) == 1


def test_no_picture_shows_before_its_predecessors_decision_is_on_disk(
    page, sample_server, sample_database
):
    acts.open_queue(page, sample_server.url, "Random check")
    frames = acts.queue_hashes(page)
    out = []

    def hold_the_first(route):
        out.append(route)
        if len(out) > 1:
            route.continue_()

    page.route("**/events", hold_the_first)
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.wait_for_timeout(600)

    assert len(out) == 1, "the second is sent when the first is answered"
    assert acts.shown_frame(page) == frames[0], "the answer to the first decision is still out"
    out[0].continue_()
    acts.until(lambda: acts.shown_frame(page) == frames[1])
    assert (frames[0], "label") in [row[:2] for row in acts.standing(sample_database)]
    acts.wait_saved(page)
    assert acts.shown_frame(page) == frames[2]


def test_decisions_made_while_the_server_is_dead_are_shown_unsaved_kept_and_sent_again(
    page, sample_server, sample_database
):
    acts.open_queue(page, sample_server.url, "Random check")
    frames = acts.queue_hashes(page)
    page.keyboard.press("1")
    acts.wait_saved(page)
    sample_server.kill()
    page.keyboard.press("2")
    page.get_by_text("Not saved yet: 1.").wait_for()
    page.keyboard.press("3")

    assert acts.shown_frame(page) == frames[1], "nothing is decided unseen while unsaved"
    assert len(acts.standing(sample_database)) == 1

    sample_server.start()
    acts.until(lambda: len(acts.standing(sample_database)) == 2)
    assert [row[0] for row in acts.standing(sample_database)] == frames[:2]
    acts.until(lambda: acts.shown_frame(page) == frames[2])


def test_a_closed_tabs_unsaved_decision_is_sent_by_the_next_one(
    page, sample_server, sample_database
):
    acts.open_queue(page, sample_server.url, "Random check")
    frames = acts.queue_hashes(page)
    page.route("**/events", lambda route: route.abort())
    page.keyboard.press("4")
    page.get_by_text("Not saved yet: 1.").wait_for()
    page.unroute("**/events")
    page.goto("about:blank")
    assert acts.standing(sample_database) == []

    acts.open_queue(page, sample_server.url, "Random check")
    acts.until(lambda: [row[0] for row in acts.standing(sample_database)] == frames[:1])


def test_undo_reaches_back_before_a_reload(page, sample_server, sample_database):
    acts.open_queue(page, sample_server.url, "Random check")
    frames = acts.queue_hashes(page)
    page.keyboard.press("1")
    page.keyboard.press("2")
    acts.wait_saved(page)
    acts.open_queue(page, sample_server.url, "Random check")
    page.keyboard.press("Backspace")
    acts.wait_saved(page)

    assert [row[0] for row in acts.standing(sample_database)] == frames[:1]
    assert acts.shown_frame(page) == frames[1]
    page.keyboard.press("3")
    acts.wait_saved(page)
    assert [row[0] for row in acts.standing(sample_database)] == frames[:2]


def test_keys_are_safe_while_a_text_field_has_focus_and_notes_are_kept(
    page, sample_server, sample_database
):
    acts.open_queue(page, sample_server.url)
    frame = acts.shown_frame(page)
    page.get_by_label("Reviewer").click()
    page.keyboard.type("ana 12")
    assert acts.standing(sample_database) == []
    page.keyboard.press("Enter")
    acts.settle(page)
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    page.locator("h1").first.click()
    page.keyboard.press("n")
    page.keyboard.type("lens 1 is wet")
    page.keyboard.press("Enter")
    acts.wait_saved(page)
    page.keyboard.press("a")
    acts.wait_saved(page)

    assert [row[:2] for row in acts.standing(sample_database)] == [
        (frame, "note"),
        (frame, "agree"),
    ]
    assert acts.standing(sample_database)[0][2] == "lens 1 is wet"


def test_numeric_pad_and_azerty_digits_name_the_same_classes(page, sample_server, sample_database):
    acts.open_queue(page, sample_server.url)
    for key, code in (("2", "Numpad2"), ("é", "Digit2"), ("2", "Digit2")):
        page.evaluate(
            "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', "
            "{key, code, shiftKey: key === '2' && code === 'Digit2', bubbles: true}))",
            [key, code],
        )
    acts.wait_saved(page)

    assert [row[2] for row in acts.standing(sample_database)] == ["Measuring tape"] * 3


def test_two_tabs_share_one_project_and_lose_nothing(
    page, chromium, sample_server, sample_database
):
    other = chromium.new_page()
    other.set_default_timeout(60_000)
    acts.open_queue(page, sample_server.url, "Random check")
    acts.open_queue(other, sample_server.url, "Newest first")
    first, second = acts.queue_hashes(page), acts.queue_hashes(other)
    for _ in range(10):
        page.keyboard.press("1")
        other.keyboard.press("2")
    acts.wait_saved(page)
    acts.wait_saved(other)
    other.close()

    found = acts.standing(sample_database)
    assert [row[0] for row in found if row[2] == "Hammer"] == first[:10]
    assert [row[0] for row in found if row[2] == "Measuring tape"] == second[:10]


def test_a_queue_opened_while_the_model_answers_fills_by_itself(page, sample_server):
    asked = []

    def none_answered_at_first(route):
        asked.append(route.request.url)
        if len(asked) > 1:
            route.continue_()
            return
        nothing = {"items": [], "history": [], "classes": [], "decided": 0, "total": 0, "coming": 7}
        route.fulfill(json=nothing)

    page.route("**/api/queue/*?order=*", none_answered_at_first)
    page.goto(f"{sample_server.url}/queue")
    page.get_by_text("7 frames have no answer yet").wait_for()
    assert page.locator(".fc-all-done").count() == 0

    page.wait_for_selector(".fc-picture img")
    assert page.locator(".fc-reason").inner_text()


def test_the_session_stands_in_one_line_and_ends_with_its_summary(
    page, sample_server, sample_database
):
    asked = []
    page.on("request", lambda sent: asked.append(sent.url) if "/session" in sent.url else None)
    acts.open_queue(page, sample_server.url, "Newest first")
    for key in "123":
        page.keyboard.press(key)
    acts.wait_saved(page)
    line = page.locator(".fc-session span")
    acts.until(lambda: line.inner_text().endswith(": 3 frames") or "3 frames," in line.inner_text())
    assert len(asked) <= 3, "asked when keys rest, not at each decision"

    page.get_by_role("button", name="End the session").click()
    dialog = page.locator(".fc-closing")
    acts.until(lambda: "3 frames decided" in dialog.inner_text())
    page.keyboard.press("1")  # covered: nothing is decided
    page.keyboard.press("Escape")
    acts.until(lambda: not dialog.is_visible())
    assert line.inner_text() == ""
    page.keyboard.press("4")
    acts.wait_saved(page)
    assert len(acts.standing(sample_database)) == 4
    acts.until(lambda: ": 1 frame" in line.inner_text())
    assert page.problems == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_picture_buttons_and_session_fit_without_scrolling(chromium, sample_server, size):
    context = chromium.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    page = context.new_page()
    acts.open_queue(page, sample_server.url)
    page.keyboard.press("1")
    acts.wait_saved(page)
    acts.until(lambda: page.locator(".fc-session span").inner_text() != "")
    page.evaluate("document.querySelector('.fc-reason').textContent = 'A long reason. '.repeat(9)")

    for part in (".fc-picture", ".fc-around", ".fc-actions", ".fc-session"):
        edge = page.locator(part).bounding_box()
        assert edge["y"] + edge["height"] <= size[1], part
    context.close()


def test_a_tag_is_taken_off_by_key_or_click_and_put_back_by_undo(
    page, sample_server, sample_database
):
    acts.open_queue(page, sample_server.url, "Newest first")
    frame = acts.shown_frame(page)
    for tag in ("dusk", "rain"):
        page.keyboard.press("t")
        page.keyboard.type(tag)
        page.keyboard.press("Enter")
    acts.wait_saved(page)
    state, chips = page.locator(".fc-state"), page.locator(".fc-tags button")
    acts.until(lambda: "Tags: dusk, rain" in state.inner_text())

    page.keyboard.press("t")
    assert [chip.get_attribute("aria-label") for chip in chips.all()] == [
        "Take the tag dusk off", "Take the tag rain off",
    ]  # fmt: skip
    page.keyboard.type("x")
    page.keyboard.press("Backspace")  # deletes what is typed first
    assert chips.count() == 2
    page.keyboard.press("Backspace")
    acts.until(lambda: "Tags: dusk" in state.inner_text() and "rain" not in state.inner_text())
    chips.first.click()
    acts.until(lambda: "Tags" not in state.inner_text())
    assert page.evaluate("document.activeElement.matches('.fc-entry input')")
    page.keyboard.press("Escape")
    acts.wait_saved(page)
    assert [row[1:] for row in acts.standing(sample_database)][-2:] == [
        ("untag", "rain"), ("untag", "dusk"),
    ]  # fmt: skip
    page.keyboard.press("Backspace")
    acts.until(lambda: state.inner_text().endswith("Tags: dusk"))
    assert acts.shown_frame(page) == frame
    assert page.problems == []
