"""The receivers that docs/receivers has to copy, as processes of their own, called by the program and by strangers."""

import hmac
import json
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from standardwebhooks import Webhook

from monitor.channels.webhook.digest import digest_webhook
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.channels.digests import digest, entry, trial_id
from tests.channels.email.test_mail import CRITERIA, HALTED, TARGET
from tests.channels.webhook.test_webhook_payload import SUBSCRIBER
from tests.cli.commands import Monitor, asking, command
from tests.service.processes import eventually

RECEIVERS = Path(__file__).parent.parent / "docs" / "receivers"
TRIAL = "NCT02116634"
NODE = shutil.which("node")


@dataclass
class Receiver:
    """What a test needs of a receiver that runs: its folder has the secrets, the inbox and what it printed."""

    url: str
    folder: Path

    @property
    def printed(self) -> list[str]:
        return (self.folder / "printed").read_text(encoding="utf-8", errors="replace").splitlines()

    def printed_after(self, beginning: str) -> list[str]:
        return [line.removeprefix(beginning) for line in self.printed if line.startswith(beginning)]

    @property
    def kept(self) -> list[dict]:
        """What the inbox has of messages; each whole line."""
        lines = [json.loads(line) for line in (self.folder / "inbox").read_bytes().split(b"\n")[:-1]]
        return [line for line in lines if "id" in line]

    def post(self, body: bytes, *, secret: str, key: str = "id-1", age: float = 0, **headers: str) -> int:
        """The answer to somebody's own request."""
        at = datetime.now(UTC) - timedelta(seconds=age)
        signed = {
            "webhook-id": key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(key, at, body.decode()),
        }
        given = {name: value for name, value in {**signed, **headers}.items() if value}
        return requests.post(self.url, data=body, headers=given, timeout=20).status_code


