"""Around a frame: its clip in time, its look-alikes of other clips, nothing of them when blind."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from core.errors import PictureError
from core.models.preprocessing import seen_image
from core.records import Folder, State
from core.store.choices import bump_revision
from core.store.database import connect
from core.workflows import around, choices, dial, look_alikes, scores, scoring
from tests.made import made_project

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def by_path(project, path: str) -> str:
    frames = scores.scores(project).frames.set_index("path")
    return str(frames.loc[path, "content_hash"])


def known(project) -> pd.DataFrame:
    frames = scores.scores(project).frames
    return frames.drop_duplicates("content_hash").set_index("content_hash")


def test_the_strip_is_the_clip_in_order_of_time_with_the_frame_marked(tiny_project):
    found = around.around(tiny_project, by_path(tiny_project, "cam1/007.jpg")).strip

    assert found.title == "This clip: 2 frames"
    assert [(one.path, one.offset, one.is_here) for one in found.frames] == [
        ("cam1/006.jpg", "−10 s", False),
        ("cam1/007.jpg", "this one", True),
    ]


def test_what_was_decided_is_marked(tiny_project, decide):
    here = by_path(tiny_project, "cam1/007.jpg")
    decide(tiny_project, "cam1/006.jpg", "skip")

    marked = [one.is_decided for one in around.around(tiny_project, here).strip.frames]

    assert marked == [True, False]


def test_a_frame_alone_in_its_clip_has_its_cameras_nearest_before_and_after(patchy_project):
    found = around.around(patchy_project, by_path(patchy_project, "cam1/003.jpg")).strip

    assert found.title == "Alone in its clip; the nearest of cam1 before and after"
    assert [(one.path, one.offset) for one in found.frames] == [
        ("cam1/000.jpg", "−30 min"),
        ("cam1/003.jpg", "this one"),
        ("cam1/006.jpg", "+30 min"),
    ]


def test_a_frame_without_a_time_stands_alone_and_says_so(tiny_project):
    found = around.around(tiny_project, by_path(tiny_project, "cam1/no_row.jpg")).strip

    assert [one.offset for one in found.frames] == ["this one"]
    assert "no time" in found.title


def test_near_copies_without_times_are_a_clip_without_offsets(fresh_project, own_frames):
    own_frames.metadata.unlink()
    first = own_frames.field_folder / "cam1" / "000.jpg"
    picture = np.asarray(PIL.Image.open(first)).copy()
    picture[0, 0] ^= 8
    PIL.Image.fromarray(picture).save(first.with_name("000_again.jpg"), quality=95)
    scoring.index_frames(fresh_project)

    found = around.around(fresh_project, by_path(fresh_project, "cam1/000.jpg")).strip

    assert "no times known" in found.title
    assert {one.offset for one in found.frames} == {"this one", None}


def test_a_long_clip_shows_the_nearest_frames_only(tmp_path):
    project = made_project(tmp_path / "made", field=160, per_clip=40)
    frames = scores.scores(project).of(Folder.FIELD)
    clip = frames[frames["clip"] == frames["clip"].iloc[0]].sort_values("taken_at")

    found = around.around(project, str(clip["content_hash"].iloc[20])).strip

    assert found.title == "This clip: 40 frames, the 9 nearest"
    assert [one.offset for one in found.frames][3:6] == ["−10 s", "this one", "+10 s"]


def test_look_alikes_are_labelled_of_other_clips_one_a_clip_nearest_first(tmp_path):
    project = made_project(tmp_path / "made", field=120, reference=120, right="all")
    frames = known(project)
    rows = scores.vectors(project, "embedding", list(frames.index))
    unit = dict(zip(frames.index, rows / np.linalg.norm(rows, axis=1, keepdims=True), strict=True))
    for digest in frames.index[::17]:
        found = around.around(project, digest).suggestion
        rows = frames.loc[[one.content_hash for one in found.frames]]
        alike = [float(unit[digest] @ unit[one]) for one in rows.index]
        others = frames[(frames["clip"] != frames.loc[digest, "clip"]) & frames["label"].notna()]
        best = max(float(unit[digest] @ unit[one]) for one in others.index)

        assert len(rows) == look_alikes.LOOK_ALIKES
        assert frames.loc[digest, "clip"] not in set(rows["clip"])
        assert rows["clip"].is_unique
        assert alike == sorted(alike, reverse=True) and alike[0] == pytest.approx(best)


def test_agreement_is_counted_and_tried(patchy_project):
    found = around.around(patchy_project, by_path(patchy_project, "cam1/003.jpg")).suggestion
    labels = [one.label for one in found.frames]

    assert labels.count("red") >= 3
    assert found.statement.state is State.SUSPECTED
    assert found.statement.headline.endswith("most similar labelled frames are red.")
    assert "tries" in found.statement.next_step


def test_a_review_goes_before_the_label_and_an_unsure_one_takes_it_away(patchy_project, decide):
    here = by_path(patchy_project, "cam1/003.jpg")
    first, second = around.around(patchy_project, here).suggestion.frames[:2]
    frames = known(patchy_project)
    decide(patchy_project, first.path, "label", "blue")
    decide(patchy_project, second.path, "unsure")

    after = around.around(patchy_project, here).suggestion.frames

    assert (after[0].content_hash, after[0].label, after[0].is_reviewed) == (
        first.content_hash, "blue", True,
    )  # fmt: skip
    assert second.content_hash not in [one.content_hash for one in after]
    assert frames.loc[first.content_hash, "label"] != "blue"


def test_an_unlabelled_frame_becomes_evidence_once_it_is_reviewed(tmp_path):
    project = made_project(tmp_path / "made", field=60, reference=60, labelled=0.5)
    frames = known(project)
    bare = frames[~frames["label"].isin(choices.choices_of(project).spec.classes)]
    here, other = bare.index[0], bare.index[-1]
    assert frames.loc[here, "clip"] != frames.loc[other, "clip"]
    name = choices.choices_of(project).spec.classes[0]
    found = scores.scores(project)

    before = look_alikes.suggestion(found, here, {})
    all_of_one = {other: ("label", name)} | {
        digest: ("unsure", None) for digest in frames.index.difference([other])
    }
    after = look_alikes.suggestion(found, here, all_of_one)

    assert other not in [one.content_hash for one in before.frames]
    assert [(one.content_hash, one.label) for one in after.frames] == [(other, name)]
    assert after.statement.state is State.NOT_ENOUGH


def test_of_very_many_labelled_frames_only_some_are_searched(tmp_path, monkeypatch):
    project = made_project(tmp_path / "made", field=60, reference=60)
    few = type(look_alikes.SETTINGS)(most_look_alikes=7)
    monkeypatch.setattr(look_alikes, "SETTINGS", few)
    frames = known(project)
    kept = sorted(frames.index)[:7]

    found = around.around(project, frames.index[-1]).suggestion

    assert {one.content_hash for one in found.frames} <= set(kept)


def test_locked_frames_are_no_evidence_reviewed_or_not(patchy_project, decide, monkeypatch):
    here = by_path(patchy_project, "cam1/003.jpg")
    first, second = around.around(patchy_project, here).suggestion.frames[:2]
    decide(patchy_project, second.path, "label", "red")
    locked = frozenset({first.content_hash, second.content_hash})
    for name in ("core.workflows.reserved", "core.workflows.look_alikes"):
        monkeypatch.setattr(f"{name}.reserved_hashes", lambda project: locked)
    with connect(patchy_project.database) as db:
        bump_revision(db)  # as locking does

    after = around.around(patchy_project, here).suggestion.frames

    assert not locked & {one.content_hash for one in after}
    assert len(after) == look_alikes.LOOK_ALIKES


def test_judged_blind_nothing_hints_at_an_answer(tiny_project):
    here = by_path(tiny_project, "cam1/007.jpg")

    told = around.around_json(tiny_project, here, is_blind=True)

    assert told["suggestion"] is None
    assert [one["path"] for one in told["strip"]["frames"]] == [None, None]
    assert not {"label", "answer", "confidence"} & set(str(told).split("'"))


def test_a_model_without_embeddings_suggests_nothing(tiny_project, monkeypatch):
    real = scores.vectors
    monkeypatch.setattr(
        look_alikes, "vectors", lambda project, column, digests: real(project, "logits", digests)
    )

    found = around.around(tiny_project, by_path(tiny_project, "cam1/007.jpg")).suggestion

    assert found.frames == [] and found.statement.state is State.NOT_ENOUGH
    assert "answers only" in found.statement.headline


def test_a_frame_not_answered_yet_has_its_clip_but_no_look_alikes(fresh_project):
    scoring.index_frames(fresh_project)

    found = around.around(fresh_project, by_path(fresh_project, "cam1/007.jpg"))

    assert len(found.strip.frames) == 2
    assert found.suggestion.frames == [] and "not answered" in found.suggestion.statement.headline


def test_one_frame_alone_in_the_project_is_no_error(tmp_path):
    project = made_project(tmp_path / "made", field=1, reference=0, classes=2)
    digest = str(scores.scores(project).frames["content_hash"].iloc[0])

    found = around.around(project, digest)

    assert found.strip.title == "Alone: the only timed frame of cam0"
    assert found.suggestion.statement.state is State.NOT_ENOUGH


def test_an_unknown_picture_is_refused_and_a_vanished_file_costs_itself_only(
    fresh_project, own_frames
):
    scoring.prepare(fresh_project)
    here = by_path(fresh_project, "cam1/007.jpg")
    (own_frames.field_folder / "cam1/007.jpg").unlink()

    assert len(around.around(fresh_project, here).strip.frames) == 2
    with pytest.raises(PictureError, match="gone"):
        around.seen_png(fresh_project, here)
    with pytest.raises(PictureError, match="not in this project"):
        around.around(fresh_project, "0" * 64)


def test_what_the_model_sees_is_what_it_gets_and_where_it_lies(tiny_project):
    here = by_path(tiny_project, "cam1/007.jpg")
    spec = choices.choices_of(tiny_project).spec.input
    wanted = seen_image(dial.working_picture(tiny_project, here), spec)

    shown = np.asarray(PIL.Image.open(BytesIO(around.seen_png(tiny_project, here))))
    seen = around.around(tiny_project, here).seen

    assert np.array_equal(shown, wanted)
    assert (seen.top, seen.height) == (0, 1)  # 64 x 48 shrunk to 42 x 32, cropped to 32 x 32
    assert (seen.left, seen.width) == pytest.approx((5 / 42, 32 / 42))
    assert seen.words.startswith("The model sees 32 × 32 pixels; 24 %")
