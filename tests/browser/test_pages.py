"""Every page as the first request, at both sizes: no traceback, no clutter, no sideways scroll."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser import acts

# Opened here by a server just started; the others are in the tests of their own.
COLD = ("stress", "confidence", "export")
STEMS = ("", "dial", "stress", "slices", "confidence", "queue", "label_doubts", "export")
SMALL_TEXT = """
() => [...document.querySelectorAll('[data-testid=stMain] *, [data-testid=stSidebar] *')]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => e.offsetParent !== null)
  .filter((e) => !e.closest('[data-testid=stIconMaterial], svg, datalist'))
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 13.9)
  .map((e) => `${e.textContent.trim().slice(0, 40)} ${getComputedStyle(e).fontSize}`)
"""


FAINT_TEXT = """
() => {
  const parse = (c) => {
    const m = c.match(/rgba?\\(([^)]+)\\)/);
    if (!m) return null;
    const v = m[1].split(/[ ,\\/]+/).map(Number);
    return [v[0], v[1], v[2], v[3] ?? 1];
  };
  const over = (top, below) => below.map((v, i) => top[i] * top[3] + v * (1 - top[3]));
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  for (const e of document.querySelectorAll('[data-testid=stApp] *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden' || e.closest('style, script')) continue;
    // the slider's value hangs above its thumb, whose colour it has
    if (e.closest('[data-testid=stIconMaterial], [data-testid^=stSlider], [role=slider]')) continue;
    if (!e.closest('summary') && e.closest('details:not([open])')) continue;  // folded away
    if (e.closest(':disabled')) continue;  // faint on purpose, and exempt (WCAG 1.4.3)
    const ink = parse(e instanceof SVGElement ? style.fill : style.color);
    if (!ink) continue;
    const papers = [];
    for (let x = e; x; x = x.parentElement) {
      const s = getComputedStyle(x), paper = parse(s.backgroundColor);
      ink[3] *= parseFloat(s.opacity);
      if (paper && paper[3] > 0) papers.unshift(paper);
    }
    if (ink[3] < 0.02) continue;  // shown only on hover
    const paper = papers.reduce((below, top) => over(top, below), [255, 255, 255]);
    const [a, b] = [light(over(ink, paper)), light(paper)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${e.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}
"""  # WCAG 2.2, 1.4.3
WHERE_THE_KEYBOARD_IS = """
() => {
  const e = document.activeElement;
  if (!e || ['BODY', 'MAIN'].includes(e.tagName)) return null;
  const rings = [e, e.closest('label'), e.closest('[data-baseweb]'), e.closest('[data-focused]')]
    .filter(Boolean).map((x) => getComputedStyle(x))
    .filter((s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)
      || (s.boxShadow !== 'none' && s.boxShadow.includes('px')));
  const name = (e.getAttribute('aria-label') || e.innerText || e.tagName).trim().slice(0, 30);
  return [name, e.tagName, rings.length > 0];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_is_legible_on_both_themes(page, warm_server, scheme):
    page.emulate_media(color_scheme=scheme)
    for stem in STEMS:
        acts.open_page(page, warm_server.url, stem)
        acts.settle(page)
        faint = page.evaluate(FAINT_TEXT)
        for _ in range(10):  # a page that still runs is dimmed
            if not faint:
                break
            time.sleep(1)
            faint = page.evaluate(FAINT_TEXT)

        assert faint == [], stem


def test_the_keyboard_shows_where_it_is(page, warm_server):
    acts.open_page(page, warm_server.url)
    seen = []
    for _ in range(24):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(WHERE_THE_KEYBOARD_IS))
    stops = [stop for stop in seen if stop and stop[1] in ("A", "BUTTON", "SUMMARY")]

    assert len(stops) >= 12
    assert [name for name, _, is_shown in stops if not is_shown] == []
    assert not [name for name, _, _ in stops if "heading" in name]


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=["wide", "small"])
@pytest.mark.parametrize("stem", STEMS, ids=lambda stem: stem or "overview")
def test_each_page_opens_cleanly_by_deep_link(page, request, stem, size):
    is_cold = stem in COLD and size[0] == 1440
    server = request.getfixturevalue("sample_server" if is_cold else "warm_server")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    acts.open_page(page, server.url, stem)
    time.sleep(1)
    text = page.locator("body").inner_text()

    assert not re.search(r"Traceback|Error:|Something went wrong|page not found", text, re.I)
    assert "Deploy" not in text
    assert page.locator("[data-testid=stSidebarNav]").count() == 1, "the router ran"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); "
        "return m.scrollWidth <= m.clientWidth; })()"
    )
    assert page.evaluate(SMALL_TEXT) == []
    assert page.problems == []
    assert all(url.startswith((server.url, "blob:", "data:")) for url in page.requests_made)


def test_a_click_on_a_bar_shows_its_frames(page, sample_server):
    acts.open_page(page, sample_server.url, "slices")
    page.get_by_role("radio", name="Camera").or_(
        page.get_by_text("Camera", exact=True)
    ).first.click()
    # The heading comes after the chart: once it names the camera, the old chart is gone.
    acts.until(lambda: page.locator("h3").first.inner_text().startswith("Camera"))
    acts.settle(page)
    before = page.locator("h3").first.inner_text()
    last_bar = page.locator(".js-plotly-plot .bars .point path").last
    last_bar.click(position={"x": 12, "y": 12}, force=True)
    acts.settle(page)
    acts.until(lambda: page.locator("h3").first.inner_text() != before, seconds=15)

    acts.settle(page)
    for _ in range(5):  # the strip of the bar before may still be going when it is clicked
        page.locator(".fc-grid [role=option]").first.dblclick()
        try:
            page.wait_for_selector(".fc-dial", timeout=10_000)
            break
        except TooLate:
            continue
    assert page.locator(".fc-dial").count() == 1


def test_a_sweep_shows_figures_while_it_runs_and_keeps_them_when_stopped(page, sample_server):
    acts.open_page(page, sample_server.url, "stress")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_selector("text=conditions that break this model")
    page.wait_for_selector(".js-plotly-plot")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=they are kept")

    page.reload()
    page.wait_for_selector(".fc-finding.fc-big")
    page.get_by_role("button", name="Start", exact=True).wait_for()
    assert page.problems == []


def test_quick_check_gives_a_verdict_from_a_cold_start_within_two_minutes(page, server):
    sample = Path(__file__).resolve().parents[2] / "sample_data" / "reference"
    pictures = sorted(sample.glob("*/*.jpg"))
    fifty = [
        {
            "name": f"{path.parent.name}_{n:02}.jpg",
            "mimeType": "image/jpeg",
            "buffer": path.read_bytes(),
        }
        for n, path in enumerate(pictures[:: max(1, len(pictures) // 50)][:50])
    ]
    started = time.monotonic()
    server.start()
    acts.open_page(page, server.url)
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(fifty)
    verdict = page.locator(".st-key-overview_verdict")
    verdict.get_by_text(re.compile(r"Right in \d+ of 50 dropped frames")).wait_for(timeout=120_000)
    seconds = time.monotonic() - started
    print(f"\ncold start to verdict on fifty frames: {seconds:.1f} s")

    assert seconds < 120