@pytest.fixture(params=["receiver.py", "receiver.mjs"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Runs the receiver while within; what it keeps stays for the next run."""
    runner = {"receiver.py": sys.executable, "receiver.mjs": NODE}[request.param]
    if runner is None:
        pytest.skip("there is no node here to run it")
    folder = tmp_path / "receiver"
    folder.mkdir()

    @contextmanager
    def run() -> Iterator[Receiver]:
        typed = [runner, str(RECEIVERS / request.param), "--port", "0", "--secrets", "secrets", "--inbox", "inbox"]
        with (folder / "printed").open("wb") as out, subprocess.Popen(typed, cwd=folder, stdout=out) as process:
            receiver = Receiver("", folder)
            try:
                receiver.url = eventually(lambda: receiver.printed_after("listening on "))[0]
                yield receiver
            finally:
                process.kill()

    return run


def body(number: int = 1, **data: object) -> bytes:
    change = {"significance": "critical", "summary": f"Change {number}"}
    told = {"type": "trial.changed", "data": {"trial_id": TRIAL, "changes": [change], **data}}
    return json.dumps(told, ensure_ascii=False).encode()


def secret_of(number: int) -> str:
    return "whsec_" + b64encode(bytes([number]) * 32).decode()


def given(receiver: Receiver, *secrets: str) -> None:
    (receiver.folder / "secrets").write_text("\n".join(secrets) + "\n", encoding="ascii")


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    (tmp_path / "monitor").mkdir()
    run = command(tmp_path / "monitor", **asking(sandbox), MONITOR_WEBHOOKS__ALLOW_NETWORKS='["127.0.0.0/8"]')
    assert run("watch", "add", TRIAL).returncode == 0
    assert run("check").returncode == 0
    return run


def test_a_delivery_is_taken_once_however_often_it_comes_and_with_a_rotated_secret(
    running: Callable[..., object], monitor: Monitor, sandbox: Sandbox
) -> None:
    with running() as receiver:
        made = json.loads(monitor("subscribe", "webhook", receiver.url, "--trial", TRIAL, "--json").stdout)
        given(receiver, made["secret"])
        sandbox.next_state(TRIAL)
        sent = monitor("check", "--deliver")
        [delivery] = [json.loads(line) for line in monitor("deliveries", "list", "--json").stdout.splitlines()]
        rotated = monitor("subscriptions", "rotate", made["id"]).stdout.split()[-1]
        given(receiver, rotated)
        monitor("deliveries", "replay", delivery["id"])
        again = monitor("deliver")
        eventually(lambda: len(receiver.printed) > 3)

        assert (sent.returncode, again.stdout.strip()) == (0, "1 delivered")
        assert [line["id"] for line in receiver.kept] == [delivery["id"]]
        told = [line for line in receiver.printed if line.startswith(f"{TRIAL} critical: Overall status went")]
        assert len(told) == 1


def test_what_is_not_ours_is_refused_and_not_kept(running: Callable[..., object]) -> None:
    right, wrong = secret_of(1), secret_of(2)
    with running() as receiver:
        given(receiver, right)
        refused = [
            receiver.post(body(), secret=wrong),
            receiver.post(body(), secret=right, age=310),
            receiver.post(body(), secret=right, age=-330),
            receiver.post(body(), secret=right, **{"webhook-signature": ""}),
            receiver.post(body(), secret=right, **{"webhook-signature": "v1,v1, v1a,x v2,y"}),
            receiver.post(body(), secret=right, **{"webhook-timestamp": "soon"}),
            receiver.post(body(), secret=right, **{"webhook-timestamp": "9" * 400}),
            receiver.post(body(), secret=right, **{"webhook-id": "another"}),
            receiver.post(body(), secret=right, **{"webhook-id": ""}),
        ]
        garbage = receiver.post(b"{", secret=right)
        taken = [receiver.post(body(), secret=right, key="slow", age=270), receiver.post(body(2), secret=right)]

        assert refused == [401] * len(refused)
        assert garbage == 400
        assert taken == [204, 204]
        assert [line["id"] for line in receiver.kept] == ["slow", "id-1"]


def test_a_body_without_end_is_not_read(running: Callable[..., object]) -> None:
    with running() as receiver:
        given(receiver, secret_of(1))
        try:
            status = receiver.post(body(title="x" * 1_000_000), secret=secret_of(1))
        except requests.ConnectionError:
            status = 413  # it closed before all was sent

        assert status == 413
        assert receiver.kept == []


@pytest.mark.parametrize("secrets", ["", "whsec_", "whsec_!!!!", "hunter2"])
def test_no_key_is_no_reason_to_believe_anybody(running: Callable[..., object], secrets: str) -> None:
    """A signature with an empty key is one that everybody can make."""
    with running() as receiver:
        given(receiver, secrets)
        now = str(int(datetime.now(UTC).timestamp()))
        forged = b64encode(hmac.digest(b"", f"id-1.{now}.".encode() + body(), "sha256")).decode()
        headers = {"webhook-timestamp": now, "webhook-signature": f"v1,{forged}"}

        assert receiver.post(body(), secret=secret_of(1), **headers) == 500
        assert receiver.kept == []


def test_a_secret_that_is_missing_is_trouble_that_passes(running: Callable[..., object]) -> None:
    with running() as receiver:
        before = receiver.post(body(), secret=secret_of(1))
        given(receiver, secret_of(2), secret_of(1))
        after = receiver.post(body(), secret=secret_of(1))

        assert (before, after) == (500, 204)


def test_what_was_kept_is_known_after_a_crash_and_acted_on_where_it_was_not(running: Callable[..., object]) -> None:
    with running() as receiver:
        given(receiver, secret_of(1))
        for number in (1, 2):
            assert receiver.post(body(number), secret=secret_of(1), key=f"id-{number}") == 204
        eventually(lambda: (receiver.folder / "inbox").read_bytes().count(b'"done"') == 2)
    lines = (receiver.folder / "inbox").read_bytes().splitlines(keepends=True)
    undone = [line for line in lines if b'"done"' not in line or b"id-1" in line]
    (receiver.folder / "inbox").write_bytes(b"".join(undone) + b'{"id": "id-3", "mess')

    with running() as receiver:
        eventually(lambda: f"{TRIAL} critical: Change 2" in receiver.printed)
        for number in (1, 2, 3):
            assert receiver.post(body(number), secret=secret_of(1), key=f"id-{number}") == 204
        eventually(lambda: f"{TRIAL} critical: Change 3" in receiver.printed)

        assert [line["id"] for line in receiver.kept] == ["id-1", "id-2", "id-3"]
        assert f"{TRIAL} critical: Change 1" not in receiver.printed


def test_one_that_cannot_be_acted_on_keeps_nobody_back_and_nothing_steers_a_terminal(
    running: Callable[..., object],
) -> None:
    change = {"significance": "critical", "summary": "\x1b[31mred\u202e"}
    with running() as receiver:
        given(receiver, secret_of(1))
        assert receiver.post(b'{"type": "trial.changed", "data": {}}', secret=secret_of(1), key="odd") == 204
        assert receiver.post(body(changes=[change]), secret=secret_of(1)) == 204
        eventually(lambda: len(receiver.printed) == 3)

        assert receiver.printed[1].startswith("not done with odd: ")
        assert receiver.printed[2].isprintable()
        assert "[31mred" in receiver.printed[2]


def test_a_digest_is_taken_trial_by_trial(running: Callable[..., object]) -> None:
    told = digest(entry(1, TARGET), entry(2, HALTED, CRITERIA))
    with running() as receiver:
        given(receiver, secret_of(1))
        assert receiver.post(digest_webhook(told, SUBSCRIBER, sequence=1), secret=secret_of(1)) == 204
        eventually(lambda: len(receiver.printed) == 4)

        printed = [line.partition(": ")[0] for line in receiver.printed[1:]]
        assert printed == [f"{trial_id(2)} critical", f"{trial_id(2)} minor", f"{trial_id(1)} major"]


def test_it_answers_at_once(running: Callable[..., object]) -> None:
    with running() as receiver:
        given(receiver, secret_of(1))
        began = time.monotonic()
        for number in range(20):
            assert receiver.post(body(number), secret=secret_of(1), key=f"id-{number}") == 204

        assert time.monotonic() - began < 15
