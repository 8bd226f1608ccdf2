"""Up to three corruptions one after the other, and which frames of a set they hit."""

from __future__ import annotations

from hashlib import blake2b

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.apply import Options, checked_name, checked_options, corrupt
from core.corruptions.severity import checked_severity
from core.errors import CorruptionError
from core.records import Chain, Condition, Image
from core.settings import SETTINGS


def corrupt_chain(image: Image, chain: Chain, *, seed: int) -> Image:
    """
    The picture under each condition of the chain in turn; a chain of one is `corrupt`.

    Args:
        image: RGB uint8, shape (height, width, 3), at the working size; not changed.
        chain: one to three conditions.
        seed: 0 or more; `frame_seed` gives each frame its own.

    Returns:
        A new array of the same shape and dtype.

    Raises:
        CorruptionError: as `checked_chain` and `corrupt`.
    """
    for condition in checked_chain(chain):
        image = corrupt(
            image,
            condition.name,
            severity=condition.severity,
            seed=seed,
            options=condition.options,
        )
    return image


def checked_chain(chain: Chain) -> Chain:
    """
    The chain as it came.

    Raises:
        CorruptionError: it has none or more than three conditions, one stands in it twice, a name
            is unknown, a severity outside 0..5 or an option out of its range.
    """
    if not 1 <= len(chain) <= SETTINGS.chain_max:
        raise CorruptionError(
            f"A chain holds one to {SETTINGS.chain_max} corruptions; found {len(chain)}. "
            "Keep those that matter most: less is more."
        )
    names = [checked_name(condition.name) for condition in chain]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CorruptionError(
            f"'{twice}' stands in the chain twice. Name it once, with a higher severity."
        )
    for condition in chain:
        checked_severity(condition.severity)
        checked_options(condition.name, condition.options)
    return chain


def parse_chain(text: str) -> Chain:
    """
    A chain as people type it, "low_light:3+motion_blur:2.5"; without a severity it is moderate, 3.

    Options stand in brackets after the name: "field_motion_blur(angle=30):2+box(x=0.3/y=0.5):3".

    Raises:
        CorruptionError: as `checked_chain`, or a severity or an option is not a number.
    """
    return checked_chain(tuple(_condition(part) for part in text.split("+")))


def chain_text(chain: Chain) -> str:
    """What `parse_chain` reads."""
    return "+".join(f"{condition_name(c)}:{c.severity:g}" for c in chain)


def condition_name(condition: Condition) -> str:
    """The corruption's name, with its options in brackets if any are chosen."""
    chosen = "/".join(f"{key}={value:g}" for key, value in condition.options)
    return f"{condition.name}({chosen})" if chosen else condition.name


def is_hit(content_hash: str, *, share: float, seed: int) -> bool:
    """
    Whether a frame is among the share of frames that get damaged.

    The draw comes from the frame's content and the seed alone, so it is the same everywhere, and
    the frames hit at a small share are among those hit at a larger one.

    Args:
        share: 0..1.

    Raises:
        CorruptionError: the share is outside 0..1.
    """
    if not 0 <= share <= 1:
        raise CorruptionError(
            f"A share of frames goes from 0 (none) to 1 (all); found {share:g}. 30 % is 0.3."
        )
    digest = blake2b(f"{content_hash}:{seed}:hit".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def is_washed_out(image: Image, chain: Chain, *, seed: int) -> bool:
    """
    Whether a chain leaves little more of the picture than a blank.

    Compared is what the chain makes of the picture with what it makes of a blank of the same mean
    colour: fog banks, drops and grain fall alike on both, so the difference is what still comes
    from the picture. Washed out: less than a fifth of the contrast of its large shapes (ours).

    Args:
        image: RGB uint8, shape (height, width, 3).

    Raises:
        CorruptionError: as `corrupt_chain`.
    """
    blank = np.empty_like(image)
    blank[:] = image.reshape(-1, 3).mean(axis=0)
    left = _small_grey(corrupt_chain(image, chain, seed=seed))
    left -= _small_grey(corrupt_chain(blank, chain, seed=seed))
    had = _small_grey(image) - _small_grey(blank)
    return float(left.std()) < SETTINGS.washed_out_contrast * float(had.std())


def _condition(text: str) -> Condition:
    name, _, severity = text.strip().rpartition(":") if ":" in text else (text.strip(), "", "")
    name, _, options = name.strip().partition("(")
    try:
        return Condition(
            name.strip(),
            float(severity) if severity else SETTINGS.severity_default,
            _options(options),
        )
    except ValueError:
        raise CorruptionError(
            f"'{text.strip()}' cannot be read. Write a name, a colon and a number from 0 to 5, "
            "such as low_light:3; options stand in brackets: field_motion_blur(angle=30):3."
        ) from None


def _options(text: str) -> Options:
    """The options in brackets, without the opening one; ValueError where that is not what it is."""
    if not text:
        return ()
    if not text.endswith(")"):
        raise ValueError(text)
    pairs = [pair.partition("=") for pair in text[:-1].split("/")]
    return tuple((key.strip(), float(value)) for key, _, value in pairs)


def _small_grey(image: Image) -> NDArray[np.float32]:
    """Grey levels at a short side of 32 px, where grain and fine texture have averaged out."""
    height, width = image.shape[:2]
    shrink = min(1.0, 32 / min(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey: NDArray[np.float32] = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return grey
