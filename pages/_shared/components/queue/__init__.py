"""The review queue: a key decides, is committed to disk, and only then the next picture shows."""

from __future__ import annotations

from collections.abc import Sequence

from pages._shared.components import component
from pages._shared.keys import K

_queue = component(__file__, name="queue", shared=("keyboard",))


def queue(
    *,
    token: str,
    project: str,
    order: str,
    with_decided: bool,
    round_: str,
    narrow: str = "",
    tags: Sequence[str] = (),
) -> None:
    """
    Show the queue. It talks to its own routes; no rerun takes part in a decision.

    Args:
        token: the door to the project.
        project: identity under which unsaved decisions wait in the browser for their project.
        order: a key of core.workflows.queue.ORDERS.
        round_: changes when the queue is to be asked for anew.
        narrow: the slice rule of a narrowed project.
        tags: offered where one is typed.
    """
    _queue(
        key=K.QUEUE,
        data={
            "token": token, "project": project, "order": order, "decided": with_decided,
            "round": round_, "narrow": narrow, "tags": list(tags),
        },
    )  # fmt: skip
