"""Long work beside the pages: one job per name, with progress, a stop and a plain error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

from core.errors import FieldcheckError
from core.workflows import scoring
from core.workflows.projects import Project


@dataclass
class Job:
    """Long work as seen from outside."""

    phase: str = "Starting"
    done: int = 0
    total: int = 0
    phase_started: float = field(default_factory=time.monotonic)
    first_done: int = 0  # done when the phase began: what was kept from before
    result: Any = None
    error: str | None = None
    is_over: bool = False
    is_parked: bool = False  # stopped only because other work was asked for
    stop: Event = field(default_factory=Event)

    @property
    def seconds_left(self) -> float | None:
        """From this phase's own pace; None until it can be told."""
        advanced = self.done - self.first_done
        elapsed = time.monotonic() - self.phase_started
        if advanced < 8 or elapsed < 0.5:
            return None
        return (self.total - self.done) * elapsed / advanced

    def begin_phase(self, phase: str) -> None:
        """What the next progress calls count."""
        self.phase, self.done, self.total, self.first_done = phase, 0, 0, -1

    def report(self, done: int, total: int) -> None:
        """Progress within the phase."""
        if self.first_done < 0:
            self.first_done, self.phase_started = done, time.monotonic()
        self.done, self.total = done, total


first_page = Event()
"""Set once a page is on its way: importing the model's packages must not stand before it."""

_jobs: dict[Hashable, Job] = {}
_lock = Lock()


def job_of(name: Hashable) -> Job | None:
    """The running or last job of that name; a project's job is named by the project."""
    return _jobs.get(name)


def is_running(name: Hashable) -> bool:
    """Whether it is still going on."""
    job = _jobs.get(name)
    return job is not None and not job.is_over


def begin(name: Hashable, work: Callable[[Job], Any]) -> Job:
    """Begin, unless it runs already. Other jobs are parked: one model at a time on a laptop."""
    with _lock:
        job = _jobs.get(name)
        if job is not None and not job.is_over:
            return job
        for other in _jobs.values():
            if not other.is_over:  # one that has finished was not stopped
                other.is_parked = True
                other.stop.set()
        job = _jobs[name] = Job()
    Thread(target=_run, args=(work, job), name="job", daemon=True).start()
    return job


def start(project: Project) -> Job:
    """Index and score a project; what was done before is kept."""
    return begin(
        project,
        lambda job: scoring.prepare(
            project,
            on_phase=job.begin_phase,
            on_progress=job.report,
            should_stop=job.stop.is_set,
        ),
    )


def _run(work: Callable[[Job], Any], job: Job) -> None:
    first_page.wait(timeout=5)
    try:
        job.result = work(job)
    except FieldcheckError as error:
        job.error = str(error)
    except Exception:
        logging.getLogger("fieldcheck").exception("a job failed")
        job.error = (
            "Something went wrong inside Fieldcheck. What was done so far is kept; try again. "
            "The log holds the details."
        )
    finally:
        job.is_over = True
