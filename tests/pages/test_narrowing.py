"""The chooser in the sidebar: every page narrowed, the view in the address."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.records import SliceRule
from core.workflows import saved_slices
from pages._shared.keys import K
from tests.pages.conftest import ROOT
from tests.pages.reading import visible_text

SPOT = SliceRule(where=(("camera", ("cam3",)), ("light", ("night",))))


def opened(stem: str, **address: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app = app.run()
    path = next(ROOT.glob(f"pages/*/{stem}.py")).relative_to(ROOT)
    if stem != "overview":
        app = app.switch_page(path.as_posix())
    for name, values in address.items():
        app.query_params[name] = values
    return app.run()


@pytest.mark.usefixtures("patchy_project")
def test_a_bookmark_opens_the_same_view(patchy_frames):
    page = opened("overview", camera="cam3", **{"in.light": "night"})
    said = " ".join(visible_text(page))

    assert f"Right in {patchy_frames.spot_right} of {patchy_frames.spot} field frames" in said
    assert f"camera cam3, light night: {patchy_frames.spot} of {patchy_frames.field} frames" in said


@pytest.mark.usefixtures("patchy_project")
def test_another_page_keeps_the_view_and_writes_it_into_its_address():
    page = opened("overview", camera="cam3")
    path = next(ROOT.glob("pages/*/confidence.py")).relative_to(ROOT)
    page.query_params.clear()  # as the browser does on the way to another page
    page = page.switch_page(path.as_posix()).run()

    assert page.query_params["camera"] == "cam3"
    assert any("camera cam3: 120 of 360 frames" in text for text in visible_text(page))


def test_a_saved_slice_is_chosen_dropped_and_all_shown_again(patchy_project, patchy_frames):
    saved_slices.save_slice(patchy_project, "the corner", (SPOT,))
    page = opened("overview")
    page = page.selectbox(key=K.NARROW_SLICE).select("the corner").run()

    assert page.query_params["slice"] == "the corner"
    assert any(f"{patchy_frames.spot} of 360" in text for text in visible_text(page))

    page = page.button(key=K.NARROW_DROP).click().run()
    assert saved_slices.saved_slices(patchy_project) == []
    assert "slice" not in page.query_params
    assert not any("Only" in text for text in visible_text(page))


@pytest.mark.usefixtures("patchy_project")
def test_show_all_ends_it():
    page = opened("overview", camera="cam3")
    page = page.button(key=K.NARROW_ALL).click().run()

    assert "camera" not in page.query_params
    assert any("of 360 field frames" in text for text in visible_text(page))


@pytest.mark.usefixtures("patchy_project")
def test_a_bookmark_of_a_dropped_slice_says_so_and_shows_all():
    page = opened("overview", slice="gone")

    assert any("no saved slice “gone”" in text for text in visible_text(page))
    assert any("of 360 field frames" in text for text in visible_text(page))
    assert not page.error


@pytest.mark.usefixtures("patchy_project")
@pytest.mark.parametrize(
    "stem", ["overview", "dial", "stress", "slices", "confidence", "queue", "export"]
)
@pytest.mark.parametrize("camera", ["cam3", "cam9"])
def test_every_page_opens_narrowed_even_to_nothing(stem, camera):
    page = opened(stem, camera=camera)

    assert not page.exception
    assert not page.error
    assert page.title


def test_a_click_on_a_bar_can_be_kept_as_a_slice_of_every_page(patchy_project):
    page = opened("slices", by="camera", value="cam3")
    assert page.subheader[0].value == "Camera: cam3"

    page = page.button(key=f"{K.SLICES_KEEP}_Camera cam3").click().run()

    assert [kept.name for kept in saved_slices.saved_slices(patchy_project)] == ["Camera cam3"]
    assert page.query_params["slice"] == "Camera cam3"
    assert any("slice Camera cam3: 120 of 360 frames" in text for text in visible_text(page))
