"""Export: what goes out, in which form, and where it lands."""

from __future__ import annotations

import time

import pytest

from core.workflows import backups, export, export_folder, export_made, importing, queue
from pages._shared import jobs
from pages._shared.keys import K
from tests.pages.conftest import decide


@pytest.fixture
def reviewed(tiny_project):
    """The tiny project with one relabel and one hard case."""
    decide(tiny_project, 0, "label", "blue")
    decide(tiny_project, 1, "hard_case", "on")
    return tiny_project


@pytest.mark.usefixtures("tiny_project")
def test_without_reviews_it_leads_to_the_queue(show):
    page = show("export")

    page.button(key=K.EXPORT_WRITE).click().run()

    assert page.title[0].value == "What next?"


@pytest.mark.parametrize("choice", export.CHOICES)
def test_every_choice_says_how_much_goes_out(choice, show, reviewed):
    page = show("export")

    page.segmented_control(key=K.EXPORT_CHOICE).select(export.CHOICES[choice]).run()

    assert page.markdown[0].value == f"#### {export.export(reviewed, choice=choice).sentence}"
    assert not page.error


@pytest.mark.parametrize(
    ("kind", "suffix"), [("csv", ".csv"), ("jsonl", ".jsonl"), ("parquet", ".parquet")]
)
def test_it_is_saved_into_the_project(kind, suffix, show, reviewed):
    page = show("export")
    page.selectbox(key=K.EXPORT_FORMAT).set_value(kind).run()

    page.button(key=K.EXPORT_WRITE).click().run()

    (written,) = (reviewed.folder / "exports").iterdir()
    assert written.suffix == suffix
    assert str(written) in [code.value for code in page.code]
    content = export.export_bytes(export.export(reviewed), format_name=kind)[1]
    assert written.read_bytes() == content


def test_the_preview_shows_what_goes_out(show, reviewed):
    page = show("export")

    assert len(page.dataframe[0].value) == len(export.export(reviewed).table) == 2
    assert "blue" in list(page.dataframe[0].value["label_now"])


def test_a_folder_that_cannot_be_written_is_a_plain_error(show, reviewed):
    (reviewed.folder / "exports").write_text("a file where the folder should be")
    page = show("export")

    page.button(key=K.EXPORT_WRITE).click().run()

    assert [error.value for error in page.error if "cannot be written" in error.value]
    assert not page.exception


def test_an_earlier_state_is_put_back_and_the_present_one_stays_to_be_had(show, reviewed):
    from core.store.backups import back_up

    back_up(reviewed.database)
    decide(reviewed, 2, "label", "blue")
    before = len(queue.reviews_list(reviewed))
    page = show("export")
    assert "Earlier states of your reviews" in [fold.label for fold in page.expander]
    newest = page.selectbox(key=K.BACKUPS).options[0]
    assert f"{before - 1} decisions" in newest

    page.button(key=K.BACKUPS_RESTORE).click().run()

    assert len(queue.reviews_list(reviewed)) == before - 1
    assert any("Put back" in said.value for said in page.success)
    (kept,) = [one for one in backups.backups(reviewed) if one.note == "kept-aside"]
    assert kept.decisions == before
    assert any(
        "before another copy was put back" in o for o in page.selectbox(key=K.BACKUPS).options
    )


@pytest.mark.usefixtures("tiny_project")
def test_without_a_copy_the_fold_says_when_the_first_comes(show):
    page = show("export")

    assert any("no backup yet" in text.value for text in page.markdown)


def wait_for_export(page):
    """The page once the folder is written, however long the machine takes."""
    until = time.monotonic() + 60
    while time.monotonic() < until and not all(job.is_over for job in jobs._jobs.values()):
        time.sleep(0.05)
    return page.run()


@pytest.mark.parametrize("kind", ["class-folders", "coco", "training-list"])
def test_a_folder_is_written_beside_the_page(kind, show, reviewed):
    jobs.first_page.set()
    page = show("export")
    page.selectbox(key=K.EXPORT_FORMAT).set_value(kind).run()
    handed = export_made.plan(reviewed, export.export(reviewed), kind)
    assert handed.sentence in [text.value for text in page.markdown]

    page.button(key=K.EXPORT_FOLDER).click().run()
    page = wait_for_export(page)

    path = reviewed.folder / "exports" / handed.name
    assert (path / "manifest.json").is_file()
    assert str(path) in [code.value for code in page.code]
    assert not page.error and not page.exception


@pytest.mark.parametrize("kind", export.FOLDER_TITLES)
def test_every_folder_format_says_what_it_is_for(kind, show, reviewed):
    page = show("export")
    page.selectbox(key=K.EXPORT_FORMAT).set_value(kind).run()

    assert export.ABOUT[kind] in [caption.value for caption in page.caption]
    assert page.button(key=K.EXPORT_FOLDER) and not page.error and not page.exception
    assert reviewed.folder.is_dir()


def test_what_was_begun_and_stopped_can_be_thrown_away(show, reviewed):
    handed = export_made.plan(reviewed, export.export(reviewed), "coco")
    export_folder.hand_over(reviewed, handed, should_stop=lambda: True)
    page = show("export")
    page.selectbox(key=K.EXPORT_FORMAT).set_value("coco").run()

    page.button(key=K.EXPORT_FORGET).click().run()

    assert export_folder.unfinished(reviewed) == []


def test_labels_are_looked_at_brought_in_and_taken_back(show, tiny_project, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("path,label\nno_row.jpg,green\ncam9/x.jpg,red\n")
    page = show("export")
    page.text_input(key=K.IMPORT_FOLDER).set_value(str(path)).run()
    said = importing.preview(tiny_project, path).sentence
    assert said in [text.value for text in page.text]
    assert queue.reviews_list(tiny_project) == []

    page.button(key=K.IMPORT_DO).click().run()
    assert [row["value"] for row in queue.reviews_list(tiny_project)] == ["green"]
    assert any("1 label of theirs.csv brought in" in one.value for one in page.success)
    page.button(key=K.IMPORT_UNDO).click().run()

    assert importing.last_import(tiny_project) is None
    assert any("taken back" in one.value for one in page.success)


@pytest.mark.usefixtures("tiny_project")
def test_a_file_that_holds_no_labels_is_a_plain_error(show, tmp_path):
    page = show("export")

    page.text_input(key=K.IMPORT_FOLDER).set_value(str(tmp_path / "none.csv")).run()

    assert "There is nothing at" in page.error[0].value and not page.exception
