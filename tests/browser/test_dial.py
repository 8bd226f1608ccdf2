"""The dial under the hand: keys, and the picture and answer shown are those of the core."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, urlparse

import numpy as np
from playwright.sync_api import TimeoutError as TooLate

from core.workflows import dial, projects
from tests.browser import acts

PIXELS = """
async () => {
  const img = document.querySelector('.fc-after');
  const canvas = document.createElement('canvas');
  canvas.width = img.naturalWidth; canvas.height = img.naturalHeight;
  const pen = canvas.getContext('2d', { colorSpace: 'srgb' });
  pen.drawImage(img, 0, 0);
  const bytes = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
}
"""


def ready(page, url):
    acts.open_page(page, url, "dial")
    page.wait_for_function("document.querySelectorAll('.fc-line path').length === 6")


def shown(page, severity: float, *, seconds: float = 60) -> str:
    """What the page says once the picture of that severity is shown."""
    page.wait_for_function(
        f"document.querySelector('.fc-after')?.dataset.severity === '{severity:g}'",
        timeout=1000 * seconds,
    )
    return str(page.locator(".fc-says-after").inner_text())


def slider_box(page) -> dict[str, float]:
    handle = page.locator(".fc-dial input[type=range]")
    handle.scroll_into_view_if_needed()
    return dict(handle.bounding_box())


def grip(page) -> None:
    """Press the mouse on the left end of the slider."""
    acts.settle(page)
    box = slider_box(page)
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()


def drag_to(page, severity: float) -> str:
    """With the button still down; what the page then says."""
    for _ in range(4):
        box = slider_box(page)
        x = box["x"] + 8 + (box["width"] - 16) * severity / 5
        page.mouse.move(x, box["y"] + box["height"] / 2, steps=4)
        try:
            return shown(page, severity, seconds=15)
        except TooLate:  # what came in below or above moved the slider from under the mouse
            page.mouse.up()
            grip(page)
    raise TimeoutError(f"the slider does not reach {severity:g}")


def test_picture_and_answer_at_each_stop_are_those_of_the_core(page, sample_server):
    ready(page, sample_server.url)
    asked = [url for url in page.requests_made if "/api/dial/" in url][-1]
    digest = urlparse(asked).path.rsplit("/", 1)[1]
    name = parse_qs(urlparse(asked).query)["chain"][0].partition(":")[0]
    project = projects.open_project(sample_server.home / "projects" / "sample")

    grip(page)
    for severity in (1.0, 2.5, 4.0, 5.0):
        said = drag_to(page, severity)
        here = dial.dial_frame(project, digest, chain=dial.chain_of([name], [severity]))
        opaque = np.full((*here.image.shape[:2], 1), 255, np.uint8)
        pixels = np.concatenate([here.image, opaque], axis=2).tobytes()
        assert page.evaluate(PIXELS) == hashlib.sha256(pixels).hexdigest(), severity
        assert here.answer.label in said
    page.mouse.up()
    assert page.problems == []


def test_keys_step_jump_peek_and_go_to_another_frame(page, sample_server):
    ready(page, sample_server.url)

    page.keyboard.press("3")
    shown(page, 3)
    page.keyboard.press("ArrowUp")
    shown(page, 3.5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    shown(page, 2.5)

    page.keyboard.down("b")
    page.wait_for_selector(".fc-clean", state="visible")
    assert not page.locator(".fc-after").is_visible()
    page.keyboard.up("b")
    page.wait_for_selector(".fc-after", state="visible")

    def frame() -> str:
        return str(page.get_by_role("combobox").first.input_value())

    before = frame()
    page.keyboard.press("ArrowRight")
    acts.until(lambda: frame() != before)
    acts.settle(page)
    page.wait_for_function("document.querySelectorAll('.fc-line path').length === 6")
    page.keyboard.press("ArrowLeft")
    acts.until(lambda: frame() == before)
    assert page.problems == []


def test_a_preset_turns_several_sliders_and_each_can_be_turned_on_its_own(page, sample_server):
    ready(page, sample_server.url)
    project = projects.open_project(sample_server.home / "projects" / "sample")

    page.get_by_test_id("stButtonGroup").get_by_text("Night", exact=True).click()
    page.wait_for_function("document.querySelectorAll('.fc-slider').length === 2")
    shown(page, 4)
    acts.settle(page)  # the run of the preset may still put the dial in another place of the page
    page.locator(".fc-slider input").nth(1).focus()
    page.keyboard.press("5")
    page.wait_for_function("document.querySelector('.fc-after').dataset.severity === '5'")
    acts.settle(page)

    asked = [url for url in page.requests_made if "/api/dial/" in url][-1]
    digest = urlparse(asked).path.rsplit("/", 1)[1]
    chain = dial.chain_of(["low_light", "iso_noise"], [4.0, 5.0])
    here = dial.dial_frame(project, digest, chain=chain)
    opaque = np.full((*here.image.shape[:2], 1), 255, np.uint8)
    pixels = np.concatenate([here.image, opaque], axis=2).tobytes()
    assert page.evaluate(PIXELS) == hashlib.sha256(pixels).hexdigest()
    assert here.answer.label in page.locator(".fc-says-after").inner_text()
    assert page.evaluate("document.querySelector('.fc-seen').naturalWidth") == 224
    words = dial.breaking_words(project, digest, chain=chain, place=1)
    page.get_by_text(words.headline).wait_for()
    assert page.problems == []


def test_covering_draws_where_the_answer_flips(page, sample_server):
    ready(page, sample_server.url)

    page.get_by_role("button", name="Where does covering flip it?").click()
    page.get_by_text("Bright: covering here").wait_for()

    assert "places" in page.locator(".fc-finding").last.inner_text()
    assert page.problems == []
