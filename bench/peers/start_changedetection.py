"""`python -P start_changedetection.py …`: changedetection.io as a service, ended when all was looked at and told.

Its batch mode ends by itself, but notifies nobody. This waits in the same way, and for its notifications besides.
"""

import os
import signal
import sys
import threading
import time

from changedetectionio import flask_app, main, worker_pool

BEFORE, AFTER = 3, 2
"""Seconds: until its workers have begun, as in batch mode, and in which a notification that was taken is sent."""


def _end_when_done() -> None:
    time.sleep(BEFORE)
    worker_pool.wait_for_all_checks(flask_app.update_q, timeout=300)
    while not flask_app.notification_q.empty():
        time.sleep(0.2)
    time.sleep(AFTER)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_when_done, daemon=True).start()
    sys.exit(main())
