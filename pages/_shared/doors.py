"""Unguessable names under which pages let a browser tab reach a project through the routes."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing it takes a second that the server's start should not wait for
    from core.workflows.projects import Project


_MOST = 256
_doors: OrderedDict[str, Project] = OrderedDict()
_lock = Lock()


def open_door(project: Project) -> str:
    """A new token for the project; the oldest ones are forgotten."""
    token = secrets.token_urlsafe(18)
    with _lock:
        _doors[token] = project
        while len(_doors) > _MOST:
            _doors.popitem(last=False)
    return token


def behind(token: str) -> Project | None:
    """The project of a token, or None if this server never gave it out (it restarted)."""
    with _lock:
        project = _doors.get(token)
        if project is not None:
            _doors.move_to_end(token)
        return project
