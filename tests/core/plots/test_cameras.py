import pandas as pd

from core.plots import health_strip


def test_each_day_is_a_mark_that_says_what_it_is():
    strip = pd.DataFrame({
        "camera": ["a", "a", "b"],
        "day": pd.to_datetime(["2026-03-02", "2026-03-03", "2026-03-02"]),
        "frames": [5, 4, 0], "clips": [2, 2, 0], "kind": ["", "stuck", ""],
        "state": ["none_found", "confirmed", "none_found"],
    })  # fmt: skip

    figure = health_strip(strip)

    names = {trace.name: trace for trace in figure.data}
    assert set(names) == {"nothing found", "stuck"}
    assert list(names["stuck"].customdata[0]) == ["a", "2026-03-03"]
    assert names["stuck"].hovertext[0] == (
        "Camera a, 3 March: stuck, confirmed (4 frames in 2 clips)"
    )
    assert sum(len(trace.x) for trace in figure.data) == 3


def test_no_days_are_no_error():
    empty = pd.DataFrame(columns=["camera", "day", "frames", "clips", "kind", "state"])

    assert len(health_strip(empty).data) == 0
