"""What a registry calls a shared code reaches every reader: the sentence, the values beside it, mail, chat and JSON."""

import orjson
import pytest

from monitor.changes.membership import joined
from monitor.channels.chat.rendering import EventMessage
from monitor.channels.email.rendering import subject
from monitor.model import Change, Coded, Significance
from monitor.model.vocabulary import shared_words
from monitor.operate.transfer.shapes import EventShape
from monitor.render.values import card, is_summary_redundant, lines
from tests.changes.diff.records import changes, only, record
from tests.changes.test_origin import event
from tests.channels.email.test_mail import subscription

HALTED = Coded("SUSPENDED", "Temporarily halted")
CHANGE = only(changes(record(), record(overall_status=HALTED)))


def test_the_sentence_and_the_values_have_the_registrys_words():
    assert CHANGE.after == "SUSPENDED"
    assert "to Temporarily halted" in CHANGE.summary
    assert [(line.before, line.after) for line in lines(CHANGE)] == [("Recruiting", "Temporarily halted")]
    assert is_summary_redundant(CHANGE)


def test_a_mail_and_a_chat_have_them():
    message = EventMessage(event(CHANGE), title=None, url="https://registry.example", changes=[CHANGE])
    text = message.for_subscriber(subscription())

    assert subject(event(CHANGE), [CHANGE]) == "[critical] HON-0001: Temporarily halted"
    assert b"Temporarily halted" in text
    assert b"Suspended" not in text


def test_a_new_trial_is_shown_in_them():
    new, stopped = joined(record(overall_status=HALTED), None)

    assert "temporarily halted when it was first seen" in stopped.summary
    assert "Temporarily halted" in [line.stretches[0][1] for line in card(new.after, new.words)]


def test_they_are_stored_sent_and_exported_with_the_change():
    stored = orjson.loads(orjson.dumps(CHANGE.as_json()))

    assert stored["words"] == {"SUSPENDED": "Temporarily halted"}
    assert Change.from_json(stored) == CHANGE
    assert EventShape.of(event(CHANGE)).changes[0]["words"] == stored["words"]


@pytest.mark.parametrize("words", ["Halted", ["Halted"], {"SUSPENDED": 1}])
def test_what_cannot_be_words_is_not_read_back(words: object):
    with pytest.raises(TypeError):
        Change.from_json({**CHANGE.as_json(), "words": words})


@pytest.mark.parametrize("status", ["TERMINATED", "ACTIVE_NOT_RECRUITING"])
def test_words_that_all_share_are_not_repeated(status: str):
    change = only(changes(record(), record(overall_status=Coded(status, shared_words(status)))))

    assert change.words is None
    assert "words" not in change.as_json()
    assert change.significance >= Significance.MAJOR
