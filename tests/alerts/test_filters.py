"""Filters as people write them: what is refused, and with which words."""

import math

import pytest

from monitor.alerts.filters import changed_filters, checked_filters
from monitor.errors import ConfigurationInvalid
from monitor.model import Filters


@pytest.mark.parametrize("least", [-5, -0.5, math.nan, math.inf])
@pytest.mark.parametrize("name", ["min_days", "min_percent"])
def test_less_than_nothing_is_refused_and_what_to_write_is_said(name: str, least: float):
    option = f"--{name.replace('_', '-')} cannot be {least}: write 0 or more"

    with pytest.raises(ConfigurationInvalid, match=option):
        checked_filters(topics=(), kinds=(), min_significance="minor", **{name: least})
    with pytest.raises(ConfigurationInvalid, match=option):
        changed_filters(Filters(), **{name: least})
