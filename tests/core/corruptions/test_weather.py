from __future__ import annotations

import colorsys

import numpy as np
import pytest

from core.corruptions import corrupt


def test_brightness_keeps_hue_and_saturation():
    picture = np.full((8, 8, 3), (120, 60, 30), np.uint8)

    bright = corrupt(picture, "brightness", severity=2, seed=0)[0, 0] / 255

    hue, saturation, value = colorsys.rgb_to_hsv(*bright)
    expected = colorsys.rgb_to_hsv(120 / 255, 60 / 255, 30 / 255)
    assert (hue, saturation) == pytest.approx(expected[:2], abs=0.01)
    assert value == pytest.approx(expected[2] + 0.2, abs=0.005)


def test_brightness_lifts_black_to_grey():
    black = np.zeros((8, 8, 3), np.uint8)

    assert (corrupt(black, "brightness", severity=5, seed=0) == 127).all()


def test_fog_pulls_light_and_dark_together():
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, ::2] = 240

    spread = [corrupt(picture, "field_fog", severity=s, seed=0).std() for s in (0, 1, 3, 5)]

    assert spread == sorted(spread, reverse=True)
    assert spread[3] < spread[0] / 2


def test_rain_falls_in_steep_streaks():
    grey = np.full((448, 448, 3), 110, np.uint8)
    grey[::3, ::5] = 180

    rain = corrupt(grey, "field_rain", severity=3, seed=1).astype(float)
    drier = corrupt(grey, "field_rain", severity=2.9, seed=1).astype(float)

    streaks = np.clip(rain - drier, 0, None)[..., 0]
    streaks -= np.median(streaks)
    along = (streaks[1:] * streaks[:-1]).mean()
    across = (streaks[:, 1:] * streaks[:, :-1]).mean()
    assert along > across
