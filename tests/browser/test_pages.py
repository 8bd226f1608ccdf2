"""Every page as the first request, at both sizes: no traceback, no clutter, no sideways scroll."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser import acts

STEMS = ("", "dial", "stress", "slices", "confidence", "queue", "export")
SMALL_TEXT = """
() => [...document.querySelectorAll('[data-testid=stMain] *, [data-testid=stSidebar] *')]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => e.offsetParent !== null)
  .filter((e) => !e.closest('[data-testid=stIconMaterial], svg, datalist'))
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 13.9)
  .map((e) => `${e.textContent.trim().slice(0, 40)} ${getComputedStyle(e).fontSize}`)
"""


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=["wide", "small"])
@pytest.mark.parametrize("stem", STEMS, ids=lambda stem: stem or "overview")
def test_each_page_opens_cleanly_by_deep_link(page, sample_server, stem, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    acts.open_page(page, sample_server.url, stem)
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
    assert all(url.startswith((sample_server.url, "blob:", "data:")) for url in page.requests_made)


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
        page.locator(".fc-gallery button").first.click()
        try:
            page.wait_for_selector(".fc-dial", timeout=10_000)
            break
        except TooLate:
            continue
    assert page.locator(".fc-dial").count() == 1


def test_a_sweep_shows_figures_while_it_runs_and_keeps_them_when_stopped(page, sample_server):
    acts.open_page(page, sample_server.url, "stress")
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector("text=conditions that break this model")
    page.wait_for_selector(".js-plotly-plot")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=they are kept")

    page.reload()
    page.wait_for_selector(".fc-finding.fc-big")
    assert page.get_by_role("button", name="Start").count() == 1
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
