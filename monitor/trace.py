"""Traces: one id from the pass that found a change to the alerts that it causes, however much later and wherever sent.

A pass makes its trace when it begins. It is kept with the events that the pass makes, so that whoever sends what these
cause, today or after days of retries, says the same. An id is 32 hexadecimal digits, as W3C Trace Context has it.
"""

import os


def new_trace() -> str:
    """A trace that nothing has yet."""
    return os.urandom(16).hex()  # `secrets` would make every start longer
