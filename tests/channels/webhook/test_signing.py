"""Signatures, judged by the two libraries that receivers use."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import standardwebhooks
import svix.webhooks
import time_machine

from monitor.channels.webhook.signing import PREFIX, new_secret, signature, signed_headers
from monitor.errors import ConfigurationInvalid
from tests.sample_sizes import sizes

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
ID = "0d6f4a53-6c0e-5b0d-9e5a-0a7a52f0c7b1"
REFUSALS = (standardwebhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)


@pytest.fixture(params=[standardwebhooks.Webhook, svix.webhooks.Webhook], ids=["standardwebhooks", "svix"])
def receiver(request):
    """A library's class that verifies deliveries, given the secret."""
    return request.param


def signed(body: bytes, *secrets: str, at: datetime = NOW) -> dict[str, str]:
    return signed_headers(secrets, id=ID, timestamp=int(at.timestamp()), body=body)


BODIES = sizes(500, 10_000)
LONGEST = 100_000


def text_of_every_script(chance: random.Random, length: int) -> str:
    """Control characters, accents, CJK, right-to-left and emoji, and what JSON puts a backslash before."""
    ranges = [
        (0, 0x7F),
        (0x20, 0x7E),
        (0xA0, 0x24F),
        (0x590, 0x6FF),
        (0x2000, 0x206F),
        (0x4E00, 0x9FFF),
        (0x1F300, 0x1FAFF),
    ]
    return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(length))


def bodies(count: int) -> Iterator[bytes]:
    """From nothing to 100 kB, the short ones more often."""
    chance = random.Random(1)
    text = text_of_every_script(chance, 2 * LONGEST)
    yield from (b"", b"{}", text.encode()[:LONGEST].decode(errors="ignore").encode())
    for _ in range(count - 3):
        size = int(LONGEST ** chance.random())
        start = chance.randrange(LONGEST)
        yield (
            json.dumps(text[start : start + size], ensure_ascii=False)
            .encode()[:LONGEST]
            .decode(errors="ignore")
            .encode()
        )


def accepts(receiver, body: bytes, headers: dict[str, str], **options: bool) -> bool:
    try:
        receiver.verify(body, headers, **options)
    except (*REFUSALS, UnicodeDecodeError):
        return False
    return True


@pytest.mark.parametrize("count", BODIES)
def test_bodies_are_accepted_and_refused_with_any_byte_or_time_altered(count):
    """By both libraries. Which byte, and what it becomes, is left to chance."""
    secret, chance = new_secret(), random.Random(2)
    receivers = ((standardwebhooks.Webhook(secret), {"json_parse": False}), (svix.webhooks.Webhook(secret), {}))
    seen, sizes = 0, []
    with time_machine.travel(NOW, tick=False):
        for body in bodies(count):
            headers = signed(body, secret)
            off = [signed(body, secret, at=NOW + timedelta(seconds=seconds)) for seconds in (-301, 301)]
            place = chance.randrange(len(body) or 1)
            changed = body[:place] + bytes([(body or b"0")[place] ^ chance.randint(1, 255)]) + body[place + 1 :]
            for receiver, options in receivers:
                assert accepts(receiver, body, headers, **options), body
                assert not accepts(receiver, changed, headers, **options), (body, changed)
                assert not any(accepts(receiver, body, late, **options) for late in off), body
            seen += 1
            sizes.append(len(body))

    assert seen == count
    assert min(sizes) == 0
    assert LONGEST - 4 < max(sizes) <= LONGEST


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
def test_the_zone_of_the_senders_machine_does_not_matter(receiver, zone):
    secret = new_secret()
    with time_machine.travel(NOW.astimezone(ZoneInfo(zone)), tick=False):
        assert datetime.now().astimezone().utcoffset() == NOW.astimezone(ZoneInfo(zone)).utcoffset()
        headers = signed(b"{}", secret, at=datetime.now(UTC))
    with time_machine.travel(NOW, tick=False):
        receiver(secret).verify(b"{}", headers)


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
