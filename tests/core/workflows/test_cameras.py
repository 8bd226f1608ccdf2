import json
from datetime import datetime

import numpy as np

from core.records import State
from core.store import camera_views as store
from core.store.database import connect
from core.workflows import cameras

NOW = datetime(2026, 4, 1)


def test_it_stops_resumes_and_does_nothing_twice(tiny_project):
    stops = iter([False, True])
    first = cameras.prepare(tiny_project, should_stop=lambda: next(stops))
    waiting = cameras.cameras(tiny_project, now=NOW).waiting
    told = []
    second = cameras.prepare(tiny_project, on_progress=lambda *counts: told.append(counts))

    assert 0 < first < 49
    assert waiting == 49 - first
    assert first + second == 49
    assert told[0] == (first, 49)
    assert told[-1] == (49, 49)
    assert cameras.prepare(tiny_project) == 0
    assert cameras.cameras(tiny_project, now=NOW).waiting == 0


def test_the_report_goes_through_json_and_words(tiny_project):
    cameras.prepare(tiny_project)

    report = cameras.cameras(tiny_project, now=NOW)
    data = json.loads(json.dumps(cameras.cameras_json(report), allow_nan=False))
    lines = cameras.report_lines(report)

    assert [one["camera"] for one in data["cameras"]] == ["", "cam1", "cam2"]
    assert sum(one["frames"] for one in data["cameras"]) == 49
    assert [one["path"] for one in data["unreadable"]] == ["cam2/broken.jpg"]
    assert any("could not be read" in line for line in lines)
    assert set(report.strip["camera"]) == {"cam1", "cam2"}


def test_a_picture_changed_since_it_was_indexed_is_left_out(fresh_project, own_frames):
    from core.workflows import scoring

    scoring.prepare(fresh_project)
    (own_frames.field_folder / "cam1/003.jpg").write_bytes(b"gone bad")

    assert cameras.prepare(fresh_project) == 48
    report = cameras.cameras(fresh_project, now=NOW)
    assert report.waiting == 1
    assert {one.camera: dict(one.notes) for one in report.cameras}["cam1"]["unseen"] == 1


def test_what_is_kept_comes_back_in_the_order_asked_for(tiny_project):
    cameras.prepare(tiny_project)
    with connect(tiny_project.database) as db:
        (one, other, *_) = sorted(store.seen_hashes(db, version=1))
        sides = {"tile_side": 12, "sample_side": 32, "view_side": 48}
        found = store.load_views(db, [other, "missing", one, other], version=1, **sides)
        older = store.load_views(db, [one], version=0, **sides)

    assert found.is_known.tolist() == [True, False, True, True]
    assert found.pixels[0] == found.pixels[3] != found.pixels[2]
    assert np.array_equal(found.view[0], found.view[3])
    assert not older.is_known.any()


def test_the_command_prints_the_report(tiny_project, capsys):
    from core.cli import main

    code = main(["cameras", "--project", str(tiny_project.folder), "--json"])

    data = json.loads(capsys.readouterr().out)
    assert code == 0
    assert data["state"] in set(State)
