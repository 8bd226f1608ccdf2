from __future__ import annotations

import json

import numpy as np
import pytest

from core.errors import DiskError, FieldcheckError, NothingYetError
from core.models.sidecar import spec_from_json, spec_to_json
from core.records import Folder, State
from core.store.choices import bump_revision
from core.store.database import connect
from core.workflows import class_frequency, holdout, projects, reserved, scores, scoring
from core.workflows import thresholds as verb


def set_logits(project, logits_of) -> None:
    """Store other outputs: logits_of(label, number) for every frame, in the order of its hash."""
    found = scores.scores(project)
    frames = found.frames.dropna(subset=["label"]).sort_values("content_hash")
    classes = found.choices.spec.classes
    with connect(project.database) as db, db.atomic():
        for number, (digest, label) in enumerate(
            zip(frames["content_hash"], frames["label"], strict=True)
        ):
            given = logits_of(label, number) if label in classes else [0, 0, 1]
            logits = np.asarray(given, dtype="<f4")
            answer = classes[int(np.nan_to_num(logits, nan=-1).argmax())]
            db.execute(
                "UPDATE predictions SET logits = ?, answer = ? WHERE content_hash = ?",
                [logits.tobytes(), answer, digest],
            )
        bump_revision(db)


def sharp(label: str) -> np.ndarray:
    """Outputs very sure of the label."""
    return np.eye(3)[["red", "green", "blue"].index(label)] * 9


def test_the_parts_share_no_clip_and_no_picture(tiny_project, tiny_frames):
    fitted = verb.thresholds(tiny_project).fitted

    assert fitted.tested_on is Folder.FIELD
    assert set(fitted.test["folder"]) == {"field"}
    assert not set(fitted.test["clip"]) & set(fitted.validation["clip"])
    assert not set(fitted.test["content_hash"]) & set(fitted.validation["content_hash"])
    both = len(fitted.test) + len(fitted.validation)
    assert both == tiny_frames.labelled + tiny_frames.reference
    assert set(fitted.test["label"]) == set(fitted.validation["label"])


def test_another_seed_keeps_other_clips_and_the_same_seed_the_same(tiny_project):
    first, second = (verb.thresholds(tiny_project, seed=seed).fitted.test for seed in (0, 1))

    assert set(first["clip"]) != set(second["clip"])
    again = verb.clips_for_test(
        scores.scores(tiny_project).labelled(Folder.FIELD).sample(frac=1, random_state=3), seed=0
    )
    assert again == set(first["clip"])


def test_no_reserved_frame_is_in_either_part(tiny_project):
    locked = holdout.write_holdout(
        tiny_project, holdout.ask(tiny_project, corruptions=["contrast"], severities=[1])
    )
    report = verb.thresholds(tiny_project)
    hashes = reserved.reserved_hashes(tiny_project)

    assert report.fitted.reserved == sum(locked.locked.values()) > 0
    assert not hashes & {*report.fitted.validation["content_hash"],
                         *report.fitted.test["content_hash"]}  # fmt: skip
    assert "left out of the fit" in report.notes[0]
    counted = sum(count for _, count in report.frequency.counts)
    assert counted == 60 - locked.locked[Folder.REFERENCE]  # nor in what the bars by rarity are


def test_classes_with_few_frames_are_set_by_rarity_and_others_tuned(tiny_project, tmp_path):
    listed = tmp_path / "train.csv"
    listed.write_text("label\n" + "red\n" * 90 + "green\n" * 9 + "blue\n")
    from core.workflows.training_list import set_training_list

    set_training_list(tiny_project, listed)
    report = verb.thresholds(tiny_project)
    assert report.fitted.how == ("by_rarity",) * 3  # about 27 frames of each to tune on
    assert report.bars == pytest.approx({"red": 2.7, "green": 0.27, "blue": 0.03})
    assert "fewer than 30 separate labelled frames" in " ".join(report.notes)

    found = scores.scores(tiny_project)
    frequency = class_frequency.class_frequency(tiny_project)
    tuned = verb.set_bars(found, frequency, least=5)
    assert set(tuned.how) <= {"tuned", "usual"}


