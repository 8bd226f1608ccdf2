"""axe-core on every page, light and dark: nothing serious or critical that is ours to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import acts
from tests.browser.test_pages import STEMS

axe = pytest.importorskip("axe_playwright_python.base", reason="pip install -e '.[test]'")

GRAVE = ("serious", "critical")
STREAMLITS: dict[tuple[str, str], str] = {
    ("list", "[data-testid=stSidebarNavItems]"): (
        "Streamlit puts a div around each section of its navigation, between the list and its "
        "items; a page cannot reach into it, and without sections twelve pages are one heap."
    ),
    ("listitem", "[data-testid=stSidebarNavItems] li"): "The items of that same list.",
}
"""Rule and selector of what lies in Streamlit's own parts and no page can mend, with the reason."""

GRAVE_FINDINGS = """
async ([grave, excused]) => {
  const found = (await axe.run(document, { resultTypes: ['violations'] })).violations;
  return found.filter((one) => grave.includes(one.impact)).flatMap((one) => one.nodes
    .filter((node) => !excused.some(([rule, selector]) => rule === one.id
      && document.querySelector(node.target[0])?.matches(selector)))
    .map((node) => [`${one.id}:`, node.target.join(' '), node.html.slice(0, 160),
      node.failureSummary].join(' ')));
}
"""
IS_SCHEME = """(scheme) => {
  const paper = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
  return (Number(/\\d+/.exec(paper)[0]) < 128) === (scheme === 'dark');
}"""
SETTLED = """() => !document.getAnimations().some((one) => one.playState === 'running'
    && one.effect?.getComputedTiming().iterations !== Infinity)"""


def findings(page: Any) -> list[str]:
    """Serious and critical findings on the page as it stands, those of Streamlit's own left out."""
    page.wait_for_function(SETTLED)
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(axe.AXE_SCRIPT)
    return list(page.evaluate(GRAVE_FINDINGS, [list(GRAVE), [list(key) for key in STREAMLITS]]))


def in_both_themes(page: Any, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(IS_SCHEME, arg=scheme)
        acts.settle(page)
        assert findings(page) == [], f"{name}, {scheme}"


def test_no_page_has_a_serious_finding_in_either_theme(page, sample_server):
    for stem in STEMS:
        acts.open_page(page, sample_server.url, stem)
        in_both_themes(page, stem or "overview")


def key_card(page: Any) -> None:
    page.keyboard.press("h")
    page.locator(".fc-card[open]").wait_for()


def changing_keys(page: Any) -> None:
    key_card(page)
    page.get_by_role("button", name="Change keys").click()
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    page.get_by_text("is the key of").wait_for()


def by_name(page: Any) -> None:
    page.keyboard.press("c")
    page.keyboard.type("e")


def note(page: Any) -> None:
    page.keyboard.press("n")
    page.keyboard.type("wet")


def decided(page: Any) -> None:
    page.keyboard.press("f")
    page.keyboard.press("1")
    acts.wait_saved(page)
    page.keyboard.press("ArrowLeft")


STATES: tuple[Callable[[Any], None], ...] = (key_card, changing_keys, by_name, note, decided)


def test_no_state_of_the_queue_has_a_serious_finding(page, sample_server):
    acts.open_queue(page, sample_server.url)
    for state in STATES:
        state(page)
        in_both_themes(page, state.__name__)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


def test_frames_in_a_grid_and_events_of_doubt_have_no_serious_finding(page, sample_server):
    acts.open_page(page, sample_server.url, "slices?question=every")
    page.wait_for_selector(".fc-grid [role=option]")
    in_both_themes(page, "grid")
    acts.open_page(page, sample_server.url, "label_doubts")
    page.get_by_text("The model", exact=True).click()
    page.wait_for_function("document.querySelector('.fc-doubts')?.dataset.busy === 'false'")
    acts.settle(page)
    in_both_themes(page, "label doubts")


def test_the_audit_sees_a_fault_and_excuses_nothing_else(page, sample_server):
    acts.open_page(page, sample_server.url, "queue")
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    page.evaluate("""() => {
        const field = document.createElement('input'), text = document.createElement('p');
        text.style.color = '#ccc'; text.textContent = 'pale';
        document.querySelector('.fc-panel').prepend(field, text);
        document.querySelector('[data-testid=stSidebarNavItems]').append(document.createElement('p'));
    }""")
    found = findings(page)

    assert {one.split(":")[0] for one in found} == {"label", "color-contrast"}
