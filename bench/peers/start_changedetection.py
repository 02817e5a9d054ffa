"""`python -P start_changedetection.py …`: changedetection.io as a service, ended when all was looked at and told.

Its batch mode ends by itself, but notifies nobody. This waits as that does, and for its notifications besides.
"""

import os
import signal
import sys
import threading
import time

import changedetectionio
from changedetectionio import flask_app, worker_pool

AFTER = 2
"""Seconds in which the last notification that was taken is sent."""


def _end_when_done() -> None:
    while getattr(changedetectionio, "socketio", None) is None:  # set once all watches are queued
        time.sleep(0.1)
    worker_pool.wait_for_all_checks(flask_app.update_q, timeout=300)
    while not flask_app.notification_q.empty():
        time.sleep(0.2)
    time.sleep(AFTER)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_when_done, daemon=True).start()
    sys.exit(changedetectionio.main())
