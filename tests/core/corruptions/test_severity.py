from __future__ import annotations

import pytest

from core.corruptions import parameter_at

ROWS = ((0.0, 1.0), (10.0, 1.0), (15.0, 3.0), (15.0, 8.0), (16.0, 9.0), (20.0, 15.0))


@pytest.mark.parametrize("severity", range(6))
def test_a_whole_severity_is_its_row(severity: int):
    assert parameter_at(ROWS, severity) == ROWS[severity]
    assert parameter_at(ROWS, float(severity)) == ROWS[severity]


def test_between_two_rows_every_parameter_is_interpolated():
    assert parameter_at(ROWS, 1.5) == pytest.approx((12.5, 2.0))
    assert parameter_at(ROWS, 4.75) == pytest.approx((19.0, 13.5))
