"""The long-running process: it checks registries when they are due, sends what is owed, and reports its health.

    serving       the main thread: signals, and the checks that everything else is alive
    service       the threads, and what is said of them over HTTP by `monitor.web`
    ticking       APScheduler's one job, which only wakes the workers; checked by the monotonic clock
    worker        a thread that takes a step when it is woken; there are four:
      checker       runs a pass over each registry that is due; `outages` judges its health
      dispatcher    sends what is owed, when it is due
      bounces       reads the mails that come back, where there is a mailbox for them
      leadership    keeps the lease that makes this process the only active one
    watchdog      whether workers hang         troubles   what lasts, told to the operator once
    logs, heartbeat   what it says by itself      memory   what it gives back to the system

Truth is in the database: due times, deliveries, the lease. A process that is killed anywhere loses nothing, and the
next one goes on. Two that are active at once for a moment are harmless: they keep one pace at the registry, a batch
is decided on behind the registry's lock, and a delivery is claimed once.
"""

from monitor.service.serving import serve

__all__ = ["serve"]
