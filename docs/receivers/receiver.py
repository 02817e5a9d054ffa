"""A receiver of registry-monitor's webhooks, to copy: Python 3.9 or newer, and nothing else.

    monitor subscribe webhook https://example.org/hooks/trials --all       # shows the signing secret, this once
    echo whsec_… > secrets.txt; chmod 600 secrets.txt
    python3 receiver.py --port 8000 --secrets secrets.txt --inbox inbox.jsonl

Put it behind something that speaks TLS, and your own work into `act`. What it does, and yours should, too:

* It verifies each request as Standard Webhooks 1.0.0 has it, and refuses one that is more than five minutes old. The
  file has a secret a line, and is read each time: after `monitor subscriptions rotate`, add the new one and go on.
* It keeps a message on disk before it answers, and answers before it works: the sender waits for 15 seconds.
* It keeps each webhook-id once. The same message comes again where an answer was lost.
* What was kept and not acted on when it ended, it acts on when it starts again: so `act` may see a message twice.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOLERANCE = 5 * 60
LARGEST = 64 * 1024
"""Bytes; the sender keeps below 20,000."""
SHORTEST_KEY = 24


def act(message):
    """Do your work with one message, in the order in which they came. docs/webhook.schema.json describes it."""
    data = message["data"]
    if message["type"].startswith("monitor."):
        say(f"{message['type']}: {data['subject']}")
        return
    for trial in data["trials"] if message["type"] == "digest" else [data]:
        for change in trial["changes"]:
            say(f"{trial['trial_id']} {change['significance']}: {change['summary']}")


def say(text):
    """Print a line in one piece, without what could steer a terminal: a registry's words are other people's."""
    line = "".join(sign if sign.isprintable() else "?" for sign in text)
    print(f"{line}\n", end="", flush=True)  # print() by itself writes the end of the line apart


def fault(headers, body, secrets, now):
    """Why a request is not believed; None where it is."""
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identity or not stamp.isascii() or not stamp.isdigit():
        return "webhook-id or webhook-timestamp is missing or malformed"
    if len(stamp) > 12 or abs(now - int(stamp)) > TOLERANCE:
        return "the timestamp is more than five minutes off"
    signed = f"{identity}.{stamp}.".encode() + body
    right = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)) for secret in secrets]
    given = [each[3:].encode() for each in headers.get("webhook-signature", "").split() if each.startswith("v1,")]
    # Every pair is compared, each in constant time, so that time tells nothing.
    if not sum(hmac.compare_digest(one, other) for one in right for other in given):
        return "no signature is right"
    return None


def secrets_in(path):
    """The keys of a file of `whsec_…`, one a line. OSError or ValueError where it has something else."""
    lines = Path(path).read_text(encoding="utf-8").split()
    keys = [base64.b64decode(line.removeprefix("whsec_"), validate=True) for line in lines]
    # With an empty key anybody could sign.
    if not keys or min(map(len, keys)) < SHORTEST_KEY:
        raise ValueError("whsec_… is expected, a secret a line")
    return keys


class Inbox:
    """A file of JSON lines: each message as it came, once; and the ids of those that were acted on."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._file = Path(path).open("a+b")  # noqa: SIM115 - for as long as the process
        self._file.seek(0)
        kept = self._file.read()
        # A line that a crash cut off was never answered, and comes again.
        self._file.truncate(kept.rfind(b"\n") + 1)
        lines = [json.loads(line) for line in kept[: kept.rfind(b"\n") + 1].splitlines()]
        self._ids = {line["id"] for line in lines if "id" in line}
        done = {line["done"] for line in lines if "done" in line}
        self.waiting = queue.Queue()
        for line in lines:
            if "id" in line and line["id"] not in done:
                self.waiting.put((line["id"], line["message"]))

    def keep(self, identity, message):
        """Keep a message, unless it is kept already."""
        with self._lock:
            if identity not in self._ids:
                self._write({"id": identity, "message": message})
                self._ids.add(identity)
                self.waiting.put((identity, message))

    def work(self):
        """Act on what was kept, one after the other, for ever."""
        while True:
            identity, message = self.waiting.get()
            try:
                act(message)
                with self._lock:
                    self._write({"done": identity})
            except Exception as error:  # the next one is acted on all the same, and this one at the next start
                say(f"not done with {identity}: {error!r}")

    def _write(self, line):
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    secrets, inbox = "", None

    def do_POST(self):
        """Verify, keep, answer."""
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > LARGEST:
            self.close_connection = True
            return self.answer(413, "a body of at most 64 kB and its length are expected")
        body = self.rfile.read(int(length))
        try:
            wrong = fault(self.headers, body, secrets_in(self.secrets), time.time())
        except (OSError, ValueError) as error:
            say(f"{self.secrets} cannot be used: {error}")
            return self.answer(500, "the receiver is in trouble")  # and is asked again
        if wrong:
            return self.answer(401, wrong)
        try:
            self.inbox.keep(self.headers["webhook-id"], json.loads(body))
        except OSError as error:
            say(f"the inbox cannot be written: {error}")
            return self.answer(500, "the receiver is in trouble")
        except ValueError:
            return self.answer(400, "the body is not JSON")
        return self.answer(204)

    def answer(self, status, words=""):
        """The status, and why."""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_):
        """Say nothing: `act` does."""


def main():
    """Listen until it is ended."""
    options = argparse.ArgumentParser(description="Receive webhooks of registry-monitor.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8000, help="0 for any free one")
    options.add_argument("--secrets", default="secrets.txt", help="a file with a signing secret (whsec_…) a line")
    options.add_argument("--inbox", default="inbox.jsonl", help="where messages are kept")
    given = options.parse_args()
    sys.stdout.reconfigure(errors="replace")
    Handler.secrets, Handler.inbox = given.secrets, Inbox(given.inbox)
    threading.Thread(target=Handler.inbox.work, daemon=True).start()
    with ThreadingHTTPServer((given.host, given.port), Handler) as server:
        say(f"listening on http://{given.host}:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
