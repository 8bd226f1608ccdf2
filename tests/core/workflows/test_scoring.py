from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.errors import DiskError, FolderError, ModelError
from core.records import Folder
from core.store.database import connect
from core.store.predictions import scored_hashes
from core.workflows import choices, models, projects, scores, scoring
from core.workflows.queue import record

ROOT = Path(__file__).resolve().parents[3]
TOTAL = 109  # readable pictures of both folders


def after(calls: int):
    """should_stop that is true after so many questions."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= calls


def answered(project) -> int:
    with connect(project.database) as db:
        return len(scored_hashes(db, choices.choices_of(project).model_id or ""))


def test_everything_readable_is_answered_and_the_rest_is_listed(fresh_project, own_frames, counted):
    scoring.prepare(fresh_project)

    found = scores.scores(fresh_project)
    assert counted.asked == len(found.frames) == TOTAL
    assert scoring.is_ready(fresh_project)
    assert [(item.folder, item.path) for item in found.broken] == [
        (Folder.FIELD, own_frames.broken)
    ]
    assert found.broken[0].reason
    assert found.rows_without_frame == (own_frames.row_without_frame,)
    assert own_frames.without_row in found.frames_without_row


def test_a_second_run_asks_the_model_nothing(fresh_project, counted):
    scoring.prepare(fresh_project)
    counted.asked = 0
    scoring.prepare(fresh_project)

    assert counted.asked == 0


def test_a_second_run_reads_no_picture_but_the_broken_ones(fresh_project, monkeypatch):
    scoring.prepare(fresh_project)
    read = []
    from core.frames import index

    whole = index.decode_reduced
    monkeypatch.setattr(
        index, "decode_reduced", lambda path, **o: (read.append(path.name), whole(path, **o))[1]
    )
    monkeypatch.setattr("core.engines.local.measured", lambda path: pytest.fail(f"read {path}"))
    scoring.prepare(fresh_project)

    assert read == ["broken.jpg"]


@pytest.mark.parametrize("stops", [1, 2, 5])
def test_stopped_scoring_keeps_its_batches_and_goes_on_there(fresh_project, counted, stops):
    scoring.index_frames(fresh_project)
    batch = 16
    first = scoring.score_frames(fresh_project, should_stop=after(stops))
    kept = answered(fresh_project)
    rest = scoring.score_frames(fresh_project)

    assert first == kept == stops * batch
    assert rest == TOTAL - kept
    assert counted.asked == TOTAL


def test_stopped_indexing_keeps_what_it_read(fresh_project, monkeypatch):
    scoring.index_frames(fresh_project, should_stop=after(20))
    kept = len(scores.scores(fresh_project).frames)
    read = []
    from core.frames import index

    whole = index.decode_reduced
    monkeypatch.setattr(
        index, "decode_reduced", lambda path, **o: (read.append(path), whole(path, **o))[1]
    )
    scoring.index_frames(fresh_project)

    assert kept == 20
    assert len(read) == TOTAL + 1 - kept  # the broken one is not reached by the first run
    assert len(scores.scores(fresh_project).frames) == TOTAL


def test_stopped_between_the_phases_it_scores_nothing(fresh_project, counted):
    is_over = {"value": False}

    def on_progress(done: int, total: int) -> None:
        is_over["value"] = done == total

    scoring.prepare(
        fresh_project, on_progress=on_progress, should_stop=lambda: is_over["value"]
    )  # fmt: skip

    assert counted.asked == 0


def test_killed_mid_score_it_resumes_without_redoing_a_frame(fresh_project, counted):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from core.workflows import projects, scoring\n"
        "def progress(done, total):\n"
        "    print(done, flush=True); time.sleep(0.3)\n"
        "project = projects.open_project(Path(sys.argv[1]))\n"
        "scoring.index_frames(project)\n"
        "print('scoring', flush=True)\n"
        "scoring.score_frames(project, on_progress=progress)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(fresh_project.folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout
    for line in run.stdout:
        if line.strip() == "32":
            os.kill(run.pid, signal.SIGKILL)
            break
    run.wait()
    kept = answered(fresh_project)
    scoring.prepare(fresh_project)

    assert run.returncode == -signal.SIGKILL
    assert 32 <= kept < TOTAL
    assert counted.asked == TOTAL - kept
    assert scoring.is_ready(fresh_project)


def test_progress_goes_over_both_folders_and_starts_where_it_was(fresh_project):
    phases, indexed = [], []
    scoring.prepare(
        fresh_project,
        on_phase=lambda name: phases.append((name, [])),
        on_progress=lambda done, total: phases[-1][1].append((done, total)),
    )
    indexed = phases[0][1]
    again: list[tuple[int, int]] = []
    scoring.score_frames(fresh_project, on_progress=lambda *pair: again.append(pair))

    assert [name for name, _ in phases] == ["Reading the pictures", "Asking the model"]
    assert indexed[-1] == (110, 110)
    assert [done for done, _ in indexed] == sorted(done for done, _ in indexed)
    assert phases[1][1][0] == (0, TOTAL)
    assert phases[1][1][-1] == (TOTAL, TOTAL)
    assert again == [(TOTAL, TOTAL)]


def test_a_new_picture_costs_one_answer_and_a_removed_one_none(
    fresh_project, own_frames, counted, colour_picture
):
    scoring.prepare(fresh_project)
    counted.asked = 0
    colour_picture(own_frames.field_folder / "cam1" / "new.jpg", "blue", seed=77)
    (own_frames.field_folder / "cam1" / "003.jpg").unlink()
    scoring.prepare(fresh_project)

    frames = scores.scores(fresh_project).of(Folder.FIELD).set_index("path")
    assert counted.asked == 1
    assert frames.loc["cam1/new.jpg", "answer"] == "blue"
    assert "cam1/003.jpg" not in frames.index


def test_copies_of_a_picture_are_asked_about_once(fresh_project, own_frames, counted):
    source = own_frames.field_folder / "cam1" / "003.jpg"
    for name in ("copy.jpg", "copy of copy.jpg"):
        (own_frames.field_folder / name).write_bytes(source.read_bytes())
    scoring.prepare(fresh_project)

    frames = scores.scores(fresh_project).of(Folder.FIELD).set_index("path")
    assert counted.asked == TOTAL
    assert frames.loc["copy.jpg", "answer"] == frames.loc["cam1/003.jpg", "answer"]


def test_a_renamed_folder_keeps_answers_and_reviews(fresh_project, own_frames, counted, decide):
    scoring.prepare(fresh_project)
    decide(fresh_project, "cam1/003.jpg", "label", "blue")
    counted.asked = 0
    (own_frames.field_folder / "cam1").rename(own_frames.field_folder / "north door")
    scoring.prepare(fresh_project)

    frames = scores.scores(fresh_project).frames.set_index("path")
    standing = scores.reviewed(fresh_project).set_index("content_hash")
    digest = frames.loc["north door/003.jpg", "content_hash"]
    assert counted.asked == 0
    assert standing.loc[digest, "label"] == "blue"


def test_a_mended_picture_is_read_again_even_if_its_time_stays(fresh_project, own_frames):
    path = own_frames.field_folder / own_frames.broken
    good = (own_frames.field_folder / "cam1" / "003.jpg").read_bytes() + b"\0"
    path.write_bytes(good[:300].ljust(len(good), b"\0"))
    scoring.prepare(fresh_project)
    stat = path.stat()
    broken_before = [item.path for item in scores.scores(fresh_project).broken]
    path.write_bytes(good)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    scoring.prepare(fresh_project)

    assert broken_before == [own_frames.broken]
    assert scores.scores(fresh_project).broken == ()
    assert scoring.is_ready(fresh_project)


def test_a_picture_that_breaks_before_it_is_scored_is_listed(fresh_project, own_frames):
    scoring.index_frames(fresh_project)
    (own_frames.field_folder / "cam1" / "003.jpg").write_bytes(b"\xff\xd8 gone bad")
    scoring.score_frames(fresh_project)

    broken = {item.path: item.reason for item in scores.scores(fresh_project).broken}
    assert set(broken) == {"cam1/003.jpg", own_frames.broken}
    assert broken["cam1/003.jpg"]
    assert scoring.is_ready(fresh_project)


def test_a_full_disk_stops_scoring_plainly_and_it_goes_on_later(fresh_project, monkeypatch):
    scoring.index_frames(fresh_project)
    saved = []
    from core.store import predictions

    def save(db, **batch) -> None:
        if len(saved) == 2:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count={pages}")
            batch["logits"] = batch["logits"].repeat(100_000, axis=1)
        saved.append(1)
        predictions.save_predictions(db, **batch)

    monkeypatch.setattr(
        scoring, "prediction_store",
        type("Store", (), {"save_predictions": save, "scored_hashes": scored_hashes}),
    )  # fmt: skip
    with pytest.raises(DiskError, match="is full"):
        scoring.score_frames(fresh_project)
    kept = answered(fresh_project)
    monkeypatch.undo()
    scoring.score_frames(fresh_project)

    assert kept == 32
    assert scoring.is_ready(fresh_project)


def test_reviews_can_be_written_while_scoring_runs(fresh_project):
    scoring.index_frames(fresh_project)
    digests = list(scores.scores(fresh_project).frames["content_hash"])
    written = []

    def on_progress(_done: int, _total: int) -> None:
        written.append(
            record(
                fresh_project,
                {
                    "id": f"00000000-0000-4000-8000-{len(written):012}", "client": "tab",
                    "sequence": len(written) + 1, "content_hash": digests[len(written)],
                    "action": "label", "value": "red",
                },
            )
        )  # fmt: skip

    scoring.score_frames(fresh_project, on_progress=on_progress)

    assert len(scores.reviewed(fresh_project)) == len(written) == 8


def test_a_folder_that_is_gone_is_named_and_nothing_is_forgotten(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    own_frames.reference_folder.rename(own_frames.root / "elsewhere")

    with pytest.raises(FolderError, match="reference folder"):
        scoring.prepare(fresh_project)
    assert len(scores.scores(fresh_project).frames) == TOTAL


def test_a_model_that_is_gone_is_named(fresh_project, tmp_path, tiny_model):
    model = tmp_path / "mine.onnx"
    model.write_bytes(tiny_model.read_bytes())
    projects.create_project(
        model=model, spec=models.load_spec(tiny_model), folder=fresh_project.folder,
        field=choices.choices_of(fresh_project).folders[Folder.FIELD],
    )  # fmt: skip
    model.unlink()

    with pytest.raises(ModelError, match="is gone"):
        scoring.prepare(fresh_project)


def test_another_model_under_the_same_name_answers_for_itself(tmp_path, tiny_model, own_frames):
    model = tmp_path / "mine.onnx"
    model.write_bytes(tiny_model.read_bytes())
    spec = models.load_spec(tiny_model)
    project = projects.create_project(
        model=model, spec=spec, folder=tmp_path / "other", field=own_frames.field_folder
    )  # fmt: skip
    scoring.prepare(project)
    before = choices.choices_of(project).model_id
    model.write_bytes(tiny_model.read_bytes() + b"\x52\x00")  # an empty field more
    again = scoring.score_frames(project)

    assert again == own_frames.readable
    assert choices.choices_of(project).model_id != before


def test_the_report_has_exactly_the_promised_keys(tiny_project, tiny_frames):
    report = scoring.score_report(tiny_project, seconds=1.23456)

    assert set(report) == {
        "frames", "reference_frames", "accuracy", "silent_failures", "labels_unknown",
        "metadata", "notes", "seconds",
    }  # fmt: skip
    for part in ("frames", "reference_frames"):
        assert set(report[part]) == {"found", "scored", "broken"}
    assert report["frames"]["found"] == tiny_frames.readable + 1
    assert report["frames"]["scored"] == tiny_frames.readable
    assert [set(item) for item in report["frames"]["broken"]] == [{"folder", "path", "reason"}]
    assert report["reference_frames"] == {"found": 60, "scored": 60, "broken": []}
    field = report["accuracy"]["field"]
    assert set(field) == {"right", "of", "effective", "clips", "low", "high"}
    assert (field["right"], field["of"]) == (tiny_frames.right, tiny_frames.labelled)
    assert field["clips"] == tiny_frames.clips
    assert 0 < field["low"] < field["right"] / field["of"] < field["high"] < 1
    assert report["accuracy"]["reference"]["right"] == tiny_frames.reference_right
    assert report["silent_failures"] == tiny_frames.silent
    assert report["labels_unknown"] == {tiny_frames.unknown_label: 2}
    assert report["seconds"] == 1.235


def test_without_labels_there_is_no_accuracy(tmp_path, tiny_model, own_frames):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )  # fmt: skip
    scoring.prepare(project)
    report = scoring.score_report(project, seconds=0)

    assert report["accuracy"] == {"field": None, "reference": None}
    assert report["silent_failures"] is None
    assert "No labelled field frames." in scoring.report_lines(report)


def test_the_report_in_words_names_what_was_left_out(tiny_project, tiny_frames):
    lines = scoring.report_lines(scoring.score_report(tiny_project, seconds=2))

    assert any(line.startswith("Right in 36 of 42 field frames (86 %") for line in lines)
    assert any(line.startswith("Right in 58 of 60 reference frames") for line in lines)
    assert any("4 labelled field frames wrong though at least 99 % sure" in line for line in lines)
    assert any(line.startswith(f"Left out: field/{tiny_frames.broken}:") for line in lines)


def test_a_picture_overwritten_after_it_was_read_is_not_answered_under_its_old_content(
    fresh_project, own_frames, counted
):
    scoring.index_frames(fresh_project)
    changed = own_frames.field_folder / "cam1" / "003.jpg"
    changed.write_bytes((own_frames.field_folder / "cam1" / "004.jpg").read_bytes())
    scoring.score_frames(fresh_project)
    found = scores.scores(fresh_project)

    assert counted.asked == TOTAL - 1
    (item,) = [item for item in found.broken if item.path == "cam1/003.jpg"]
    assert "the file has changed" in item.reason
    assert "cam1/003.jpg" not in set(found.frames["path"])

    scoring.prepare(fresh_project)

    frames = scores.scores(fresh_project).frames.set_index("path")
    assert frames.loc["cam1/003.jpg", "content_hash"] == frames.loc["cam1/004.jpg", "content_hash"]
    assert frames.loc["cam1/003.jpg", "answer"] == frames.loc["cam1/004.jpg", "answer"]


def test_a_picture_overwritten_while_it_is_decoded_is_not_answered(
    fresh_project, own_frames, counted, monkeypatch
):
    from core.engines import local

    scoring.index_frames(fresh_project)
    changed = own_frames.field_folder / "cam1" / "003.jpg"
    whole = local.measured

    def overwritten(path):
        found = whole(path)
        if path == changed:
            path.write_bytes(path.read_bytes() + b"more")
        return found

    monkeypatch.setattr(local, "measured", overwritten)
    scoring.score_frames(fresh_project)

    assert counted.asked == TOTAL - 1
    assert "cam1/003.jpg" in {item.path for item in scores.scores(fresh_project).broken}


def test_scoring_measures_every_picture_it_answers(fresh_project):
    phases = []
    scoring.prepare(fresh_project, on_phase=phases.append)
    frames = scores.scores(fresh_project).frames

    assert frames["brightness"].notna().all()
    assert set(frames["jpeg_quality"]) == {95}
    assert phases == ["Reading the pictures", "Asking the model"]  # nothing was left to measure


def forget_quality(project, *, n=None):
    """As an earlier Fieldcheck left a project: answered, not measured."""
    with connect(project.database) as db:
        limit = "" if n is None else f" LIMIT {n}"
        db.execute(
            "DELETE FROM frame_quality WHERE content_hash IN "
            f"(SELECT content_hash FROM frame_quality ORDER BY content_hash{limit})"
        )
        db.conn.commit()


def test_an_old_project_is_measured_without_asking_the_model_again(fresh_project, counted):
    scoring.prepare(fresh_project)
    whole, asked = scores.scores(fresh_project).frames, counted.asked
    forget_quality(fresh_project)
    phases = []
    scoring.prepare(fresh_project, on_phase=phases.append)

    assert phases == ["Reading the pictures", "Asking the model", "Measuring the pictures"]
    assert counted.asked == asked
    pd.testing.assert_frame_equal(scores.scores(fresh_project).frames, whole)


def test_stopped_measuring_keeps_its_batches_and_goes_on_there(fresh_project):
    scoring.prepare(fresh_project)
    forget_quality(fresh_project)
    told = []
    first = scoring.measure_frames(fresh_project, should_stop=after(2))
    rest = scoring.measure_frames(
        fresh_project, on_progress=lambda done, total: told.append((done, total))
    )

    assert first == 32
    assert rest == TOTAL - 32
    assert told[0] == (32, TOTAL)
    assert told[-1] == (TOTAL, TOTAL)
    assert scoring.measure_frames(fresh_project) == 0


def test_a_picture_that_cannot_be_measured_is_listed_and_costs_only_itself(
    fresh_project, own_frames
):
    scoring.prepare(fresh_project)
    forget_quality(fresh_project)
    (own_frames.field_folder / "cam1/003.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    done = scoring.measure_frames(fresh_project)
    broken = {item.path: item.reason for item in scores.scores(fresh_project).broken}

    assert done == TOTAL - 1
    assert "damaged" in broken["cam1/003.jpg"]
