"""
How fast look-alikes are found: `python -m tests.benchmarks.similar` prints it, asserts nothing.

Projects of 10,000 and of 100,000 made frames, embeddings 1,280 wide in 300 loose kinds (ReLU of 40
hidden directions and noise), in SQLite as real ones are. Build: from the database to files a search
can use. Open: those files again, as a later start does. Verb: `workflows.similar` whole, with
copies, words and order. Search: the vectors alone, beside scikit-learn's brute-force
NearestNeighbors on float32 in the same run, and what share of its 48 we find too. Copies: 64-bit
hashes compared. With `--peer PYTHON`, an interpreter that has faiss (such as `venv/bin/python`),
also faiss's exact IndexFlatIP. Memory is that of this process, mapped files apart.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from core.metrics.near_index import NearIndex, search
from core.metrics.nearest import hash_distances
from core.metrics.unlike import unit_rows
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows import similar, similar_index
from tests.made import made_project

WIDTH, KINDS, HIDDEN, COUNT, QUERIES = 1280, 300, 40, 48, 60

PEER = """
import sys, time, numpy as np, faiss
faiss.omp_set_num_threads(1)
bank, asked = np.load(sys.argv[1], mmap_mode="r"), np.load(sys.argv[2])
start = time.perf_counter(); index = faiss.IndexFlatIP(bank.shape[1])
[index.add(np.ascontiguousarray(bank[at:at + 10000])) for at in range(0, len(bank), 10000)]
built = time.perf_counter() - start
index.search(asked[:1], 48); taken = []
for one in asked:
    start = time.perf_counter(); index.search(one[None], 48)
    taken.append(time.perf_counter() - start)
print(built, *taken)
"""


def embeddings(rows: int, *, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    ways = rng.normal(size=(HIDDEN, WIDTH)) * (0.9 ** np.arange(HIDDEN))[:, None]
    middles, made = rng.normal(size=(KINDS, HIDDEN)), np.empty((rows, WIDTH), np.float32)
    for start in range(0, rows, 5_000):
        part = made[start : start + 5_000]
        hidden = middles[rng.integers(0, KINDS, len(part))]
        hidden = hidden + 0.5 * rng.normal(size=hidden.shape)
        part[:] = np.maximum(hidden @ ways + 0.7 * rng.normal(size=part.shape), 0)
    return made


def times(run: Callable[[int], object], of: int) -> list[float]:
    run(0)
    taken = []
    for at in range(of):
        start = time.perf_counter()
        run(at)
        taken.append(time.perf_counter() - start)
    return taken


def said(name: str, taken: list[float]) -> None:
    p50, p95 = np.quantile(taken, [0.5, 0.95]) * 1e3
    print(f"  {name:34} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms", flush=True)


def memory() -> float:
    found = psutil.Process().memory_info()
    return (found.rss - found.shared) / 1e6


def measure(folder: Path, rows: int, peer: str | None) -> None:
    print(f"{rows:,} frames", flush=True)
    project = made_project(folder / f"of{rows}", field=rows, reference=0, classes=10, per_clip=5)
    bank = embeddings(rows)
    with connect(project.database) as db:
        digests = sorted(prediction_store.scored_hashes(db, "made"))
        db.execute("BEGIN")
        for digest, vector in zip(digests, bank, strict=True):
            db.execute(
                "UPDATE predictions SET embedding = ? WHERE model_id = 'made' AND content_hash = ?",
                [vector.tobytes(), digest],
            )
        db.execute("COMMIT")
    np.save(folder / "bank.npy", unit_rows(bank))
    del bank
    similar_index.scores(project)  # the table of frames is not what is measured here
    before = memory()
    start = time.perf_counter()
    looks = similar_index.looks_of(project)
    print(f"  {'build':34} {time.perf_counter() - start:11.1f} s")
    print(f"  {'memory held by it':34} {memory() - before:11.0f} MB, and "
          f"{looks.index.whole.nbytes / 1e6:.0f} MB in a mapped file")  # fmt: skip
    similar_index._kept.clear()
    start = time.perf_counter()
    looks = similar_index.looks_of(project)
    print(f"  {'open again':34} {time.perf_counter() - start:11.1f} s")
    chosen = np.random.default_rng(1).integers(0, rows, QUERIES)
    said("verb", times(lambda at: similar.similar(project, [digests[chosen[at]]]), QUERIES))
    compare(folder, looks.index, looks.hashes, chosen, peer)


def compare(
    folder: Path, index: NearIndex, hashes: NDArray[np.uint64], chosen: NDArray[np.intp],
    peer: str | None,
) -> None:  # fmt: skip
    from sklearn.neighbors import NearestNeighbors

    units = np.load(folder / "bank.npy")
    asked = units[chosen]
    brute = NearestNeighbors(n_neighbors=COUNT, algorithm="brute", metric="cosine").fit(units)
    theirs = times(lambda at: brute.kneighbors(asked[at : at + 1]), 15)
    true = brute.kneighbors(asked, return_distance=False)
    ours = times(lambda at: search(index, asked[at], count=COUNT), QUERIES)
    found = [search(index, one, count=COUNT) for one in asked]
    recall = [len({*one.rows} & {*other}) / COUNT for one, other in zip(found, true, strict=True)]
    proven = sum(one.is_proven for one in found)
    said("search", ours)
    exact = times(lambda at: search(index, asked[at], count=COUNT, is_exact=True), QUERIES)
    said("search, exact on request", exact)
    said("scikit-learn, brute", theirs)
    print(f"  {'scikit-learn / ours':34} {np.median(theirs) / np.median(ours):11.1f}")
    print(f"  {'of its 48 found':34} {np.mean(recall):11.4f}   least {min(recall):.4f}   "
          f"proven {proven} of {QUERIES}")  # fmt: skip
    said("copies by hash", times(lambda at: hash_distances(hashes[at : at + 1], hashes), QUERIES))
    if peer:
        np.save(folder / "asked.npy", asked)
        command = [peer, "-c", PEER, str(folder / "bank.npy"), str(folder / "asked.npy")]
        built, *taken = map(
            float,
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.split(),
        )
        said(f"faiss exact (build {built:.1f} s)", taken)
        print(f"  {'faiss / ours':34} {np.median(taken) / np.median(ours):11.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer", metavar="PYTHON", help="an interpreter that has faiss")
    options.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    given = options.parse_args()
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["FIELDCHECK_HOME"] = folder
            print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            measure(Path(folder), rows, given.peer)
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
