"""A whole session by keys alone: sixty frames, every kind of key, other layouts; then the disk."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.workflows import projects, queue_shares
from tests.browser import acts

SHIFT = 8  # as the protocol counts modifiers
CTRL, ALT, META = 2, 1, 4
WHERE = """() => { const e = document.activeElement;
    return [e.getAttribute('aria-label') ?? '', e.innerText ?? '', !!e.closest('.fc-queue')]; }"""


@dataclass
class Reviewer:
    """Types, and remembers what must be on disk."""

    page: Any
    frames: list[str]
    classes: list[str]
    expected: list[tuple[str, str, str | None]] = field(default_factory=list)
    at: int = 0
    decided: int = 0

    def __post_init__(self) -> None:
        self.cdp = self.page.context.new_cdp_session(self.page)

    def key(self, key: str, code: str, *, modifiers: int = 0, repeats: int = 0, number: int = 0):
        """One stroke as the browser gets it from any keyboard: its sign and its place."""
        event = {"key": key, "code": code, "modifiers": modifiers, "windowsVirtualKeyCode": number}
        for again in range(1 + repeats):
            down = {**event, "type": "rawKeyDown", "autoRepeat": again > 0}
            self.cdp.send("Input.dispatchKeyEvent", down)
        self.cdp.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def decides(self, action: str, value: str | None = None) -> None:
        self.expected.append((self.frames[self.at], action, value))
        self.at += 1
        self.decided += 1

    def adds(self, action: str, value: str) -> None:
        self.expected.append((self.frames[self.at], action, value))

    def label(self, digit: int) -> None:
        self.press(str(digit % 10))
        self.decides("label", self.classes[digit - 1])

    def saved(self) -> None:
        acts.wait_saved(self.page)

    def agrees(self) -> None:
        leaning = self.page.evaluate(
            "(at) => [...globalThis.__fieldcheckQueues.values()].at(-1).items[at].leaning", self.at
        )
        self.decides("agree", leaning)

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Go on with Tab until what is called so has the focus."""
        for _ in range(60):
            self.press("Shift+Tab" if back else "Tab")
            label, text, _ = self.page.evaluate(WHERE)
            if name in (label, *text.split("\n")):
                return
        raise AssertionError(f"Tab does not reach {name}")


def begin(page, url: str) -> Reviewer:
    """From the first page to the queue by Tab and Enter."""
    acts.open_page(page, url)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText ?? ''").strip().endswith("Queue"):
            break
    page.keyboard.press("Enter")
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    acts.settle(page)
    page.wait_for_function("document.activeElement.closest('.fc-queue') !== null")
    classes = page.evaluate("[...globalThis.__fieldcheckQueues.values()].at(-1).classes")
    return Reviewer(page, acts.queue_hashes(page), classes)


def plain_keys(me: Reviewer) -> None:
    for digit in (1, 2, 3, 4, 5, 6, 2, 5):
        me.label(digit)
    me.agrees()
    me.press("a")
    for key, action in (("x", "unsure"), ("Space", "skip"), ("X", "unsure")):
        me.press(key)
        me.decides(action)


def entries(me: Reviewer) -> None:
    me.saved()
    me.press("t")
    me.page.keyboard.type("wet lens 3x")
    me.press("Enter")
    me.adds("tag", "wet lens 3x")
    me.press("n")
    me.page.keyboard.type("1 x f 2 a 7h t, Space")
    me.press("Enter")
    me.adds("note", "1 x f 2 a 7h t, Space")
    me.press("f")
    me.adds("hard_case", "on")
    me.label(4)
    me.press("n")  # with the decision before it still on its way
    me.page.keyboard.type("axf 12")
    me.press("Escape")
    me.press("n")
    me.page.keyboard.type("6")
    me.press("Enter")
    me.adds("note", "6")
    me.label(1)
    me.press("f", "f")
    me.adds("hard_case", "on")
    me.adds("hard_case", "off")
    me.label(3)


def a_key_that_opened_an_entry_and_is_held(me: Reviewer) -> None:
    me.saved()
    me.key("n", "KeyN", number=78, repeats=0)
    for again in range(4):
        event = {"type": "keyDown", "key": "n", "code": "KeyN", "text": "n", "autoRepeat": True}
        me.cdp.send("Input.dispatchKeyEvent", event | {"windowsVirtualKeyCode": 78 + 0 * again})
    me.page.keyboard.type("nine")
    assert me.page.locator(".fc-entry input").input_value() == "nine"
    me.press("Escape")


def back_and_forth(me: Reviewer) -> None:
    me.label(6)
    me.label(6)
    me.press("Backspace", "Backspace")
    del me.expected[-2:]
    me.at, me.decided = me.at - 2, me.decided - 2
    me.saved()
    me.label(2)
    me.label(5)
    me.saved()
    me.press("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight")
    me.press("x")
    me.decides("unsure")
    me.saved()
    me.press("ArrowLeft")  # and decided anew: the later decision stands beside the first
    me.at -= 1
    me.label(3)
    me.decided -= 1


