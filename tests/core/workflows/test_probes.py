from __future__ import annotations

import json

import pytest

from core.errors import FieldcheckError
from core.findings.probes import PROBES
from core.workflows import choices, probes, scores


@pytest.fixture
def sat(tiny_project):
    """The tiny project after its exam."""
    probes.sit(tiny_project)
    return tiny_project


def test_every_probe_is_answered_by_the_model_and_graded(sat):
    statement, results = probes.probes(sat)
    by_name = {result.name: result for result in results}

    assert len(results) == len(PROBES) + probes.SHUFFLED
    assert by_name["red"].answer == "red" and by_name["blue"].answer == "blue"
    assert "there is nothing to see in the picture" in by_name["red"].caught_by
    assert "the picture is too dark" in by_name["black"].caught_by
    assert [result.is_caught for result in results] == sorted(r.is_caught for r in results)
    assert statement.headline.startswith(("Good", "Fair", "Poor"))
    assert probes.is_sat(sat)


def test_the_exam_is_kept_and_not_sat_twice(sat, monkeypatch):
    def refuse(*_):
        raise AssertionError("asked again")

    monkeypatch.setattr(probes, "score_images", refuse)
    seen = []
    probes.sit(sat, on_progress=lambda done, total: seen.append((done, total)))

    assert seen == [(16, 16)]


def test_a_stopped_exam_goes_on_where_it_was(tiny_project, monkeypatch):
    monkeypatch.setattr(probes, "BATCH", 4)
    stops = iter([False, True])
    probes.sit(tiny_project, should_stop=lambda: next(stops))
    half = len(probes.probes(tiny_project)[1])
    seen = []
    probes.sit(tiny_project, on_progress=lambda done, total: seen.append(done))

    assert half == 4
    assert seen[0] == 4 and seen[-1] == 16


def test_answers_to_probes_are_no_frames(sat):
    assert len(scores.scores(sat).frames) == 49 + 60


def test_a_chosen_mark_catches_what_is_under_it(sat):
    before = sum(result.is_caught for result in probes.probes(sat)[1])
    choices.set_sure_threshold(sat, 1.0)
    after = probes.probes(sat)[1]

    assert sum(result.is_caught for result in after) >= before
    assert any("it is under the chosen mark" in result.caught_by for result in after)


def test_ones_own_folder_joins_the_exam_and_broken_files_are_named(sat, tmp_path, colour_picture):
    colour_picture(tmp_path / "odd" / "a" / "floor.jpg", "green", seed=5)
    colour_picture(tmp_path / "odd" / "b" / "floor.jpg", "red", seed=6)
    (tmp_path / "odd" / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 torn")
    probes.choose_folder(sat, str(tmp_path / "odd"))

    assert not probes.is_sat(sat)
    broken = probes.sit(sat)
    results = {result.name: result for result in probes.probes(sat)[1]}

    assert len(broken) == 1 and broken[0].startswith("torn.jpg: ")
    assert results["a/floor.jpg"].answer == "green" and results["b/floor.jpg"].answer == "red"
    assert results["a/floor.jpg"].title == "your picture “floor.jpg”"
    shown = [probes.probe_jpeg(sat, results[name]) for name in ("a/floor.jpg", "b/floor.jpg")]
    assert shown[0] != shown[1]
    assert all(picture.startswith(b"\xff\xd8") for picture in shown)
    probes.choose_folder(sat, "")
    assert len(probes.probes(sat)[1]) == 16


@pytest.mark.parametrize(("name", "says"), [("nowhere", "no folder"), ("empty", "no pictures")])
def test_a_folder_of_nothing_is_refused(tiny_project, tmp_path, name, says):
    (tmp_path / "empty").mkdir()

    with pytest.raises(FieldcheckError, match=says):
        probes.choose_folder(tiny_project, str(tmp_path / name))


def test_a_folder_that_is_gone_is_said(tiny_project, tmp_path, colour_picture):
    colour_picture(tmp_path / "odd" / "floor.jpg", "green", seed=5)
    probes.choose_folder(tiny_project, str(tmp_path / "odd"))
    (tmp_path / "odd").rename(tmp_path / "elsewhere")

    with pytest.raises(FieldcheckError, match="is gone"):
        probes.probes(tiny_project)


def test_data_and_words_agree(sat):
    statement, results = probes.probes(sat)
    data = json.loads(json.dumps(probes.probes_json(results), allow_nan=False))
    lines = probes.report_lines(statement, results)

    assert len(data) == len(results) == len(lines) - 2
    assert {"name", "answer", "confidence", "strangeness", "caught_by", "is_caught"} <= set(data[0])
    assert len(probes.table(results)) == len(results)


def test_before_the_exam_nothing_is_graded(tiny_project):
    statement, results = probes.probes(tiny_project)

    assert results == []
    assert statement.headline == "The exam has not been sat yet."
