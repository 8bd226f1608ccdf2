from __future__ import annotations

from core.metrics.intervals import newcombe_interval
from core.records import State
from core.workflows import confidence, overview, projects, queue, scoring, slices


def test_it_says_what_the_other_pages_say(tiny_project, tiny_frames):
    report = overview.overview(tiny_project)
    command_line = scoring.score_report(tiny_project, seconds=0)

    assert report.title == "Colours"
    assert (report.field.right, report.field.of) == (tiny_frames.right, tiny_frames.labelled)
    assert scoring.accuracy_json(report.field) == command_line["accuracy"]["field"]
    assert scoring.accuracy_json(report.reference) == command_line["accuracy"]["reference"]
    assert report.silent == confidence.confidence(tiny_project).silent
    assert report.progress == queue.progress(tiny_project)
    assert report.scored == report.total == tiny_frames.readable + tiny_frames.reference
    assert "36 of 42" in report.field_statement.headline
    assert "58 of 60" in report.reference_statement.headline


def test_the_gap_is_newcombes_on_effective_counts(fresh_project, own_frames):
    # red names blue pictures in a third of the field: far behind, with clips enough
    text = own_frames.metadata.read_text(encoding="utf-8").replace(",blue,", ",red,")
    own_frames.metadata.write_text(text, encoding="utf-8")
    from core.store.choices import choose
    from core.store.database import connect

    with connect(fresh_project.database) as db:
        choose(db, clip_gap_seconds=1.0)  # each frame its own clip
    scoring.prepare(fresh_project)
    report = overview.overview(fresh_project)
    low, high = newcombe_interval(
        report.reference.rate * report.reference.effective, report.reference.effective,
        report.field.rate * report.field.effective, report.field.effective,
    )  # fmt: skip

    assert report.headline.state is State.CONFIRMED
    assert "slices" in [todo.page for todo in report.todos]  # what the headline says to do next
    assert f"between {low * 100:.0f} and {high * 100:.0f} points" in report.headline.headline
    assert f"{report.field.right} of {report.field.of} here" in report.headline.headline


def test_without_a_reference_the_field_speaks_alone(tmp_path, tiny_model, tiny_frames):
    project = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "p"
    )  # fmt: skip
    scoring.prepare(project)
    report = overview.overview(project)

    assert report.headline == report.field_statement
    assert report.reference.of == 0


def test_before_anything_is_scored_it_says_so_without_a_figure(fresh_project):
    report = overview.overview(fresh_project)

    assert (report.scored, report.total) == (0, 0)
    for statement in (report.headline, report.worst, report.silent):
        assert statement.state is State.NOT_ENOUGH
        assert "%" not in statement.headline
    assert report.todos


def test_while_scoring_runs_it_counts_what_is_there(fresh_project):
    scoring.index_frames(fresh_project)
    scoring.score_frames(fresh_project, should_stop=iter([False, True]).__next__)
    report = overview.overview(fresh_project)

    assert (report.scored, report.total) == (16, 109)
    assert report.field.of + report.reference.of <= 16


def test_without_labels_the_first_thing_to_do_is_a_random_sample(tmp_path, tiny_model, own_frames):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "p"
    )  # fmt: skip
    scoring.prepare(project)
    report = overview.overview(project)

    assert report.todos[0].text.startswith("Label a random sample")
    assert report.todos[0].page == "queue"
    assert report.worst.headline.startswith("Not known without labels")


def test_the_next_three_things_follow_from_what_was_found(tiny_project, decide):
    before = overview.overview(tiny_project).todos
    decide(tiny_project, "cam2/006.jpg", "label", "red")
    after = overview.overview(tiny_project).todos

    assert len(before) == len(after) == 3
    assert before[0].text == "Look at the very sure mistakes."
    assert "export" in [todo.page for todo in after]
    assert "export" not in [todo.page for todo in before]


def test_reviews_are_counted_in_words(tiny_project, decide):
    before = overview.overview(tiny_project).reviews
    decide(tiny_project, "cam2/006.jpg", "label", "red")
    decide(tiny_project, "cam2/007.jpg", "hard_case", "on")

    assert before == "None of 49 frames looked at yet."
    assert overview.overview(tiny_project).reviews == (
        "1 of 49 frames looked at: 1 label changed, 1 hard case kept."
    )


def test_relabelling_does_not_change_the_accuracy(tiny_project, decide):
    before = overview.overview(tiny_project).field
    decide(tiny_project, "cam2/006.jpg", "label", "red")

    assert overview.overview(tiny_project).field == before


def test_a_folder_the_metadata_never_names_is_told_once(fresh_project):
    scoring.prepare(fresh_project)

    told = [note for note in overview.notes(fresh_project) if "metadata names none" in note]
    listed = overview.left_out(fresh_project)
    assert len(told) == 1
    assert "60 pictures of the reference folder" in told[0]
    assert list(listed.loc[listed["what"] == "folder without a row", "path"]) == ["reference/"]
    assert not listed["path"].str.startswith("reference/red").any()


def test_everything_left_out_is_named_with_an_example(tiny_project, tiny_frames):
    notes = " ".join(overview.notes(tiny_project))

    assert "1 file could not be read and is left out" in notes
    assert tiny_frames.broken in notes
    assert "purple (2)" in notes
    assert f"such as {tiny_frames.row_without_frame}" in notes
    assert f"such as {tiny_frames.without_row}" in notes


def test_the_worst_place_is_the_slices_page_s(tiny_project):
    assert overview.overview(tiny_project).worst == slices.worst(tiny_project)
