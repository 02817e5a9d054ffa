"""The sandbox of the register, read by the adapter."""

from itertools import chain

import pytest

from monitor.changes.diff import diff
from monitor.model import Document
from monitor.ports import Missing, Unanswered, Unreadable
from monitor.registries.euctr.adapter import Euctr
from monitor.sandbox.euctr import Sandbox
from tests.sandbox.asking import asking

EXAMPLE = "2014-002606-20"


@pytest.fixture
def ask(monkeypatch):
    with asking(Sandbox) as client:
        yield client


@pytest.fixture
def euctr(adapter_for, ask):
    return adapter_for(ask.sandbox.base_url, adapter=Euctr)


def read(euctr, trial_id):
    (answer,) = chain(*euctr.fetch([trial_id]))
    return answer


def test_each_next_state_is_told(ask, euctr):
    kinds = {}
    for trial_id in ("2016-000111-22", "2012-000333-44", EXAMPLE):
        before = read(euctr, trial_id)
        ask.post("/sandbox/next", trial_id=trial_id)
        after = read(euctr, trial_id)
        assert euctr.unknown(after) == ()
        old, new = (euctr.parse(each, ask.clock.now) for each in (before, after))
        kinds[trial_id] = {one.kind for one in diff(old, new, on=ask.clock.now.date())}

    assert kinds == {
        "2016-000111-22": {"status.changed", "status.country", "trial.transferred"},
        "2012-000333-44": {"results.posted"},
        EXAMPLE: {"status.country"},
    }


def test_it_is_healthy_and_knows_what_it_does_not_have(euctr):
    assert euctr.answers_at_all()
    assert isinstance(read(euctr, "2014-099999-99"), Missing)


@pytest.mark.parametrize("how", ["500", "403", "challenge", "html", "empty", "cut", "truncated", "wrong_id"])
def test_however_it_misbehaves_nothing_becomes_a_document(ask, euctr, how):
    assert isinstance(read(euctr, EXAMPLE), Document)
    assert ask.post("/sandbox/misbehave", kind=how, times=100).ok, how

    assert isinstance(read(euctr, EXAMPLE), Unanswered | Unreadable)
