"""Signatures, judged by the two libraries that receivers use."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import standardwebhooks
import svix.webhooks
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.channels.signing import PREFIX, new_secret, signature, signed_headers
from monitor.errors import ConfigurationInvalid

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
ID = "0d6f4a53-6c0e-5b0d-9e5a-0a7a52f0c7b1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=5)
    ),
    max_leaves=20,
)
REFUSALS = (standardwebhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)


@pytest.fixture(params=[standardwebhooks.Webhook, svix.webhooks.Webhook], ids=["standardwebhooks", "svix"])
def receiver(request):
    """A library's class that verifies deliveries, given the secret."""
    return request.param


def signed(body: bytes, *secrets: str, at: datetime = NOW) -> dict[str, str]:
    return signed_headers(secrets, id=ID, timestamp=int(at.timestamp()), body=body)


@given(data=JSON, copies=st.sampled_from([1, 30, 3_000]))
@example(data="", copies=1)
@example(data="Évaluation 💉 \u2028 \x00", copies=3_000)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_body_is_accepted(receiver, data, copies):
    secret = new_secret()
    once = len(json.dumps(data, ensure_ascii=False).encode()) + len(", ")
    body = json.dumps([data] * min(copies, 100_000 // once), ensure_ascii=False).encode()

    with time_machine.travel(NOW, tick=False):
        receiver(secret).verify(body, signed(body, secret))


def test_a_body_of_any_other_byte_is_refused(receiver):
    secret, body = new_secret(), '{"title":"Évaluation"}'.encode()
    headers = signed(body, secret)

    with time_machine.travel(NOW, tick=False):
        for place in range(len(body)):
            for other in {body[place] ^ 1, ord(" "), ord("é") & 0x7F} - {body[place]}:
                changed = body[:place] + bytes([other]) + body[place + 1 :]
                with pytest.raises((*REFUSALS, UnicodeDecodeError)):
                    receiver(secret).verify(changed, headers)


@pytest.mark.parametrize(("seconds", "accepted"), [(-301, False), (-299, True), (299, True), (301, False)])
def test_five_minutes_of_tolerance(receiver, seconds, accepted):
    secret, body = new_secret(), b"{}"
    headers = signed(body, secret)

    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        if accepted:
            receiver(secret).verify(body, headers)
        else:
            with pytest.raises(REFUSALS):
                receiver(secret).verify(body, headers)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
def test_the_zone_of_the_sender_does_not_matter(receiver, zone):
    secret = new_secret()
    with time_machine.travel(NOW, tick=False):
        receiver(secret).verify(b"{}", signed(b"{}", secret, at=NOW.astimezone(ZoneInfo(zone))))


def test_while_a_secret_is_rotated_the_old_and_the_new_one_verify(receiver):
    new, old, stranger = new_secret(), new_secret(), new_secret()
    headers = signed(b"{}", new, old)

    with time_machine.travel(NOW, tick=False):
        receiver(new).verify(b"{}", headers)
        receiver(old).verify(b"{}", headers)
        with pytest.raises(REFUSALS):
            receiver(stranger).verify(b"{}", headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_of_another_delivery_is_refused(receiver, header):
    secret = new_secret()
    headers = signed(b"{}", secret)
    other = signed_headers([secret], id="another", timestamp=int(NOW.timestamp()) + 1, body=b"[]")

    with time_machine.travel(NOW, tick=False), pytest.raises(REFUSALS):
        receiver(secret).verify(b"{}", headers | {header: other[header]})


def test_secrets_are_long_and_never_the_same():
    made = {new_secret() for _ in range(100)}

    assert len(made) == 100
    assert all(len(secret) == len(PREFIX) + 44 for secret in made)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_ü", "whsec_abc"])
def test_a_damaged_secret_is_refused_and_not_shown(secret):
    with pytest.raises(ConfigurationInvalid) as caught:
        signature(secret, id=ID, timestamp=0, body=b"")

    assert not secret.removeprefix(PREFIX) or secret not in str(caught.value)


def test_nothing_is_sent_unsigned():
    with pytest.raises(ConfigurationInvalid, match="no signing secret"):
        signed(b"{}")
