"""A click on a chart shows frames, a slice is kept, and the view survives a reload."""

from __future__ import annotations

import re
import sqlite3
import time
from urllib.parse import parse_qs, urlsplit

from tests.browser import acts


def address(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def click_last_bar(page) -> None:
    page.locator(".js-plotly-plot .bars .point path").last.click(
        position={"x": 12, "y": 12}, force=True
    )


def test_a_bar_is_clicked_its_frames_seen_the_slice_kept_and_still_chosen_after_a_reload(
    page, sample_server, sample_database
):
    acts.open_page(page, sample_server.url, "slices?by=camera")
    acts.until(lambda: page.locator("h3").first.inner_text().startswith("Camera"))
    before = page.locator("h3").first.inner_text()
    click_last_bar(page)
    acts.until(lambda: page.locator("h3").first.inner_text() != before, seconds=30)
    acts.settle(page)
    camera = page.locator("h3").first.inner_text().removeprefix("Camera: ")

    assert page.locator(".fc-grid [role=option]").count() > 0
    assert address(page)["value"] == [camera]

    # the click itself survives a reload
    page.reload()
    page.wait_for_selector("h3")
    acts.settle(page)
    assert page.locator("h3").first.inner_text() == f"Camera: {camera}"

    page.locator("[data-testid=stMain]").get_by_text("Save as a slice").first.click()
    page.get_by_label("Name").fill("the far corner")
    page.get_by_label("Name").press("Tab")
    acts.settle(page)
    page.get_by_role("button", name="Save", exact=True).click()
    sidebar = page.locator("[data-testid=stSidebar]")
    only = sidebar.get_by_text(re.compile(r"slice the far corner: \d+ of \d+ frames"))
    only.wait_for()

    assert address(page)["slice"] == ["the far corner"]
    with sqlite3.connect(sample_database) as db:
        assert db.execute("SELECT name, origin FROM saved_slices").fetchall() == [
            ("the far corner", "click")
        ]

    page.reload()
    only.wait_for()
    assert address(page)["slice"] == ["the far corner"]

    # another page is narrowed too, and so is its address
    count = re.search(r": (\d+) of", only.inner_text())[1]
    page.get_by_role("link", name="Queue").click()
    page.wait_for_function(acts.REVIEW_KEYS_READY)
    acts.until(lambda: address(page).get("slice") == ["the far corner"], seconds=20)
    acts.choose(page, "Order", "Random check")
    page.get_by_text(re.compile(rf"of {count} decided")).wait_for()

    acts.settle(page)
    sidebar.get_by_role("button", name="Show all").click()
    only.wait_for(state="detached")
    acts.until(lambda: "slice" not in address(page), seconds=20)
    assert page.problems == []


def test_a_cell_of_the_matrix_opens_its_frames(page, sample_server):
    acts.open_page(page, sample_server.url, "slices?question=classes")
    page.wait_for_selector(".js-plotly-plot .scatterlayer .textpoint")
    time.sleep(1)
    # an empty heat map gives no clicks; the marks over it do
    text = page.locator(".js-plotly-plot .scatterlayer .textpoint text").nth(1)
    box = text.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("h3")
    heading = page.locator("h3").first.inner_text()
    page.wait_for_selector(".fc-grid [role=option]")

    assert " answered " in heading
    label, answer = heading.split(" answered ")
    captions = page.locator(".fc-grid .fc-sentence").all_inner_texts()
    assert captions
    assert all(f"sure it is {answer}" in caption for caption in captions)
    if label != answer:
        assert all(f"label says {label}" in caption for caption in captions)
    assert page.problems == []


def test_frames_drawn_round_on_the_map_are_shown_and_can_be_kept(page, sample_server):
    page.set_viewport_size({"width": 1440, "height": 2400})
    acts.open_page(page, sample_server.url, "slices?question=groups")
    chart = page.locator(".js-plotly-plot").last
    chart.locator(".nsewdrag").first.wait_for()
    time.sleep(1)
    chart.scroll_into_view_if_needed()
    box = chart.locator(".nsewdrag").first.bounding_box()
    left, top = box["x"] + 40, box["y"] + 40
    right, bottom = box["x"] + box["width"] - 40, box["y"] + box["height"] - 40
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=8)
    page.mouse.up()

    page.get_by_text(re.compile(r"[\d,]+ of [\d,]+ frames drawn round")).wait_for()
    assert page.problems == []
