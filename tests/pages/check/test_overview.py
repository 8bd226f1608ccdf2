"""The overview: the answer first, the next step one click away, another project, a quick check."""

from __future__ import annotations

import pytest

from core.workflows import choices, projects
from pages._shared.keys import K
from tests.pages.reading import visible_text


@pytest.mark.usefixtures("tiny_project")
def test_it_says_how_good_it_is_here_with_counts(show, tiny_frames):
    said = " ".join(visible_text(show("overview")))

    assert f"Right in {tiny_frames.right} of {tiny_frames.labelled} field frames" in said
    assert f"Right in {tiny_frames.reference_right} of {tiny_frames.reference} reference" in said


@pytest.mark.usefixtures("tiny_project")
def test_what_was_left_out_is_listed(show, tiny_frames):
    page = show("overview")
    left_out = next(fold for fold in page.expander if fold.label.startswith("What was left out"))
    notes = " ".join(note.value for note in left_out.text)

    assert tiny_frames.broken in notes
    assert tiny_frames.unknown_label in notes
    assert tiny_frames.without_row.removeprefix("field/") in notes
    assert tiny_frames.row_without_frame in notes


@pytest.mark.usefixtures("tiny_project")
def test_a_next_step_leads_to_its_page(show):
    page = show("overview")

    page.button(key=f"{K.OVERVIEW_TODO}_0").click().run()

    assert page.title[0].value == "What next?"


@pytest.fixture
def other(tiny_project, tiny_model, tiny_frames, tmp_path):
    """A second project, opened before the tiny one."""
    made = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "other", title="Other"
    )
    projects.open_project(tiny_project.folder)
    return made


def test_another_project_is_one_choice_away(show, other):
    page = show("overview")

    page.selectbox[0].select(other).run()

    assert page.sidebar.caption[0].value == "Project: Other"


def test_the_project_switched_to_is_the_one_opened_next_time(show, other):
    page = show("overview")

    page.selectbox[0].select(other).run()

    assert projects.last_project() == other
    assert show("overview").sidebar.caption[0].value == "Project: Other"


@pytest.mark.usefixtures("tiny_project")
def test_projects_of_one_title_can_be_told_apart(show, tiny_model, tiny_frames, tmp_path):
    projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "2", title="Colours"
    )

    shown = show("overview").selectbox[0].options

    assert len(shown) == len(set(shown)) >= 2, shown


@pytest.mark.usefixtures("tiny_project")
def test_a_dropped_picture_gets_a_verdict(show, tiny_frames):
    picture = tiny_frames.reference_folder / "green" / "003.jpg"
    page = show("overview")

    page.file_uploader(key=K.OVERVIEW_QUICK).upload("green_3.jpg", picture.read_bytes()).run()

    said = " ".join(visible_text(page))
    assert "sure it is green, as the label says." in said
    assert not page.error


@pytest.mark.usefixtures("tiny_project")
def test_dropped_labelled_pictures_are_counted(show, tiny_frames):
    files = [
        (f"{path.parent.name}_{path.name}", path.read_bytes())
        for path in sorted(tiny_frames.reference_folder.glob("*/00[0-4].jpg"))
    ]
    page = show("overview")

    for name, content in files:
        page.file_uploader(key=K.OVERVIEW_QUICK).upload(name, content)
    page.run()

    assert "Right in 13 of 15 dropped frames" in " ".join(visible_text(page))


@pytest.mark.usefixtures("tiny_project")
def test_a_dropped_file_that_is_no_picture_is_a_plain_error(show):
    page = show("overview")

    page.file_uploader(key=K.OVERVIEW_QUICK).upload("holiday.jpg", b"not a picture").run()

    assert len(page.error) == 1
    assert "holiday.jpg" in page.error[0].value


def test_a_model_file_that_is_gone_is_a_plain_error(show, fresh_project, tiny_frames, tmp_path):
    moved = tmp_path / "moved.onnx"
    gone = projects.create_project(
        model=_copied(choices.choices_of(fresh_project).model_path, moved),
        field=tiny_frames.field_folder,
        folder=tmp_path / "gone",
        title="Gone",
    )
    moved.unlink()
    page = show("overview")
    picture = (tiny_frames.reference_folder / "green" / "003.jpg").read_bytes()

    page.file_uploader(key=K.OVERVIEW_QUICK).upload("green_3.jpg", picture).run()

    assert projects.last_project() == gone
    assert [error.value for error in page.error if "moved.onnx is gone" in error.value]


def _copied(model, to):
    to.write_bytes(model.read_bytes())
    sidecar = model.with_suffix(".model.json")
    to.with_suffix(".model.json").write_bytes(sidecar.read_bytes())
    return to


