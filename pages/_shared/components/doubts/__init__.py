"""Label doubts: a key settles an event, is committed to disk, and only then the next one shows."""

from __future__ import annotations

from pages._shared.components import component
from pages._shared.keys import K

_doubts = component(__file__, name="doubts", shared=("keyboard",))


def doubts(
    *, token: str, project: str, folder: str, source: str, mode: str, narrow: str = ""
) -> None:
    """
    Show the events. It talks to its own routes; no rerun takes part in a decision.

    Args:
        token: the door to the project.
        project: identity under which an unsaved decision waits in the browser for its project.
        folder, source, mode: as core.workflows.label_doubts takes them.
        narrow: the slice rule of a narrowed project.
    """
    _doubts(
        key=K.LABEL_DOUBTS,
        data={
            "token": token, "project": project, "folder": folder, "source": source, "mode": mode,
            "narrow": narrow,
        },
    )  # fmt: skip
