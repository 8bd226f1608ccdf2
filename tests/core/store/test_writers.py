"""Eight processes that write at once: nothing lost, nobody turned away."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.store.database import connect
from core.store.reviews import load_reviews

ROOT = Path(__file__).resolve().parents[3]
WRITERS, SECONDS = 8, 3.0
CODE = """
import json, sys, time, uuid
from datetime import UTC, datetime
from pathlib import Path
from core.records import Action, Review
from core.store.database import connect
from core.store.reviews import record_review
path, name, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
ids, waits, until = [], [], time.monotonic() + seconds
while time.monotonic() < until:
    review = Review(str(uuid.uuid4()), name, len(ids) + 1, f"p{len(ids) % 9}", Action.TAG,
                    name, name, datetime.now(UTC))
    began = time.perf_counter()
    with connect(path) as db:
        assert record_review(db, review)
    waits.append(time.perf_counter() - began)
    ids.append(review.id)
print(json.dumps([ids, waits]))
"""


def test_eight_writers_lose_nothing_and_none_is_turned_away(tmp_path):
    path = tmp_path / "a.db"
    with connect(path):
        pass
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, str(path), f"writer{number}", str(SECONDS)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    answers = [writer.communicate(timeout=60) for writer in writers]

    assert [complaint for _, complaint in answers] == [""] * WRITERS
    told = [json.loads(said) for said, _ in answers]
    ids = [one for written, _ in told for one in written]
    waits = sorted(wait for _, waited in told for wait in waited)
    p95 = waits[round(0.95 * (len(waits) - 1))]
    print(
        f"\n{WRITERS} writers, {SECONDS:g} s: {len(ids)} decisions, p50 "
        f"{waits[len(waits) // 2] * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms, longest "
        f"{waits[-1] * 1e3:.0f} ms; the slowest writer made {min(len(w) for w, _ in told)}"
    )
    with connect(path) as db:
        stored = load_reviews(db)["id"].tolist()
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert len(stored) == len(ids)
    assert set(stored) == set(ids)
    assert min(len(written) for written, _ in told) > 0
