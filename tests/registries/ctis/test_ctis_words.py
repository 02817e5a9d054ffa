"""A trial that is halted, from the registry's answer to every reader: in its own words everywhere."""

from datetime import date

import orjson

from monitor.changes.diff import diff
from monitor.changes.significance import weigh_all
from monitor.channels.chat.rendering import EventMessage
from monitor.channels.email.rendering import subject
from monitor.model import Change
from monitor.registries.ctis.documents import document_of
from monitor.registries.ctis.record import parse
from monitor.render.values import lines, not_shown_yet
from tests.changes.test_origin import event
from tests.channels.email.test_mail import subscription
from tests.registries.ctis.fake import CORK
from tests.registries.ctis.test_ctis_records import in_all


def changes(before: int, after: int) -> tuple[Change, ...]:
    records = (parse(document_of(in_all(code), CORK)) for code in (before, after))
    return weigh_all(diff(*records, on=date(2024, 10, 1)))


def shown(change: Change) -> list[tuple[str, str]]:
    return [(line.before, line.after) for line in lines(change)]


def test_a_halt_is_called_so_in_table_sentence_subject_chat_and_webhook():
    halt, countries = changes(4, 6)

    assert (halt.kind, halt.before, halt.after) == ("status.stopped", "RECRUITING", "SUSPENDED")
    assert halt.summary == "Overall status went from Ongoing, recruiting to Temporarily halted."
    assert shown(halt) == [("Ongoing, recruiting", "Temporarily halted")]
    assert subject(event(halt), [halt, countries]) == "[critical] HON-0001: Temporarily halted"
    message = EventMessage(event(halt), title=None, url="https://registry.example", changes=[halt, countries])
    text = message.for_subscriber(subscription())
    sent = orjson.dumps([halt.as_json(), countries.as_json()])
    for told in (text, sent):
        assert b"Temporarily halted" in told
        assert b"Suspended" not in told
    assert orjson.loads(sent)[0]["words"] == {
        "RECRUITING": "Ongoing, recruiting",
        "SUSPENDED": "Temporarily halted",
    }


def test_a_country_is_shown_with_its_status():
    _, countries = changes(4, 6)

    texts = [words for line in lines(countries) for _, words in line.stretches]
    assert "Portugal: Temporarily halted" in texts
    assert "Denmark: Ongoing, recruiting" in texts


def test_a_move_within_a_shared_code_is_shown_in_the_registrys_words():
    suspended, countries = sorted(changes(6, 7), key=lambda change: change.field, reverse=True)

    assert str(countries.significance) == "minor"
    assert (suspended.kind, str(suspended.significance)) == ("status.changed", "minor")
    assert suspended.summary == "Overall status went from Temporarily halted to Suspended."
    (line,) = lines(suspended)
    assert (line.before, line.after) == ("Temporarily halted", "Suspended")
    assert not_shown_yet(suspended) == ""
    assert subject(event(suspended), [suspended]) == "[minor] HON-0001: Suspended"
    assert Change.from_json(orjson.loads(orjson.dumps(suspended.as_json()))) == suspended
