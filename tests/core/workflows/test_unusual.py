from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from core.frames.quality import picture_quality
from core.records import Folder, State
from core.store.database import connect
from core.store.predictions import load_vectors
from core.store.quality import save_quality
from core.workflows import choices, scores, unlike, unusual
from tests.made import made_project


def test_a_field_like_the_reference_has_about_as_many_as_chance_gives(tmp_path):
    report = unusual.unusual(made_project(tmp_path / "p", field=600, reference=600))

    assert len(report.frames) == pytest.approx(30, abs=20)
    assert "about 30 would by chance" in report.headline.headline
    assert report.headline.state is State.NONE_FOUND
    assert report.kept / report.of == pytest.approx(0.95, abs=0.03)


def test_a_strange_field_is_found_strangest_first_and_per_camera(tmp_path):
    report = unusual.unusual(made_project(tmp_path / "p", field=400, reference=400, shift=4.0))

    assert report.headline.state is State.CONFIRMED
    assert list(report.frames["score"]) == sorted(report.frames["score"], reverse=True)
    assert [said.headline[:5] for said in report.by_camera] == [f"cam{n}:" for n in range(4)]
    assert sum(row["frames"] for row in report.field_curve) == 400
    assert sum(row["frames"] for row in report.reference_curve) == 400
    assert report.sinking is not None


def test_without_a_reference_nothing_is_unusual_and_it_says_why(tmp_path):
    project = made_project(tmp_path / "p", reference=0)
    report = unusual.unusual(project)

    assert report.frames.empty and report.sinking is None
    assert "no reference pictures" in report.headline.headline
    choices.set_sure_threshold(project, 0.5)
    assert not scores.scores(project).frames["is_unusual"].any()


def test_a_small_reference_says_how_many_are_missing(tmp_path):
    report = unusual.unusual(made_project(tmp_path / "p", reference=12))

    assert "Only 12 reference pictures" in report.headline.headline


def test_new_frames_alone_are_measured(tmp_path, monkeypatch):
    project = made_project(tmp_path / "p")
    unusual.unusual(project)
    asked = []

    def counted(db, model_id, column, hashes):
        asked.append(len(list(hashes)))
        return load_vectors(db, model_id, column, hashes)

    monkeypatch.setattr(unlike.prediction_store, "load_vectors", counted)
    with connect(project.database) as db:
        db.execute("UPDATE settings SET value = '99' WHERE key = 'revision'")
    again = unusual.unusual(project)

    assert asked == []
    assert again.headline == unusual.unusual(project).headline


def test_a_reference_frame_is_compared_without_its_own_clip(tmp_path):
    project = made_project(tmp_path / "p")
    found = scores.scores(project)
    measured = unlike.strangeness(project, found.choices, found.frames, locked=frozenset())
    reference = measured[found.frames["folder"] == "reference"]

    assert (reference["distance"] > 0).all()
    assert np.isfinite(measured["score"]).all()


def test_the_pixels_of_the_strangest_are_looked_at(tiny_project):
    report = unusual.unusual(tiny_project)
    digest = scores.scores(tiny_project).of(Folder.FIELD)["content_hash"].iloc[0]
    facts = unusual.stored_facts(tiny_project, digest)

    assert facts is not None and (facts.width, facts.height) == (64, 48)
    notes = unusual.pixel_notes(tiny_project, report)
    assert len(notes) == 1 if len(report.frames) else notes == []
    assert unusual.stored_facts(tiny_project, "no such picture") is None


def test_each_camera_is_called_out_by_its_own_frames(tmp_path):
    report = unusual.unusual(made_project(tmp_path / "p", field=400, reference=400, shift=4.0))

    assert all(said.state is State.CONFIRMED for said in report.by_camera)
    assert all(said.next_step == "Look at this camera's frames first." for said in report.by_camera)


def test_a_blank_frame_is_not_sure_however_sure_and_however_usual_to_the_model(tmp_path):
    project = made_project(tmp_path / "p", reference=0)
    choices.set_sure_threshold(project, 0.0)
    digest = scores.scores(project).of(Folder.FIELD)["content_hash"].iloc[7]
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    row = asdict(picture_quality(noise))
    assert not scores.scores(project).frames["is_unusual"].any()
    with connect(project.database) as db:
        everyone = scores.scores(project).frames["content_hash"]
        rows = [(d, row | ({"dark_share": 1.0} if d == digest else {})) for d in everyone]
        save_quality(db, rows, version=1)

    frames = scores.scores(project).frames.set_index("content_hash")
    assert list(frames.index[frames["is_unusual"]]) == [digest]
    assert frames.loc[digest, "shown"] == "not sure"
    assert (frames["shown"] == "not sure").sum() == 1