def test_opening_your_own_checks_each_choice_and_makes_the_project(
    show, tiny_project, tiny_model, own_frames
):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(own_frames.field_folder)).run()
    previews = " ".join(visible_text(page))
    page.text_input(key=K.OPEN_TITLE).input("Mine").run()

    page.button(key=K.OPEN_CREATE).click().run()

    assert "3 classes: red, green, blue" in previews
    assert "50 pictures" in previews
    assert page.sidebar.caption[0].value == "Project: Mine"
    assert projects.last_project() != tiny_project


@pytest.mark.usefixtures("tiny_project")
def test_opening_your_own_can_be_left_again(show):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()

    page.button(key=K.OPEN_CANCEL).click().run()

    assert page.title[0].value == "How good is it here?"
    assert page.sidebar.caption[0].value == "Project: Colours"


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        (K.OPEN_MODEL, "nowhere/model.onnx", "nowhere"),
        (K.OPEN_FIELD, "nowhere/frames", "There is no folder"),
    ],
)
@pytest.mark.usefixtures("tiny_project")
def test_a_path_that_leads_nowhere_is_a_plain_error_at_once(key, typed, said, show):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()

    page.text_input(key=key).input(typed).run()

    assert len(page.error) == 1
    assert said in page.error[0].value


@pytest.mark.parametrize(
    "refused", [(K.OPEN_REFERENCE, "is a file"), (K.OPEN_METADATA, "No column names")]
)
@pytest.mark.usefixtures("tiny_project")
def test_a_choice_that_was_refused_holds_the_project_back_until_its_box_is_empty(
    refused, show, tiny_model, own_frames, tmp_path
):
    key, said = refused
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(own_frames.field_folder)).run()
    page.text_input(key=key).input(str(wrong)).run()

    assert [error.value for error in page.error if said in error.value]
    assert K.OPEN_CREATE not in [button.key for button in page.button]

    page.text_input(key=key).input("").run()

    assert not page.error
    assert K.OPEN_CREATE in [button.key for button in page.button]


@pytest.mark.usefixtures("tiny_project")
def test_a_project_that_goes_on_is_told_before_it_is_opened(show, tiny_project, tiny_model):
    chosen = choices.choices_of(tiny_project)
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(chosen.folders["field"])).run()
    page.text_input(key=K.OPEN_TITLE).input("Colours").run()

    (told,) = page.info
    assert "It goes on where it was, with its reviews" in told.value
    assert str(chosen.folders["reference"]) in told.value


def test_work_that_counts_nothing_yet_shows_no_zero_of_zero(show, tiny_project, monkeypatch):
    from pages._shared import jobs

    monkeypatch.setitem(jobs._jobs, tiny_project, jobs.Job(phase="Asking the model"))
    said = " ".join(visible_text(show("overview")))

    assert "Asking the model" in said
    assert "0 of 0" not in said


@pytest.mark.usefixtures("tiny_project")
def test_a_table_taken_out_of_its_box_is_not_joined(show, tiny_model, own_frames):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(own_frames.field_folder)).run()
    proposed = page.text_input(key=K.OPEN_METADATA).value
    page.text_input(key=K.OPEN_METADATA).input("").run()
    page.text_input(key=K.OPEN_TITLE).input("Bare").run()

    page.button(key=K.OPEN_CREATE).click().run()

    assert proposed == str(own_frames.metadata)
    assert page.sidebar.caption[0].value == "Project: Bare"
    assert choices.choices_of(projects.last_project()).metadata_csv is None


@pytest.mark.usefixtures("tiny_project")
def test_what_names_say_is_offered_previewed_and_kept(show, tiny_model, own_frames):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(own_frames.field_folder)).run()
    page.button(key=f"{K.OPEN_PATTERN}_{{camera}}/{{anything}}").click().run()
    previews = " ".join(visible_text(page))
    table = page.dataframe[0].value

    assert page.text_input(key=K.OPEN_PATTERN).value == "{camera}/{anything}"
    assert "Reads 50 of 50 names: camera." in previews
    assert len(table) == 10
    assert set(table["camera"]) == {"cam1", "cam2"}

    page.button(key=K.OPEN_CREATE).click().run()
    assert choices.choices_of(projects.last_project()).name_pattern == "{camera}/{anything}"


@pytest.mark.usefixtures("tiny_project")
def test_a_pattern_that_is_none_is_refused_beside_it(show, tiny_model, own_frames):
    page = show("overview")
    page.button(key=K.OVERVIEW_OPEN_OWN).click().run()
    page.text_input(key=K.OPEN_MODEL).input(str(tiny_model)).run()
    page.text_input(key=K.OPEN_FIELD).input(str(own_frames.field_folder)).run()
    page.text_input(key=K.OPEN_PATTERN).input("{camera").run()

    assert [error.value for error in page.error if r"brace \{" in error.value]
    assert not page.exception
