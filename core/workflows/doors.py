"""Unguessable names under which the browser reaches a project through the local routes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from core.project import Project, home, recent

KEY = "doors.key"
_opened: dict[str, Project] = {}
_unwritten: dict[Path, bytes] = {}


def open_door(project: Project) -> str:
    """
    The project's name in addresses: 43 URL-safe characters, the same after a restart.

    A tab that outlives the server can so send what it still holds, whether or not Streamlit
    runs the page again when it reconnects (it does not always).
    """
    token = _name_of(project)
    _opened[token] = project
    return token


def behind(token: str) -> Project | None:
    """The project of a name given out by this home's servers, or None."""
    if token in _opened:
        return _opened[token]
    for project in recent():
        if hmac.compare_digest(_name_of(project).encode(), token.encode()):
            return project
    return None


def _name_of(project: Project) -> str:
    return hmac.new(_key(), str(project.folder).encode(), hashlib.sha256).hexdigest()[:43]


def _key() -> bytes:
    """This home's secret, made at first use; one of this process where it cannot be kept."""
    path = home() / KEY
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_name(f"{KEY}.{os.getpid()}")
            draft.write_bytes(secrets.token_bytes(32))
            draft.chmod(0o600)
            with suppress(FileExistsError):  # another server was first; never half a key
                os.link(draft, path)
            draft.unlink()
        return path.read_bytes()
    except OSError:
        return _unwritten.setdefault(path, secrets.token_bytes(32))
