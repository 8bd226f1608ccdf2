"""The sentences about labels that look wrong; page and command line say the same."""

from __future__ import annotations

from core.findings.statements import between, count_of, percent
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

METHOD = (
    "Ranking: cleanlab (confident learning, Northcutt et al. 2021): frames whose label is not the "
    "most probable class, ordered by normalised margin, from out-of-sample probabilities only. "
    "“Learnt anew”: a logistic regression on standardised embeddings, five folds that never split "
    "a clip, so that no frame is judged by a learner that saw it or its neighbours; frames locked "
    "by a hold-out are left out. “The model”: its softmax, out-of-sample only if these "
    "labels were not trained on. Events: union of suspects with the same label that share a clip "
    "or differ in at most 6 of 64 dHash bits; blank frames link nothing. Look-alikes: cosine "
    "similarity, other clips only, suspects never among them. Shares: Wilson intervals on the "
    "effective count of clips. The rate of wrong labels comes from the random check alone, in "
    "steps of 50 decided throughout; suspects are chosen for looking wrong and would overstate it."
)
FROM_CROSSED = (
    "Judged by a learner that was never shown the frame or its clip, so a label cannot vouch for "
    "itself."
)
FROM_MODEL = (
    "Judged by the model's own answers. That is fair only where it was not trained on these "
    "labels; if it was, choose “learnt anew”."
)


def found_statement(
    suspects: int, events: int, labelled: int, clips: int, *, unjudged: int
) -> Statement:
    """How many labels look wrong, in how many events."""
    beside = (
        f" {count_of(unjudged, 'frame')} could not be judged: locked, or a class seen in too few "
        "clips."
        if unjudged
        else ""
    )
    if not suspects:
        return Statement(
            f"No label looks wrong among {count_of(labelled, 'labelled frame')}.{beside}",
            "The random check below still tells how many are wrong unnoticed.",
            State.NOT_ENOUGH if clips < SETTINGS.min_clips else State.NONE_FOUND,
        )
    looks = "label looks" if suspects == 1 else "labels look"
    return Statement(
        f"{suspects:,} {looks} wrong, in {count_of(events, 'event')}, of "
        f"{count_of(labelled, 'labelled frame')}.{beside}",
        "Decide event by event, worst first: many will turn out right, and that is a finding too."
        if clips >= SETTINGS.min_clips
        else f"Only {count_of(clips, 'clip')}: look at them all yourself; no ranking can be "
        "trusted on so few.",
        State.SUSPECTED if clips >= SETTINGS.min_clips else State.NOT_ENOUGH,
    )


def hit_statement(
    labels: Accuracy, models: Accuracy, unclear: Accuracy, no_error: Accuracy
) -> Statement:
    """What the suspects looked at turned out to be."""
    if not labels.of:
        return Statement("No suspect looked at yet.", "Decide a few events.", State.NOT_ENOUGH)
    parts = [
        f"{_share(labels)} labelled wrong",
        f"{_share(models)} labelled right, the model wrong",
        f"{_share(unclear)} unclear",
    ]
    if no_error.right:
        parts.append(f"{_share(no_error)} right on both sides")
    return Statement(
        f"Of {count_of(labels.of, 'suspect')} looked at: {'; '.join(parts)}.",
        "This is the hit rate among suspects; it says nothing about the other labels.",
        State.NOT_ENOUGH if labels.clips < SETTINGS.min_clips else State.CONFIRMED,
    )


def _share(found: Accuracy) -> str:
    return f"{found.right:,} of {found.of:,} ({between(found.low, found.high)})"


def rate_statement(
    wrong: Accuracy, unclear: int, *, looked_at: int, drawn: int, labelled: int
) -> Statement:
    """How many labels are wrong in all, from the random check alone."""
    if not wrong.of:
        step = min(SETTINGS.check_step, drawn)
        return Statement(
            f"How many labels are wrong in all is not known yet: {looked_at:,} of the "
            f"{count_of(drawn, 'frame')} of the random check looked at.",
            f"Decide the first {count_of(step, 'frame')} of it; suspects cannot tell, because they "
            "were chosen for looking wrong.",
            State.NOT_ENOUGH,
        )
    doubt = f" {count_of(unclear, 'frame')} stayed unclear and may add to it." if unclear else ""
    return Statement(
        f"Of {count_of(wrong.of, 'frame')} drawn by lot {wrong.right:,} "
        f"{'was' if wrong.right == 1 else 'were'} labelled wrong ({percent(wrong.rate)} of "
        f"{wrong.of:,} frames); among all {labelled:,} it is {between(wrong.low, wrong.high)}."
        f"{doubt}",
        "Enough for a first figure; the rest of the random check narrows it."
        if wrong.of < drawn
        else "This is the figure to quote, not the number of suspects.",
        State.NOT_ENOUGH if wrong.clips < SETTINGS.min_clips else State.CONFIRMED,
    )


def reason(given: str, other: str, *, frames: int, answer: str | None) -> str:
    """Why an event is here: "Labelled Pliers. Pictures like it are Hammers elsewhere"."""
    what = "The label says" if frames == 1 else f"The label of these {frames:,} frames says"
    said = f" The model says {answer}." if answer and answer != other else ""
    return f"{what} {given}; it looks like {other}.{said}"


def outcome_words(found: str | None) -> str:
    """The outcome of one suspect, for its line."""
    return {
        "label_error": "label error",
        "model_error": "model error",
        "unclear": "unclear",
        "no_error": "right on both sides",
    }.get(found or "", "not looked at")
