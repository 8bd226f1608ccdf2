"""A frame is picked, neighbours seen, some drawn round, labelled with a preview, undone, kept."""

from __future__ import annotations

from tests.browser import acts

FRAME = ".fc-grid [role=option]"
PLOT = ".js-plotly-plot .nsewdrag"


def draw_round(page) -> None:
    """A lasso round the middle of the map."""
    box = page.locator(PLOT).first.bounding_box()
    corners = ((0.1, 0.1), (0.45, 0.1), (0.45, 0.6), (0.1, 0.6), (0.1, 0.12))
    spots = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def labels(database) -> list[tuple[str, str, str | None]]:
    return [row for row in acts.standing(database) if row[1] == "label"]


def test_neighbours_lasso_bulk_label_undo_and_a_kept_slice(page, sample_server, sample_database):
    acts.open_page(page, sample_server.url, "similar")
    page.locator(".fc-gallery button").first.click()
    page.get_by_text("most like this picture").wait_for()
    page.wait_for_selector(FRAME)
    assert "like=" in page.url

    page.get_by_text("Map of all").click()
    page.wait_for_selector(PLOT)
    acts.settle(page)
    draw_round(page)
    page.get_by_text("frames drawn round").wait_for()
    page.wait_for_selector(FRAME)
    acts.settle(page)

    page.get_by_label("Label", exact=True).first.click()  # the grid's frames are options too
    page.keyboard.type("Hammer")
    page.keyboard.press("Enter")
    page.get_by_text("become “Hammer”").wait_for()  # what would change, before it does
    assert labels(sample_database) == []
    page.get_by_role("button", name="Label ").click()
    page.get_by_text("Saved: label “Hammer”").wait_for()
    given = labels(sample_database)
    assert given
    assert {value for _, _, value in given} == {"Hammer"}

    page.get_by_role("button", name="Undo label on").click()
    acts.until(lambda: labels(sample_database) == [])

    acts.settle(page)
    page.get_by_role("button", name="Keep as slice").click()
    page.get_by_label("Name of the slice").fill("Drawn round")
    page.get_by_label("Name of the slice").press("Enter")
    page.get_by_role("button", name="Keep ").last.click()
    page.get_by_text("Only Drawn round").or_(page.get_by_text("Drawn round:")).first.wait_for()
    page.reload()
    page.wait_for_selector("h1")
    acts.settle(page)
    page.get_by_text("Drawn round").first.wait_for()
    assert page.problems == []
