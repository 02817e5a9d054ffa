"""`monitor worker`: the main thread of a process that takes jobs."""

from collections.abc import Callable
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.service.logs import hear_libraries
from monitor.service.memory import collect_often, share_arenas
from monitor.service.program import Program
from monitor.service.service import Reread, Service
from monitor.service.signals import obey, signals
from monitor.worker.sharing import Sharing


def work(program: Program, *, reread: Reread, clock: Callable[[], datetime], log: FilteringBoundLogger) -> bool:
    """Take jobs until SIGTERM or SIGINT; give whether all current ones could be finished. Call it from the main thread.

    Raise ConfigurationInvalid where the configuration names what there is not.
    """
    share_arenas()
    hear_libraries(log)
    program.apply_configured_watches()
    program.apply_configured_subscriptions()
    service = Service(program, clock=clock, log=log, work=Sharing)
    with signals() as came:
        collect_often()
        service.start()
        log.info("working", database=program.store.database.name)
        obey(came, service, reread)
        log.info("stopping")
        finished = service.stop()
    log.info("stopped") if finished else log.warning("stopped, leaving behind what took too long")
    return finished