def a_card(me: Reviewer) -> None:
    me.press("h")
    me.page.locator(".fc-card[open]").wait_for()
    me.press("1", "a", "x", "Backspace", "ArrowRight")
    me.press("h")
    me.page.locator(".fc-card").wait_for(state="hidden")
    me.label(1)


def by_name(me: Reviewer) -> None:
    me.press("c")
    me.page.keyboard.type("SCI")
    me.press("Enter")
    me.decides("label", "Scissors")
    me.press("c")
    me.page.keyboard.type("plie")
    me.press("Escape")
    me.press("c", "Enter")  # nothing typed, nothing chosen, nothing saved
    me.page.keyboard.type("no such class")
    me.press("Enter", "Escape")
    me.press("c", "ArrowDown", "ArrowDown", "Enter")
    me.decides("label", me.classes[1])


def another_key(me: Reviewer) -> None:
    """The note gets M; N does nothing from then on; a taken key is refused."""
    me.saved()
    me.press("h")
    me.tab_to("Change keys")
    me.press("Enter")
    me.tab_to("Note")
    me.press("Enter")
    me.press("a")
    me.page.get_by_text("A is the key of “Agree”").wait_for()
    me.press("m")
    me.page.locator(".fc-card button[data-name='act note'] kbd", has_text="M").wait_for()
    me.press("Escape")
    me.page.locator(".fc-card").wait_for(state="hidden")
    me.press("n", "m")
    me.page.keyboard.type("by M 1")
    me.press("Enter")
    me.adds("note", "by M 1")
    assert me.page.locator(".fc-actions button[data-name=note]").inner_text().split() == [
        "M",
        "Note",
    ]
    me.label(2)


def a_text_field(me: Reviewer) -> None:
    me.saved()
    me.tab_to("Reviewer", back=True)
    me.page.keyboard.type("ana 12 x f")
    me.press("Enter")
    acts.settle(me.page)
    me.tab_to(me.classes[0])
    me.label(3)  # a digit counts although a button has the focus
    me.saved()
    me.press("Enter")  # presses the button
    me.decides("label", me.classes[0])
    me.saved()
    me.press("Space")  # is the button's too, not "skip"
    me.decides("label", me.classes[0])
    me.saved()
    assert me.page.evaluate(WHERE)[1].split("\n")[-1] == me.classes[0], "the focus stays"
    me.key("Enter", "Enter", number=13, repeats=5)
    me.saved()
    me.page.evaluate("document.querySelector('.fc-queue').focus()")


def azerty(me: Reviewer) -> None:
    for key, code, digit, modifiers in (
        ("é", "Digit2", 2, 0), ("&", "Digit1", 1, 0), ('"', "Digit3", 3, 0),
        ("4", "Digit4", 4, SHIFT), ("2", "Digit2", 2, SHIFT),
    ):  # fmt: skip
        me.key(key, code, modifiers=modifiers)
        me.decides("label", me.classes[digit - 1])
    me.key("a", "KeyQ")
    me.agrees()


def other_scripts(me: Reviewer) -> None:
    me.key("ф", "KeyA")
    me.agrees()
    for key, code in (("ч", "KeyX"), ("χ", "KeyX"), ("Ч", "KeyX")):
        me.key(key, code)
        me.decides("unsure")
    me.key("٣", "Digit3")
    me.decides("label", me.classes[2])
    me.saved()
    me.key("ь", "KeyM")
    me.cdp.send("Input.insertText", {"text": "заметка 5 ф"})
    me.press("Enter")
    me.adds("note", "заметка 5 ф")
    me.label(4)


def dvorak_caps_and_pad(me: Reviewer) -> None:
    me.key("x", "KeyB")
    me.decides("unsure")
    me.key("f", "KeyY")
    me.adds("hard_case", "on")
    me.key("A", "KeyA")  # CapsLock
    me.agrees()
    me.key("5", "Numpad5")
    me.decides("label", me.classes[4])
    me.key("6", "Digit6", repeats=8)  # held
    me.decides("label", me.classes[5])


def what_means_nothing(me: Reviewer) -> None:
    me.saved()
    before = me.page.evaluate("[...globalThis.__fieldcheckQueues.values()].at(-1).at")
    for key, code in (
        ("'", "KeyQ"), ("Dead", "BracketLeft"), ("ArrowLeft", "Numpad4"), ("Clear", "Numpad5"),
        ("7", "Digit7"), ("0", "Digit0"), ("F1", "F1"), ("!", "Digit1x"), ("ö", "Semicolon"),
    ):  # fmt: skip
        me.key(key, code)
    me.page.get_by_text("NumLock is off").wait_for()
    me.key("Process", "KeyA", number=229)
    me.key("1", "Digit1", modifiers=CTRL)
    me.key("1", "Digit1", modifiers=ALT)
    me.key("a", "KeyA", modifiers=META)
    me.key("n", "KeyN")  # it was given away
    assert me.page.locator(".fc-entry").is_hidden()
    me.press("Escape")
    assert me.page.locator(".fc-message").inner_text() == ""
    assert me.page.evaluate("[...globalThis.__fieldcheckQueues.values()].at(-1).at") == before


