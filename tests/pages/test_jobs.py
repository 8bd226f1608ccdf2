"""Work beside the pages: one at a time; what has finished is not called stopped."""

from __future__ import annotations

import time
from collections.abc import Callable

from pages._shared import jobs


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    assert is_so()


def test_other_work_parks_what_runs_and_leaves_what_is_finished():
    jobs.first_page.set()
    finished = jobs.begin("test: finished", lambda job: None)
    wait_for(lambda: finished.is_over)
    running = jobs.begin("test: running", lambda job: job.stop.wait(10))

    newest = jobs.begin("test: newest", lambda job: None)

    wait_for(lambda: running.is_over and newest.is_over)
    assert running.is_parked and running.stop.is_set()
    assert not finished.is_parked and not finished.stop.is_set()
