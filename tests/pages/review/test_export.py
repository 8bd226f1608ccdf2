"""Export: what goes out, in which form, and where it lands."""

from __future__ import annotations

import pytest

from core.workflows import backups, export, queue
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
