"""A mail whose page is rendered once for many readers is to the letter the one that is rendered for each."""

import re
from collections.abc import Mapping
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.channels.channel import EventContext
from monitor.channels.email import mime, slots
from monitor.channels.email.alert import Alert
from monitor.channels.email.rendering import EventMail
from monitor.channels.email.slots import SLOTS, Slotted
from monitor.model import Subscription
from tests.channels.email.mails import addressed
from tests.channels.email.test_mail import CRITERIA, HALTED, TARGET, URL, event, subscription
from tests.sample_sizes import examples

HOSTILE = "<b>&amp;\"'` \u00a0\u2028\ue000\ue001\ue002\ue003\ue004 {{ why }} ]]> --> \x00\x1b[31m é\U0001f9ea </td>"


@pytest.fixture(scope="module")
def told() -> EventMail:
    told = event(HALTED, TARGET, CRITERIA)
    title = re.sub("[\ue000-\ue004]", "", HOSTILE)
    return EventMail(EventContext(told, title, None, URL, registry_name="ClinicalTrials.gov"), told.changes)


def bytes_for(mail: EventMail, reader: Subscription, *, sequence: int = 17, **own: str) -> bytes:
    made_for = {"subscription": reader, "delivery_id": "a99784b4", "sequence": sequence, "date": reader.created_at}
    return mail.for_subscriber(*addressed(**made_for, **own))


def rendered_for_each(mail: EventMail, reader: Subscription, **own: object) -> bytes:
    """Without any slot: as for the first reader of all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Slotted, "of", lambda *_: None)
        for each in mail._alerts.values():
            each._shared.clear()
        whole = bytes_for(mail, reader, **own)
    for each in mail._alerts.values():
        each._shared.clear()
    return whole


NOTES = st.none() | st.text(max_size=80) | st.sampled_from([HOSTILE, "&nbsp;", "&#38;", "a  b", " x ", "<!--", "\r\n"])


@examples(60, 500)  # each renders a mail twice
@given(
    note=NOTES,
    watch=NOTES,
    sequence=st.integers(0, 10**9),
    unsubscribe=st.sampled_from(
        ["mailto:o@example.org", "https://example.org/leave?a=b&c='d'&amp;quot;", "https://example.org/é%22<x>?&lt"]
    ),
    manage=st.sampled_from(["", "https://example.org/a/AbC_-"]),
)
@example(note=HOSTILE, watch=HOSTILE, sequence=0, unsubscribe="https://example.org/?a&b", manage="")
def test_a_shared_page_is_the_one_that_is_rendered_for_each(told, note, watch, sequence, unsubscribe, manage):
    first = subscription(address="first@example.org", note="another" if note else None)
    reader = subscription(note=note, trials=frozenset(), watch_id=7, watch=watch)

    own = {"sequence": sequence, "unsubscribe": unsubscribe, "manage": manage}
    whole = rendered_for_each(told, reader, **own)
    bytes_for(told, first, manage=manage and "https://example.org/a/first")

    assert bytes_for(told, reader, **own) == whole


def test_one_page_is_rendered_for_two_hundred_readers(told, monkeypatch):
    """And a second one for those who wrote themselves a note."""
    rendered = []
    real = Alert._rendered

    def rendering_it(mail: Alert, own: Mapping[str, str]) -> str:
        rendered.append(own)
        return real(mail, own)

    monkeypatch.setattr(Alert, "_rendered", rendering_it)
    told._alerts.clear()
    mails = {
        bytes_for(told, subscription(address=f"{number}@example.org", note="mine" if number % 2 else None))
        for number in range(200)
    }

    assert len(mails) == 200
    assert len(rendered) == 2


@pytest.mark.parametrize("page", ["", "\ue000\ue000\ue002\ue003", "\ue000\ue001\ue002\ue003", "\ue002\ue003"])
def test_a_page_in_which_a_mark_is_not_found_once_is_not_shared(page):
    assert Slotted.of(page, ["why", "leave", "sequence"]) is None


@pytest.mark.parametrize("mark", slots.slots(SLOTS).values())
def test_a_title_with_a_mark_in_it_is_shown_as_it_is(mark):
    told = event(HALTED)
    mail = EventMail(EventContext(told, f"Mark {mark}", None, URL), told.changes)
    readers = [subscription(address=f"{number}@example.org", note=f"note {number}") for number in range(2)]

    mails = [bytes_for(mail, reader) for reader in readers]

    assert mails == [rendered_for_each(mail, reader) for reader in readers]
    assert all(f"note {number}".encode() in each for number, each in enumerate(mails))


@examples(30, 500)  # each is drawn by a long expression
@given(st.from_regex(mime._PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_is_what_the_standard_library_reads(address):
    assert mime.address("To", address) == ("To", parseaddr(address)[1][:254])
