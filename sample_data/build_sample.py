"""
Makes everything in sample_data: frames, metadata.csv, planted.json and the model.

    python sample_data/build_sample.py

The same seed and packages give the same frames, bit for bit. The photos are real (photos/); what
happens to them in the field is simulated. Needs the extra `sample` for the model's trunk.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from builder import cutouts, plan
from builder.files import copy_photos, write_frame, write_metadata
from builder.frames import clip_frames, studio_frame
from numpy.typing import NDArray

SEED = 20260302
HERE = Path(__file__).resolve().parent
TRAINING, REFERENCE = 1, 2  # stages: their compositions never meet
N_TRAINING, N_REFERENCE = 120, 240
DECAY = 1e-5  # of the head's weights
STUDIO_START = datetime(2026, 2, 16, 9)


def build_field() -> list[dict[str, str]]:
    """Writes the field frames and planted.json; the rows of metadata.csv."""
    clips = plan.field_clips(SEED)
    wrong = plan.wrong_labels(SEED, clips)
    rows = []
    frozen: NDArray[np.uint8] | None = None
    for clip in clips:
        frames = list(clip_frames(SEED, clip))
        if clip.is_stuck:
            frozen = frames[0] if frozen is None else frozen
            frames = [frozen] * len(frames)
        for path, taken_at, image in zip(clip.paths, clip.times, frames, strict=True):
            facts = {"camera": clip.camera.name, "place": clip.camera.place}
            target = HERE / "field" / path
            write_frame(target, image, taken_at=taken_at, quality=clip.quality, **facts)
            label = wrong.get(path, clip.label)
            row = {"path": f"field/{path}", "label": label, "taken_at": taken_at.isoformat()}
            rows.append({**row, **facts, "light": clip.light})
    facts_text = json.dumps(plan.planted(clips, wrong), indent=1)
    (HERE / "planted.json").write_text(facts_text + "\n", encoding="utf-8")
    return rows


def build_reference() -> list[dict[str, str]]:
    """Writes the reference frames; the rows of metadata.csv."""
    rows = []
    for number in range(N_REFERENCE):
        label, image = studio_frame(SEED, REFERENCE, number)
        taken_at = STUDIO_START + timedelta(seconds=95 * number)
        facts = {"camera": "studio", "place": "studio"}
        path = f"reference/{label}/studio_{number:03d}.jpg"
        write_frame(HERE / path, image, taken_at=taken_at, quality=plan.GOOD_QUALITY, **facts)
        row = {"path": path, "label": label, "taken_at": taken_at.isoformat()}
        rows.append({**row, **facts, "light": "studio"})
    return rows


def build_model() -> None:
    """Trains the head on compositions of the reference style that are not shipped."""
    from builder import head

    pairs = [studio_frame(SEED, TRAINING, number) for number in range(N_TRAINING)]
    labels = [plan.CLASSES.index(label) for label, _ in pairs]
    network = head.trunk(len(plan.CLASSES))
    head.fit_head(network, [image for _, image in pairs], labels, decay=DECAY, seed=SEED)
    head.save(network, HERE / "model" / "tools_lite0.safetensors", plan.CLASSES)


def main() -> None:
    """Rebuilds everything but the photos."""
    tools = {name for photos in cutouts.TOOLS.values() for name in photos}
    used = tools | {*cutouts.CLUTTER, *cutouts.ANIMALS}
    copy_photos(HERE.parents[1] / "shared" / "photos", cutouts.PHOTOS, used)
    for folder in ("field", "reference"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    rows = build_reference() + build_field()
    write_metadata(HERE / "metadata.csv", rows)
    print(f"{len(rows)} frames written; training the head on {N_TRAINING} more ...")
    build_model()


if __name__ == "__main__":
    main()
