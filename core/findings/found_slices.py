"""Slices nobody named: groups of alike frames that fail, found on half the clips."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.cells import Codes, count_sets
from core.findings.slices import Q_LIMIT, worse_than_rest
from core.findings.statements import count_of, percent, right_in
from core.metrics.intervals import benjamini_hochberg, newcombe_interval, wilson_interval
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COMPONENTS = 50
MOST_LEAVES = 32
MOST_CLUSTERS = 50
MOST_GROUPS = 10
MIN_GROUP = 10
"""Fewest frames of the finding half a group may have."""

ALPHA = 0.95
"""SliceLine's weight of badness against size; its authors' choice."""

MIN_CLIPS = 2 * SETTINGS.min_clips
MIN_WRONG = 10


@dataclass(frozen=True, eq=False)
class Group:
    """One group that fails, as the half it was not found on shows it."""

    members: Flags  # shape (n,), of both halves
    found_right: int  # on the half it was found on: too good to be true
    found_of: int
    tested: Accuracy  # on the other half
    drop: float  # there, against the rest of that half
    drop_low: float
    drop_high: float
    q: float
    state: State


@dataclass(frozen=True, eq=False)
class Found:
    """All groups, surest first, and where each frame lies on a map of alike frames."""

    groups: tuple[Group, ...]
    positions: Floats  # shape (n, 2)
    is_finding: Flags  # shape (n,), the half that was searched
    searched: int = 0  # groups looked at on the finding half
    problem: str = ""  # why nothing could be searched
    notes: tuple[str, ...] = field(default=())


def slice_line_score(
    errors: float, size: float, *, all_errors: float, of: float, alpha: float = ALPHA
) -> float:
    """
    How much a slice is worth looking at: above 0, worse than the whole for its size.

    Source:
        Sagadeeva and Boehm 2021 (SliceLine), equation 5.
    """
    badness = (errors / size) / (all_errors / of) - 1
    return alpha * badness - (1 - alpha) * (of / size - 1)


def find_groups(
    embeddings: NDArray[np.float32],
    is_right: Flags,
    clip: Codes,
    answer: Codes,
    *,
    seed: int = 0,
) -> Found:
    """
    Groups of alike frames that fail, each with figures from clips it was not found on.

    Half of the clips are searched by a tree that tells wrong from right, and by clusters within
    each answer; of overlapping groups the one worth more is kept. Groups are picked for being bad,
    so their own figures flatter the find (winner's curse): only the other half's count.

    Args:
        embeddings: shape (n, n_features).
        is_right: shape (n,).
        clip: shape (n,), a number from 0 for each clip.
        answer: shape (n,), a number from 0 for each answer.

    Source:
        methods 4. Error trees: Chung et al. 2019 (SliceFinder); clusters that know the answer:
        Eyuboglu et al. 2022 (Domino); split by clip for honesty is ours.
    """
    first = _half_of_clips(clip, seed)
    points = _components(embeddings, first)
    positions = points[:, :2] if points.shape[1] > 1 else np.zeros((len(clip), 2))
    problem = _too_little(is_right, clip, first)
    if problem:
        return Found((), positions, first, problem=problem)
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # one thread: on small tables two spend most of their time waiting for each other
    with threadpool_limits(1):
        candidates = [
            *_leaves(points, is_right, first, seed),
            *_clusters(points, answer, first, seed),
        ]
    kept = _worth_a_look(candidates, is_right, first)
    groups = _tested(kept, is_right, clip, first)
    order = [State.CONFIRMED, State.SUSPECTED, State.NOT_ENOUGH, State.NONE_FOUND]
    groups.sort(key=lambda group: (order.index(group.state), -group.drop))
    return Found(tuple(groups), positions, first, searched=len(candidates))


def _half_of_clips(clip: Codes, seed: int) -> Flags:
    n_clips = int(clip.max()) + 1 if len(clip) else 0
    order = np.random.default_rng(seed).permutation(n_clips)
    return np.isin(clip, order[: (n_clips + 1) // 2])


def _too_little(is_right: Flags, clip: Codes, first: Flags) -> str:
    clips = len(np.unique(clip))
    if clips < MIN_CLIPS:
        return f"{count_of(clips, 'clip')}; {MIN_CLIPS} are needed, half of them to test on."
    wrong = int((~is_right[first]).sum())
    if wrong < MIN_WRONG:
        return f"{count_of(wrong, 'mistake')} in the half searched; {MIN_WRONG} are needed."
    return ""


def _components(embeddings: NDArray[np.float32], first: Flags) -> Floats:
    """The directions the searched half differs in most, for all frames; shape (n, at most 50)."""
    data = np.asarray(embeddings, dtype=np.float64)
    if first.sum() < 3 or not data.size:
        return np.zeros((len(data), 2))
    centre = data[first].mean(axis=0)
    spread = data[first] - centre
    # the smaller of covariance and Gram matrix: cheaper than a decomposition of all frames
    is_wide = spread.shape[1] > len(spread)
    values, vectors = np.linalg.eigh(spread @ spread.T if is_wide else spread.T @ spread)
    n = max(1, min(COMPONENTS, int((values > values.max() * 1e-9).sum())))
    vectors = vectors[:, ::-1][:, :n]
    if is_wide:
        vectors = spread.T @ vectors
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=0), 1e-12)
    return np.asarray((data - centre) @ vectors)


def _leaves(points: Floats, is_right: Flags, first: Flags, seed: int) -> list[Flags]:
    from sklearn.tree import DecisionTreeClassifier  # 1 s, too much for the app's start

    n = int(first.sum())
    fewest = max(MIN_GROUP, min(30, n // 20))
    tree = DecisionTreeClassifier(
        max_leaf_nodes=MOST_LEAVES, min_samples_leaf=fewest, random_state=seed
    )
    tree.fit(points[first], ~is_right[first])
    # every node but the root, so that a large group is found whole and not in pieces
    passed = tree.decision_path(points).tocsc()
    return [
        np.asarray(passed[:, node].toarray()).ravel().astype(bool)
        for node in range(1, passed.shape[1])
    ]


def _clusters(points: Floats, answer: Codes, first: Flags, seed: int) -> list[Flags]:
    from sklearn.cluster import MiniBatchKMeans

    found: list[Flags] = []
    for name in np.unique(answer[first]):
        here = answer == name
        found.append(here)
        n = int((here & first).sum())
        finest = min(round(MOST_CLUSTERS * n / first.sum()), n // (2 * MIN_GROUP))
        for k in {2, 4, finest}:
            if not 2 <= k <= finest:
                continue
            means = MiniBatchKMeans(k, random_state=seed, n_init=3, batch_size=1024)
            means.fit(points[here & first])
            cluster = np.full(len(answer), -1)
            cluster[here] = means.predict(points[here])
            found += [cluster == number for number in range(k)]
    return found


def _worth_a_look(candidates: list[Flags], is_right: Flags, first: Flags) -> list[Flags]:
    """The candidates surely worth a test, best first, no two of mostly the same frames."""
    wrong, of = float((~is_right[first]).sum()), float(first.sum())
    scored = []
    for members in candidates:
        inside = members & first
        size, errors = float(inside.sum()), float((~is_right[inside]).sum())
        if size < MIN_GROUP or size == of:
            continue
        drop = errors / size - (wrong - errors) / (of - size)
        score = slice_line_score(errors, size, all_errors=wrong, of=of)
        if drop >= SETTINGS.blind_spot_drop / 2 and score > 0:
            # by evidence, not by how bad: pieces of a group are worse than it by chance
            spread = wrong / of * (1 - wrong / of) * (1 / size + 1 / (of - size))
            scored.append((drop / spread**0.5, members))
    kept: list[Flags] = []
    for _, members in sorted(scored, key=lambda item: -item[0]):
        sizes = [min(members.sum(), other.sum()) for other in kept]
        shared = [(members & other).sum() for other in kept]
        if all(both < 0.5 * size for both, size in zip(shared, sizes, strict=True)):
            kept.append(members)
    return kept[:MOST_GROUPS]


def _tested(kept: list[Flags], is_right: Flags, clip: Codes, first: Flags) -> list[Group]:
    """What the half that was not searched says of each."""
    second = ~first
    _, clips = np.unique(clip[second], return_inverse=True)
    rows: list[tuple[Flags, Accuracy, Accuracy]] = []
    for members in kept:
        codes = members[second].astype(np.intp)
        counted = count_sets([(codes, 2)], is_right=is_right[second], clips=clips)
        inside, rest = (
            _accuracy(
                counted.inside.k[n],
                counted.inside.n[n],
                counted.effective[n],
                counted.inside.clips[n],
            )
            for n in (1, 0)
        )
        rows.append((members, inside, rest))
    p = [worse_than_rest(a, b) if a.of and b.of else np.nan for _, a, b in rows]
    return [
        _group(members, inside, rest, q=float(q), is_right=is_right, first=first)
        for (members, inside, rest), q in zip(rows, benjamini_hochberg(p), strict=True)
    ]


def _accuracy(right: float, of: float, effective: float, clips: float) -> Accuracy:
    low, high = wilson_interval(right / of * effective if of else 0.0, effective if of else 0.0)
    return Accuracy(int(right), int(of), float(effective) if of else 0.0, int(clips), low, high)


def _group(
    members: Flags, inside: Accuracy, rest: Accuracy, *, q: float, is_right: Flags, first: Flags
) -> Group:
    low, high = newcombe_interval(
        np.nan_to_num(rest.rate) * rest.effective, rest.effective,
        np.nan_to_num(inside.rate) * inside.effective, inside.effective,
    )  # fmt: skip
    drop = rest.rate - inside.rate if inside.of and rest.of else 0.0
    state = State.NONE_FOUND
    if inside.effective < SETTINGS.min_effective or inside.clips < SETTINGS.min_clips:
        state = State.NOT_ENOUGH
    elif drop >= SETTINGS.blind_spot_drop - 1e-9:
        state = State.CONFIRMED if low > 0 and q <= Q_LIMIT else State.SUSPECTED
    mine = members & first
    return Group(
        members, int(is_right[mine].sum()), int(mine.sum()), inside, drop, low, high, q, state
    )


def group_name(frames: pd.DataFrame, members: Flags) -> str:
    """ "mostly Hammer (18 of 20 frames)": by the answers, until a person names it."""
    answers = frames["answer"][members].value_counts()
    if answers.empty:
        return "no frames"
    return (
        f"mostly answered {answers.index[0]} ({answers.iloc[0]:,} of {int(members.sum()):,} frames)"
    )


def group_statement(group: Group, name: str) -> Statement:
    """One group in words: what the half it was not found on says."""
    tested, found = group.tested, f"{group.found_right:,} of {group.found_of:,}"
    if not tested.of:
        return Statement(
            f"{name}: right in {found} frames where it was found; none like it in the other half.",
            "Collect more frames like these.",
            State.NOT_ENOUGH,
        )
    said = right_in(tested, "frames of the half it was not found on")
    headline = f"{name}: {said[0].lower()}{said[1:]}"
    if group.state in (State.CONFIRMED, State.SUSPECTED):
        headline += f", {group.drop * 100:.0f} points behind the rest"
    next_step = {
        State.CONFIRMED: "Look at the frames, say what they share, and keep it as a slice.",
        State.SUSPECTED: "May be chance: look whether the frames share something.",
        State.NOT_ENOUGH: "Too few frames to test it on; look whether the frames share something.",
        State.NONE_FOUND: "The other half does not bear it out.",
    }[group.state]
    return Statement(f"{headline}.", next_step, group.state)


def found_statement(found: Found) -> Statement:
    """The whole search in words."""
    if found.problem:
        return Statement(
            f"Too little to search for groups: {found.problem}", "Label more frames.",
            State.NOT_ENOUGH,
        )  # fmt: skip
    sure = [group for group in found.groups if group.state is State.CONFIRMED]
    looked = f"among {count_of(found.searched, 'group')} of alike frames"
    if sure:
        held = "fails and holds" if len(sure) == 1 else "fail and hold"
        return Statement(
            f"{count_of(len(sure), 'group')} {looked} {held} up on clips it was not found on: "
            f"right in {percent(sure[0].tested.rate)} of its {sure[0].tested.of:,} frames there "
            f"({sure[0].tested.right:,} of {sure[0].tested.of:,}).",
            "Look at the frames and name what they share.",
            State.CONFIRMED,
        )
    if found.groups:
        return Statement(
            f"Nothing {looked} is surely worse on clips it was not found on; "
            f"{count_of(len(found.groups), 'group')} may be.",
            "Look whether their frames share something.",
            _least_settled(found.groups),
        )
    return Statement(f"Nothing {looked} fails more than the rest.", "", State.NONE_FOUND)


def _least_settled(groups: tuple[Group, ...]) -> State:
    states = {group.state for group in groups}
    if State.SUSPECTED in states:
        return State.SUSPECTED
    return State.NOT_ENOUGH if State.NOT_ENOUGH in states else State.NONE_FOUND
