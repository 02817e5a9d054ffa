"""The long-running process: it looks at registries when they are due, sends what is owed, and says how it is.

    serving       the main thread: signals, and a watch over everything else
    service       the threads, and what is said of them over HTTP by `monitor.web`
    ticking       APScheduler's one job, which only wakes the workers
    worker        a thread that takes a step when it is woken; there are three:
      checker       passes over registries that are due; `outages` judges their health, purely
      dispatcher    sends what is owed, when it is due
      leadership    keeps the lease that makes this process the only active one; `holder` is its name
    watchdog      whether workers hang
    logs, heartbeat   what it says by itself        memory    what it gives back

Truth is in the database: due times, deliveries, the lease. A process that is killed anywhere loses nothing, and the
next one goes on. Two that are active at once for a moment are impolite to the registry, and harmless otherwise: a
batch is decided on behind the registry's lock, and a delivery is claimed once.
"""

from monitor.service.serving import serve

__all__ = ["serve"]
