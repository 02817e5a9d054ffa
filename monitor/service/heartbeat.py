"""Tell a watching service that a whole pass went well: a GET, as Healthchecks and its like want it."""

from structlog.typing import FilteringBoundLogger

from monitor.channels.guarding import guarded_session
from monitor.config import Config
from monitor.errors import ConfigurationInvalid, DeliveryFailed
from monitor.http.response import status_in_words

DEADLINE = 10.0


def beat(config: Config, log: FilteringBoundLogger) -> None:
    """Call `[operator] heartbeat`, where there is one. That it could not be called is logged, and nothing more.

    The address is never shown: its path is its secret.
    """
    if not (url := config.operator.heartbeat):
        return
    try:
        answer = guarded_session(config, deadline=DEADLINE).get(url)
    except (ConfigurationInvalid, DeliveryFailed) as error:
        log.warning("no heartbeat", reason=str(error))
        return
    if not 200 <= answer.status <= 299:
        log.warning("no heartbeat", reason=f"it answers {status_in_words(answer.status)}")
