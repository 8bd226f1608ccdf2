"""A project on a read-only disk: every verb that only looks works, every decision is refused."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import DiskError, ProjectError
from core.workflows import (
    backups,
    choices,
    deciding,
    export,
    keymap,
    overview,
    projects,
    queue,
    scores,
)


@pytest.fixture
def read_only(tiny_project, tiny_frames, decide, monkeypatch):
    """The tiny project with one decision, in a folder nobody may write to; as a plain user."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions of another kind")
    monkeypatch.setattr(deciding, "keep_soon", lambda project: None)
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    folder, is_root = tiny_project.folder, os.geteuid() == 0
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if is_root:
        for parent in (
            *list(folder.parents)[:4],
            *list(tiny_frames.root.parents)[:4],
            tiny_frames.root,
        ):
            if parent.stat().st_uid == 0 and str(parent) not in ("/", "/tmp"):
                parent.chmod(parent.stat().st_mode | 0o055)
        os.seteuid(65534)
    yield tiny_project
    if is_root:
        os.seteuid(0)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_it_is_looked_at_and_not_decided_on(read_only, monkeypatch):
    project = projects.open_project(read_only.folder)
    frame = scores.scores(project).frames.iloc[0]

    assert len(queue.queue(project, order="newest", with_decided=True).items) == 49
    assert len(export.export(project).table) == 1
    assert overview.overview(project)
    assert len(queue.reviews_list(project)) == 1
    event = {
        "id": str(uuid.uuid4()), "client": "tab", "sequence": 9, "action": "label",
        "content_hash": frame["content_hash"], "value": "red",
    }  # fmt: skip
    with pytest.raises(DiskError, match="may be looked at but not changed"):
        queue.record(project, event)
    with pytest.raises(DiskError, match="may be looked at but not changed"):
        choices.set_reviewer(project, "bo")
    with pytest.raises(DiskError, match="may be looked at but not changed"):
        keymap.change(project, {"act": "note", "key": "m"})
    monkeypatch.setattr(keymap, "LEARN_AFTER", 1)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert keymap.keymap(project, now=later).classes == ("red", "green", "blue")
    assert backups.keep(project) is False
    with pytest.raises(ProjectError, match="There is no backup"):
        backups.restore(project, "x")