def a_list_of_streamlits(me: Reviewer) -> None:
    """Keys typed while a list lies open choose in it and decide nothing."""
    me.saved()
    me.tab_to("Order", back=True)
    me.press("ArrowDown")
    me.page.get_by_role("listbox", name="Order").wait_for()
    me.press("x", "1", "a")
    me.press("Escape")
    me.page.evaluate("document.querySelector('.fc-queue').focus()")


def test_sixty_frames_by_keys_alone_are_on_disk_exactly_as_typed(
    page, sample_server, sample_database
):
    # With a blind frame there is nothing to agree with; those have tests of their own.
    queue_shares.set_shares(projects.open_project(sample_database.parent), blind=0.0, second=0.0)
    me = begin(page, sample_server.url)
    for part in (
        plain_keys, entries, a_key_that_opened_an_entry_and_is_held, back_and_forth, a_card,
        by_name, another_key, a_text_field, azerty, other_scripts, dvorak_caps_and_pad,
        what_means_nothing, a_list_of_streamlits,
    ):  # fmt: skip
        part(me)
        me.saved()
        assert acts.standing(sample_database) == me.expected, part.__name__
        assert acts.shown_frame(page) == me.frames[me.at], part.__name__
    for n in range(60 - me.decided):
        me.label(1 + n % 6)
        time.sleep(0.03)
    me.saved()

    assert me.decided == 60
    assert acts.standing(sample_database) == me.expected
    assert page.locator(".fc-progress").inner_text().startswith("60 of ")
    assert page.problems == []

    page.reload()
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    assert acts.standing(sample_database) == me.expected
    # A relabel may put its near copies under suspicion or clear them: what is left can differ.
    assert acts.queue_hashes(page) and not set(acts.queue_hashes(page)) & set(me.frames[:60])
    me.press("n")
    assert page.locator(".fc-entry").is_hidden(), "the changed key is the project's"
    me.press("m")
    page.locator(".fc-entry input").wait_for()


MANY = [f"Class {n:04}" for n in range(997)] + ["Écrou à œil", "гаечный ключ", "スパナ"]


@pytest.fixture
def many_classes(page):
    """The queue as a model of a thousand classes would fill it."""
    sent: list[dict[str, Any]] = []

    def answer(route):
        reply = route.fetch()
        body = reply.json() | {"classes": MANY}
        route.fulfill(json=body)

    def take(route):
        sent.append(route.request.post_data_json)
        route.fulfill(json={"saved": len(sent), "id": sent[-1]["id"]})

    page.route("**/api/queue/*?order=*", answer)
    page.route("**/events", take)
    return sent


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("0412", "Class 0412"),
        ("ecrou a oe", "Écrou à œil"),
        ("ключ", "гаечный ключ"),
        ("スパ", "スパナ"),
    ],
)
def test_one_of_a_thousand_classes_by_a_few_letters(
    page, sample_server, many_classes, typed, label
):
    acts.open_queue(page, sample_server.url)
    assert page.locator(".fc-classes button").count() <= 22, "twenty and a way to the rest"
    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("c")
    page.keyboard.insert_text(typed)
    assert page.locator(".fc-find li").first.inner_text().split("\n")[0] == label
    took = page.evaluate("""() => { const field = document.querySelector('.fc-find input');
        const start = performance.now(); field.value = 'class'; field.oninput();
        const ms = performance.now() - start; return ms; }""")
    page.locator(".fc-find input").fill(typed)
    page.keyboard.press("Enter")
    acts.wait_saved(page)

    assert [event["value"] for event in many_classes] == ["Class 0012", label]
    assert took < 100, f"a letter took {took:.0f} ms"


def test_where_shift_types_the_digits_it_never_means_the_next_ten(
    page, sample_server, many_classes
):
    acts.open_queue(page, sample_server.url)
    shown = page.locator(".fc-classes kbd:visible").all_inner_texts()
    assert shown[9:12] == ["0", "⇧1", "⇧2"]
    cdp = page.context.new_cdp_session(page)

    def stroke(key: str, modifiers: int) -> None:
        event = {"key": key, "code": "Digit2", "modifiers": modifiers}
        cdp.send("Input.dispatchKeyEvent", {**event, "type": "rawKeyDown"})
        cdp.send("Input.dispatchKeyEvent", {**event, "type": "keyUp"})

    stroke("2", SHIFT)  # an AZERTY "2", or the ⇧2 on the button? Nobody knows: it is not saved
    page.get_by_text("On this keyboard Shift types the digits").wait_for()
    assert page.locator(".fc-classes kbd:visible").all_inner_texts()[9:] == ["0", "C"]
    stroke("2", SHIFT)
    stroke("é", 0)
    acts.wait_saved(page)

    assert [event["value"] for event in many_classes] == ["Class 0001", "Class 0001"]
