"""A bare script that sends so many messages, all the same, over one connection, and writes down that each was taken.

    python -P floor_deliver.py webhook|email PORT COUNT DATABASE

It has no queue, retries, rendering, guards or second thread. It is run by its path, and imports nothing of this
package.
"""

import sqlite3
import sys
from collections.abc import Iterator
from time import time

BODY = b'{"type":"trial.changed","data":{"registry":"clinicaltrials.gov","trial_id":"NCT00000001","changes":[%s]}}'
BODY %= b",".join([b'{"field":"overall_status","before":"RECRUITING","after":"SUSPENDED"}'] * 10)
MAIL = (
    "From: monitor@example.org\r\nTo: %s\r\nSubject: [critical] NCT00000001: Suspended\r\n\r\n"
    + "It changed.\r\n" * 300
)
TOGETHER = 100
"""Messages written down in one transaction."""


def send_webhooks(port: int, count: int) -> Iterator[int]:
    """POST each, signed, and give its number."""
    import hmac
    from base64 import b64encode
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", port)
    for number in range(count):
        at = str(int(time()))
        signed = hmac.digest(b"secret", f"{number}.{at}.".encode() + BODY, "sha256")
        headers = {
            "Content-Type": "application/json",
            "webhook-id": str(number),
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{b64encode(signed).decode()}",
        }
        connection.request("POST", "/", BODY, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 204
        yield number


def send_mails(port: int, count: int) -> Iterator[int]:
    """Send each, and give its number."""
    from smtplib import SMTP

    with SMTP("127.0.0.1", port) as server:
        for number in range(count):
            address = f"reader{number}@example.org"
            server.sendmail("monitor@example.org", [address], MAIL % address)
            yield number


if __name__ == "__main__":
    channel, port, count, file = sys.argv[1:]
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE IF NOT EXISTS sent (number INTEGER, at REAL)")
    send = {"webhook": send_webhooks, "email": send_mails}[channel]
    for number in send(int(port), int(count)):
        database.execute("INSERT INTO sent VALUES (?, ?)", (number, time()))
        if number % TOGETHER == TOGETHER - 1:
            database.commit()
    database.commit()