def test_a_missed_class_is_found_and_its_price_told(tiny_project):
    rng = np.random.default_rng(0)

    def shy_of_blue(label, _):
        logits = rng.normal(0, 0.3, 3)
        logits[["red", "green", "blue"].index(label)] += 2.0
        return logits - np.array([0, 0, 2.5])

    set_logits(tiny_project, shy_of_blue)
    frequency = class_frequency.class_frequency(tiny_project)
    found = scores.scores(tiny_project)
    usual = found.labelled(Folder.FIELD)
    fitted = verb.set_bars(found, frequency, least=5)

    assert (usual["answer"] == "blue").sum() <= 1
    assert fitted.bars[2] < 0.5
    assert fitted.bars[:2].min() > 0.5


def test_the_share_to_find_is_aimed_for(tiny_project):
    report = verb.thresholds(tiny_project, recall=0.9)

    assert report.recall == 0.9
    with pytest.raises(FieldcheckError, match="above 0 and at most 1; found 0"):
        verb.thresholds(tiny_project, recall=0.0)
    assert [verb.recall_of(aim) for aim in verb.AIMS] == [None, 0.8, 0.9]


def test_outputs_that_are_no_numbers_cost_their_frame_only(tiny_project):
    set_logits(tiny_project, lambda label, n: [np.nan] * 3 if n == 5 else sharp(label))
    report = verb.thresholds(tiny_project)

    assert report.fitted.unreadable == 1
    assert any("are not numbers" in note for note in report.notes)
    assert report.total.before == report.total.of  # all right: nothing to gain
    assert report.headline.state is State.NONE_FOUND
    assert report.statements == ()


def test_all_wrong_is_no_crash(tiny_project):
    set_logits(tiny_project, lambda label, _: np.roll(sharp(label), 1))
    report = verb.thresholds(tiny_project)

    assert report.total.before == 0
    json.dumps(verb.thresholds_json(report), allow_nan=False)


def test_without_field_labels_the_test_is_on_the_reference_and_says_so(
    tiny_model, own_frames, tmp_path
):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, reference=own_frames.reference_folder,
        folder=tmp_path / "bare",
    )  # fmt: skip
    scoring.prepare(project)
    report = verb.thresholds(project)

    assert report.fitted.tested_on is Folder.REFERENCE
    assert any("expect less in the field" in note for note in report.notes)


def test_without_labels_and_with_three_frames_it_says_what_is_missing(
    tiny_model, own_frames, tmp_path
):
    own_frames.metadata.unlink()
    for path in sorted(own_frames.field_folder.rglob("*.jpg"))[3:]:
        path.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)

    with pytest.raises(NothingYetError, match="takes 20 labelled clips; the field has 0"):
        verb.thresholds(project)


def test_one_class_only_has_nothing_to_weigh_against(fresh_project, own_frames):
    text = own_frames.metadata.read_text(encoding="utf-8")
    for colour in ("green", "blue"):
        text = text.replace(f",{colour},", ",red,")
        for path in (own_frames.reference_folder / colour).glob("*.jpg"):
            path.unlink()
    own_frames.metadata.write_text(text, encoding="utf-8")
    scoring.prepare(fresh_project)

    with pytest.raises(NothingYetError, match="All labelled frames are of one class"):
        verb.thresholds(fresh_project)


def test_the_file_holds_the_bars_and_the_price(tiny_project, tmp_path):
    report = verb.thresholds(tiny_project)
    path = verb.write_thresholds(verb.thresholds_json(report), tmp_path / "new" / "bars.json")
    read = json.loads(path.read_text(encoding="utf-8"))

    assert read["thresholds"] == report.bars
    assert [row["class"] for row in read["classes"]] == list(report.prices["class"])
    assert read["test"]["frames"] == len(report.fitted.test)
    assert not list(tmp_path.rglob("*.part"))
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="--out"):
        verb.write_thresholds({}, tmp_path / "file" / "bars.json")


def test_the_sidecar_form_opens_as_the_same_model(tiny_project):
    content = verb.sidecar_json(tiny_project, verb.thresholds(tiny_project))
    spec = scores.scores(tiny_project).choices.spec

    assert spec_from_json(json.loads(json.dumps(content))) == spec
    assert set(content) == {*spec_to_json(spec), "thresholds"}
    assert list(content["thresholds"]) == list(spec.classes)
    assert verb.sidecar_name(tiny_project) == "colours.model.json"
