"""How much of the same a test tries: a sample whenever tests run, and all of it in `make test-slow`.

Hypothesis has a profile for each: a test says `@examples(…)` only where one example takes long.

Where the time limit strikes in an example, Hypothesis repeats the example, which then passes, and calls the test flaky.
So all of it takes a third of the limit at most, on two slow cores with nothing else to do.
"""

import os
from collections.abc import Iterable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

T = TypeVar("T")

# How fast the machine is says nothing about the program.
UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}

FUZZED = int(os.environ.get("FUZZED", "300"))
"""Damaged documents of each registry in `make test-slow`; `make fuzz` tries ten thousand."""

SAMPLE = 50
settings.register_profile("sample", max_examples=SAMPLE, derandomize=True, **UNHURRIED)
settings.register_profile("thorough", max_examples=500, **UNHURRIED)
settings.load_profile("sample")


def examples(sample: int, whole: int) -> settings:
    """How many examples a test draws of which one takes long."""
    return settings(max_examples=sample if settings.default.max_examples == SAMPLE else whole)


def seeds(count: int) -> list[object]:
    """As many numbers to draw from by chance, of which the first is the sample."""
    return [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, count))]


def sizes(sample: int, whole: int) -> list[object]:
    """How many of the same: the sample, and all of it."""
    return [sample, pytest.param(whole, marks=pytest.mark.slow)]


def some_of(everything: Iterable[T], *, one_in: int) -> list[object]:
    """One in so many, and all the others."""
    return [
        each if number % one_in == 0 else pytest.param(each, marks=pytest.mark.slow)
        for number, each in enumerate(everything)
    ]
