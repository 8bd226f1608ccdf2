from __future__ import annotations

import pytest

from core.engines import local
from core.errors import CorruptionError, FieldcheckError, NothingYetError
from core.records import Folder
from core.store import stress as store
from core.store.database import connect
from core.workflows import dial, frozen_sets, projects, scoring, stress, sweep, trained_with
from tests.pages.conftest import decide


@pytest.fixture
def counted(monkeypatch) -> list[int]:
    """How many pictures the model is given, batch by batch."""
    batches: list[int] = []
    score = local._score_tensors

    def count(classifier, tensors):
        batches.append(len(tensors))
        return score(classifier, tensors)

    monkeypatch.setattr(local, "_score_tensors", count)
    return batches


def asked_of(project, **changes) -> stress.Plan:
    wanted = {"corruptions": ["occlusion", "contrast"], "severities": [3, 5], "frames": 6}
    return stress.plan(project, **{**wanted, **changes})


def test_the_sweep_says_what_the_dial_says(tiny_project):
    asked = asked_of(tiny_project, seed=4)
    assert stress.sweep(tiny_project, asked) == ()
    answers, by_label = stress.damaged_answers(tiny_project, asked)

    assert by_label
    assert len(answers) == 6 * 4
    for row in answers.itertuples():
        there = dial.dial_frame(
            tiny_project,
            row.content_hash,
            chain=dial.chain_of([row.corruption], [row.severity]),
            seed=4,
        )
        assert there.answer.label == row.answer
        assert there.answer.confidence == pytest.approx(row.confidence, abs=1e-5)


def test_a_sweep_that_was_stopped_goes_on_where_it_was(tiny_project, counted):
    asked = asked_of(tiny_project)
    calls = []

    def stop_soon() -> bool:
        calls.append(1)
        return len(calls) > 3

    stress.sweep(tiny_project, asked, should_stop=stop_soon)
    first = sum(counted)
    stress.sweep(tiny_project, asked)

    assert 0 < first < 24
    assert sum(counted) == 24
    stress.sweep(tiny_project, asked)
    assert sum(counted) == 24, "nothing is asked twice"


def test_a_sweep_that_died_keeps_every_frame_it_answered(tiny_project, counted, monkeypatch):
    asked = asked_of(tiny_project)
    save = store.save_stress_answers
    saved = []

    def die_later(db, **row):
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(row)
        save(db, **row)

    monkeypatch.setattr(store, "save_stress_answers", die_later)
    with pytest.raises(KeyboardInterrupt):
        stress.sweep(tiny_project, asked)
    monkeypatch.setattr(store, "save_stress_answers", save)
    counted.clear()

    stress.sweep(tiny_project, asked)

    assert sum(counted) == 24 - 2 * 2
    assert len(stress.damaged_answers(tiny_project, asked)[0]) == 24


def test_a_larger_sample_holds_the_smaller_one(tiny_project, counted):
    stress.sweep(tiny_project, asked_of(tiny_project, frames=4))
    counted.clear()

    stress.sweep(tiny_project, asked_of(tiny_project, frames=6))

    assert sum(counted) == 2 * 4


def test_progress_counts_pictures_and_ends_whole(tiny_project):
    told = []

    stress.sweep(tiny_project, asked_of(tiny_project), on_progress=lambda *n: told.append(n))

    assert told[0] == (0, 24)
    assert told[-1] == (24, 24)


