"""Going back to an earlier state on the Export page."""

from __future__ import annotations

import pytest

from core.store import backups as store
from core.workflows import backups, deciding, queue
from pages._shared.keys import K
from tests.pages.conftest import decide


@pytest.mark.usefixtures("tiny_project")
def test_without_a_backup_it_says_when_there_will_be_one(show):
    page = show("export")

    assert any("There is no backup yet" in one.value for one in page.markdown)


def test_one_button_puts_it_back_and_says_where_the_present_went(show, tiny_project, monkeypatch):
    monkeypatch.setattr(deciding, "keep_soon", lambda project: None)
    decide(tiny_project, 0, "label", "blue")
    store.back_up(tiny_project.database)
    decide(tiny_project, 1, "label", "red")
    page = show("export")
    assert "1 decision" in page.selectbox(key=K.BACKUPS).options[0]

    page.button(key=K.BACKUPS_RESTORE).click().run()

    assert not page.exception
    assert "kept" in page.success[0].value
    assert [row["value"] for row in queue.reviews_list(tiny_project)] == ["blue"]
    assert [one.note for one in backups.backups(tiny_project)].count("kept-aside") == 1
