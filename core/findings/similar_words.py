"""What is said of look-alikes: the headline, what was left out, and how it is computed."""

from __future__ import annotations

from collections.abc import Sequence

from core.findings.similar import EXACT, KINDS, NEAR
from core.findings.statements import count_of
from core.records import State, Statement

METHOD = (
    "**Exact copies** are files of the same bytes (SHA-256). **Near copies** have a difference "
    "hash (dHash, 64 bits) within 6 bits of the picture's, unless the cosine of the embeddings is "
    "under 0.9: a scene of the same layout with another thing in it is no copy. **The rest** goes "
    "by the cosine of the embeddings (the input of the model's last layer; its logits where a "
    "format hides that), which on vectors of length 1 is the order of Euclidean distance. Equal "
    "ones go by content hash. The list holds each picture once: exact copies, near copies, then "
    "the rest.\n\n"
    "The words compare with 20,000 random pairs of this project's frames, each of another clip: "
    "*very alike* is closer than 999 in 1,000 of them, *alike* than 99 in 100, *somewhat alike* "
    "than 9 in 10. With too few frames for 100 pairs it only says *looks alike*.\n\n"
    "**Several pictures** are asked about by the mean of their directions (each brought to length "
    "1 first), so the list shows what all of them share; near and exact copies are those of any of "
    "them. Each neighbour says which of them it is closest to.\n\n"
    "**Speed.** Embeddings are kept in 16-bit numbers (likeness moves by less than 0.0001) and "
    "reduced to 64 main directions; the 1,000 likeliest, and every other frame that could still "
    "belong to the list by the Cauchy-Schwarz bound, are measured whole. Where more than 2,000 "
    "others could, the list says so, and *Measure all* leaves no doubt."
)

NOT_PROVEN = (
    "Found by a quick first look; a frame it passed over could belong here. “Measure all” leaves "
    "no doubt and takes a little longer."
)
NO_LIKENESS = (
    "The model has not answered this picture yet, or its answer holds no numbers to compare by: "
    "only copies can be found."
)


def headline(
    kinds: Sequence[str], labels: Sequence[str | None], *, asked: int, same_clip: int
) -> Statement:
    """
    What the list holds: how many, copies among them, and what they are labelled.

    Args:
        kinds, labels: of each neighbour, in order.
        asked: pictures asked about.
        same_clip: frames of their own clips left out.
    """
    this = "this picture" if asked == 1 else f"these {asked} pictures"
    if not kinds:
        next_step = "Take a filter away."
        if same_clip:
            left_out = f"{count_of(same_clip, 'frame')} of the same clip"
            next_step = f"Choose “Its own clip too” for the {left_out}."
        said = f"There is nothing else to compare with {this}."
        return Statement(said, next_step, State.NOT_ENOUGH)
    exact, near = kinds.count(EXACT), kinds.count(NEAR)
    copies = [
        *([f"{exact:,} exact {_copy(exact)}"] if exact else []),
        *([f"{near:,} near {_copy(near)}"] if near else []),
    ]
    first = f", {' and '.join(copies)} first" if copies else ""
    return Statement(
        f"The {count_of(len(kinds), 'frame')} most like {this}{first}: {_labels(labels)}.",
        "Choose those that belong together, then label or tag them at once.",
        State.NONE_FOUND,
    )


def _copy(number: int) -> str:
    return "copy" if number == 1 else "copies"


def _labels(labels: Sequence[str | None]) -> str:
    """ "31 labelled pliers, 9 wrench, 8 without a label"."""
    counts: dict[str | None, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    named = sorted((-n, name) for name, n in counts.items() if name is not None)
    parts = [f"{-n:,} {name}" for n, name in named[:4]]
    if parts:
        parts[0] = parts[0].replace(" ", " labelled ", 1)
    rest = sum(-n for n, _ in named[4:])
    if rest:
        parts.append(f"{rest:,} another class")
    if None in counts:
        parts.append(f"{counts[None]:,} without a label")
    return ", ".join(parts)


def drawn_words(drawn: int, of: int, clips: int, all_clips: int) -> str:
    """What a map shows when it cannot show everything; "" when it does."""
    if drawn >= of:
        return ""
    part = "every clip" if clips == all_clips else f"{clips:,} of {all_clips:,} clips"
    return f"{drawn:,} of {of:,} frames are drawn, taken from {part}."


def line_of(row: dict[str, object]) -> str:
    """One neighbour on the command line."""
    label = row["label"] or "no label"
    kind = KINDS[str(row["kind"])]
    more = f", closest to picture {row['closest']}" if row["closest"] else ""
    said = str(row["words"])
    head = said if said.startswith(kind) else f"{kind}: {said[0].lower()}{said[1:]}"
    return f"{row['folder']}/{row['path']}  {head} ({label}){more}"