def test_a_vanished_and_a_changed_file_cost_themselves_only(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    asked = stress.plan(fresh_project, corruptions=["contrast"], severities=[3, 5], frames=8)
    swept = stress.swept_frames(fresh_project, asked.folder).head(8)
    gone, changed = (own_frames.reference_folder / path for path in swept["path"].head(2))
    gone.unlink()
    changed.write_bytes(changed.read_bytes() + b"more")

    broken = stress.sweep(fresh_project, asked)

    assert {item.path: item.reason.split(";")[0] for item in broken} == {
        swept["path"].iloc[0]: "the file is gone",
        swept["path"].iloc[1]: "the file has changed",
    }
    assert len(stress.damaged_answers(fresh_project, asked)[0]) == 6 * 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"corruptions": ["motoin_blur"]}, "Did you mean 'motion_blur'"),
        ({"severities": [7]}, "found 7"),
        ({"severities": [0]}, "untouched picture"),
        ({"corruptions": []}, "at least one condition"),
        ({"severities": []}, "at least one condition"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(tiny_project, changes, message):
    with pytest.raises(CorruptionError, match=message):
        asked_of(tiny_project, **changes)


def test_without_answered_frames_there_is_nothing_to_plan(fresh_project):
    with pytest.raises(NothingYetError, match="No frames have an answer yet"):
        asked_of(fresh_project)


def test_the_clean_hold_out_is_swept_first_and_the_field_on_request(tiny_project):
    assert stress.folders(tiny_project) == [Folder.REFERENCE, Folder.FIELD]
    assert asked_of(tiny_project).folder is Folder.REFERENCE
    assert asked_of(tiny_project, folder=Folder.FIELD).folder is Folder.FIELD


def test_a_sample_takes_labels_in_turn_and_clips_before_second_frames(tiny_project):
    reference = stress.swept_frames(tiny_project, Folder.REFERENCE)
    assert len(reference) == 60
    for size in (3, 30):
        assert set(reference["label"].head(size).value_counts()) == {size // 3}

    field = stress.swept_frames(tiny_project, Folder.FIELD)
    for _, rows in field.groupby("label"):
        ranks = rows.groupby("clip").cumcount().to_list()
        assert ranks == sorted(ranks)


def test_without_labels_the_clean_answer_counts(tiny_model, own_frames, tmp_path):
    bare = own_frames.field_folder / "cam1"
    project = projects.create_project(model=tiny_model, field=bare, folder=tmp_path / "bare")
    scoring.prepare(project)
    asked = stress.plan(project, corruptions=["occlusion"], severities=[5])

    stress.sweep(project, asked)
    report = stress.stress(project, asked)

    assert not report.by_label
    assert report.table.iloc[0]["clean_right"] == report.table.iloc[0]["of"] == asked.frames
    assert "the same answer in" in report.statements[0].headline
    assert stress.stress_json(report)[0]["compared_with"] == "clean answer"


def test_an_offer_tells_time_and_exactness_and_the_last_is_everything(tiny_project):
    asked = asked_of(tiny_project, frames=None)

    found = stress.offers(tiny_project, asked)

    assert found[-1].frames == 60
    assert found[-1].seconds == pytest.approx(60 * sweep.seconds_per_frame(tiny_project, asked))
    # 60 frames of 60 clips at one half: Wilson's half width
    assert found[-1].points == pytest.approx(12.3, abs=0.1)
    assert [offer.frames for offer in found] == sorted(offer.frames for offer in found)


def test_measuring_the_pace_stores_nothing(tiny_project):
    asked = asked_of(tiny_project)
    sweep.seconds_per_frame(tiny_project, asked)

    with connect(tiny_project.database) as db:
        assert next(db.query("SELECT count(*) AS n FROM stress_answers"))["n"] == 0


def test_severities_are_swept_from_the_moderate_one():
    assert stress.moderate_first([1.0, 2.0, 3.0, 5.0]) == [3.0, 1.0, 2.0, 5.0]


def test_another_seed_is_another_sweep(tiny_project):
    stress.sweep(tiny_project, asked_of(tiny_project))

    assert stress.damaged_answers(tiny_project, asked_of(tiny_project, seed=1))[0].empty


def test_clean_corrupted_and_hard_cases_stand_side_by_side(tiny_project):
    asked = asked_of(tiny_project, folder=Folder.FIELD, frames=None)
    stress.sweep(tiny_project, asked)
    before = stress.stress(tiny_project, asked)
    decide(tiny_project, 0, "hard_case", "on")
    decide(tiny_project, 0, "label", "blue")
    decide(tiny_project, 1, "hard_case", "on")

    report = stress.stress(tiny_project, asked)

    assert (report.clean.right, report.clean.of) == (36, 42)
    assert report.corrupted.of == report.table["of"].sum() == 42 * 4
    assert report.corrupted.right == report.table["right"].sum()
    assert report.corrupted.clips == report.clean.clips, "damaged copies are no new clips"
    assert before.hard.of == 0
    assert "No labelled hard cases yet" in stress.side_by_side(before)[2][2].headline
    assert 1 <= report.hard.of <= 2
    assert "says nothing of the field" in stress.side_by_side(report)[2][2].next_step


def test_a_frozen_set_stands_beside_them_with_its_own_labels(tiny_project):
    asked = asked_of(tiny_project, folder=Folder.FIELD, frames=None)
    stress.sweep(tiny_project, asked)
    assert list(stress.hard_sets(tiny_project)) == [None]
    decide(tiny_project, 0, "hard_case", "on")
    decide(tiny_project, 5, "hard_case", "on")
    title = frozen_sets.freeze(tiny_project, "night")
    frozen = frozen_sets.report(tiny_project, title).now
    decide(tiny_project, 8, "hard_case", "on")  # marked later: not in it

    report = stress.stress(tiny_project, asked, hard_set="night")

    assert list(stress.hard_sets(tiny_project)) == [None, title]
    assert report.hard == frozen
    assert report.hard.of < stress.stress(tiny_project, asked).hard.of
    assert stress.side_by_side(report)[2][0] == "Hard cases: night v1, frozen"
    assert {row["hard_cases"] for row in stress.stress_json(report)} == {report.hard_title}
    with pytest.raises(FieldcheckError, match="no frozen set “day”"):
        stress.stress(tiny_project, asked, hard_set="day")


def test_a_chain_is_swept_as_the_dial_shows_it(tiny_project):
    damage = "low_light:4+iso_noise:2"
    asked = asked_of(tiny_project, corruptions=[damage], severities=[5], frames=3)
    stress.sweep(tiny_project, asked)

    answers, _ = stress.damaged_answers(tiny_project, asked)

    assert len(answers) == 3
    for row in answers.itertuples():
        there = dial.dial_frame(
            tiny_project, row.content_hash, chain=dial.parse_chain("low_light:5+iso_noise:2.5")
        )
        assert there.answer.confidence == pytest.approx(row.confidence, abs=1e-5)
    report = stress.stress(tiny_project, asked)
    assert report.statements[0].headline.startswith("Dusk and night + high-ISO grain, severe")
    assert stress.stress_json(report)[0]["corruption"] == damage


def test_a_share_damages_those_frames_only_and_asks_nothing_of_the_others(tiny_project, counted):
    asked = asked_of(tiny_project, share=0.3, frames=None, corruptions=["contrast"])
    stress.sweep(tiny_project, asked)

    report = stress.stress(tiny_project, asked)
    answers, _ = stress.damaged_answers(tiny_project, asked)

    spared = answers[answers["answer"].eq(answers["clean_answer"]) & answers["chain"].isna()]
    assert 0 < report.hit < 60
    assert sum(counted) == 2 * report.hit
    assert len(spared) == 2 * (60 - report.hit)
    assert (report.table["of"] == 60).all()
    assert f"Only {report.hit} of 60 frames are damaged" in stress.notes(report)[0]


def test_a_stopped_share_counts_no_more_spared_frames_than_damaged_ones(tiny_project):
    asked = asked_of(tiny_project, share=0.5, frames=None, corruptions=["contrast"], severities=[3])
    calls = []

    def stop_soon() -> bool:
        calls.append(1)
        return len(calls) > 4

    stress.sweep(tiny_project, asked, should_stop=stop_soon)
    table = stress.stress(tiny_project, asked).table

    damaged, hit = 4, stress.stress(tiny_project, asked).hit
    assert table["of"].iloc[0] == damaged + round(damaged / hit * (60 - hit))


def test_imagenet_c_mode_compares_with_the_clean_answer_at_its_own_size(
    fresh_project, own_frames, counted
):
    import PIL.Image

    for path in sorted((own_frames.reference_folder / "red").glob("*.jpg"))[:2]:
        PIL.Image.open(path).resize((800, 600)).save(path)
    scoring.prepare(fresh_project)
    counted.clear()
    asked = stress.plan(
        fresh_project, corruptions=["contrast"], severities=[3], frames=5, short_side=224
    )

    stress.sweep(fresh_project, asked)
    answers, _ = stress.damaged_answers(fresh_project, asked)

    assert sum(counted) == 5 * 2, "clean and damaged"
    assert len(answers) == 5
    for row in answers.itertuples():
        for severity, confidence in ((0.0, row.clean_confidence), (3.0, row.confidence)):
            there = dial.dial_frame(
                fresh_project, row.content_hash, short_side=224,
                chain=dial.chain_of(["contrast"], [severity]),
            )  # fmt: skip
            assert there.answer.confidence == pytest.approx(confidence, abs=1e-5)
    other = stress.plan(fresh_project, corruptions=["contrast"], severities=[3], frames=5)
    assert stress.damaged_answers(fresh_project, other)[0].empty, "sizes are never mixed"


def test_damages_it_was_trained_with_are_counted_apart(tiny_project):
    asked = asked_of(tiny_project)
    stress.sweep(tiny_project, asked)
    assert stress.stress(tiny_project, asked).by_training == ()

    trained_with.mark_trained_with(tiny_project, ["contrast", "gaussian_noise"])
    known, new = stress.stress(tiny_project, asked).by_training

    table = stress.stress(tiny_project, asked).table.set_index("corruption")
    assert f"right in {table.loc['contrast', 'right'].sum()} of 12" in known.headline
    assert f"right in {table.loc['occlusion', 'right'].sum()} of 12" in new.headline
    with pytest.raises(CorruptionError, match="Did you mean"):
        trained_with.mark_trained_with(tiny_project, ["contrst"])


@pytest.mark.parametrize("share", [0, -0.1, 1.5, float("nan")])
def test_an_impossible_share_is_refused(tiny_project, share):
    with pytest.raises(CorruptionError, match="share"):
        asked_of(tiny_project, share=share)


def test_the_time_a_person_has_becomes_a_number_of_frames(tiny_project):
    asked = asked_of(tiny_project)

    frames = stress.frames_in(tiny_project, asked, minutes=1)

    assert frames == int(60 / sweep.seconds_per_frame(tiny_project, asked))
    assert stress.frames_in(tiny_project, asked, minutes=1e-9) == 1
