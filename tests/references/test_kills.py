"""A short run of kills; its own command runs a thousand."""

from __future__ import annotations

import os

import pytest

from tests.references import kills


@pytest.mark.skipif(os.name != "posix", reason="kills come as SIGKILL to a forked server")
def test_what_was_acknowledged_before_a_kill_is_there_once(tiny_project, fieldcheck_home):
    found = kills.series(tiny_project, fieldcheck_home, kills=5, seed=3)
    print("\n" + "\n".join(kills.lines(found)))

    assert found.wrong == []
    assert found.kills == 5
    assert found.acknowledged >= 10
    assert found.sent_again >= 1
