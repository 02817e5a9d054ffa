"""The main thread: it starts the service, watches over it, and ends it when it is told to.

    SIGTERM, SIGINT   finish the current batch and sends, give up the lease, leave
    SIGHUP            reread the configuration; one that cannot be used is named in the log, and the former one stays

What is claimed and not sent then is sent by the next process, once its claim has expired.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from structlog.typing import FilteringBoundLogger

from monitor.access.context import AccessContext
from monitor.alerts.links import Links
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.mcp import NEEDED
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.service.alone import Alone
from monitor.service.logs import hear_libraries
from monitor.service.memory import REST_EVERY, Resting, collect_often, share_arenas
from monitor.service.program import Program
from monitor.service.service import Reread, Service
from monitor.service.signals import obey, signals
from monitor.service.work import MakeWork
from monitor.service.worker import Worker
from monitor.storage.store import Store
from monitor.watching.asking import SearchAsker
from monitor.web.access.visiting import Visitors
from monitor.web.api.loading import api_routes
from monitor.web.application import application
from monitor.web.machines.hooks import bounce_route
from monitor.web.server.listening import Listener, listen
from monitor.web.server.peers import networks_of
from monitor.web.site.answering import THREADS, Answering
from monitor.web.site.proof import ProofReader
from monitor.web.site.rendering import Pages
from monitor.web.site.site import Site


def serve(
    program: Program,
    *,
    reread: Reread,
    clock: Callable[[], datetime],
    log: FilteringBoundLogger,
    work: MakeWork = Alone,
) -> bool:
    """Run until SIGTERM or SIGINT; give whether all current work could be finished. Call it from the main thread.

    Raise ConfigurationInvalid where the configuration names what there is not, or the address is in use.
    """
    share_arenas()
    hear_libraries(log)
    program.apply_configured_watches()
    program.apply_configured_subscriptions()
    listening = listen(program.config.web.bind)
    service = Service(program, clock=clock, log=log, work=work)
    with ExitStack() as opened, signals() as came:
        answering = _answering(program, service, opened)
        application = _application(answering, program, service)
        listener = Listener(application, listening, trusted_proxies=program.config.web.trusted_proxies)
        resting = Resting(answered=lambda: answering.answered, rest=answering.rest)
        collect_often()
        service.start()
        listener.start()
        Worker("memory", resting.step, log=log, every=REST_EVERY).start()
        log.info("serving", address=listener.address, database=program.store.database.name)
        obey(came, service, reread)
        log.info("stopping")
        finished = service.stop()
        finished &= listener.stop()
    log.info("stopped") if finished else log.warning("stopped, leaving behind what took too long")
    return finished


def _answering(program: Program, service: Service, opened: ExitStack) -> Answering:
    """What answers readers, on database connections of their own."""

    def connected() -> Sequence[Registry]:
        return service.program.connected_apart()

    web = program.config.web
    kept = program.config.store
    store = opened.enter_context(closing(Store.open(kept.url, readers=THREADS, replica=kept.replica)))
    subscribing = replace(program.subscribe_context(), store=store)
    site = Site(
        store=store,
        registries=program.registries,
        subscribing=subscribing,
        links=Links(subscribing.vault, web.public_url),
        identify=program.identify,
        service=service,
        committed=service.send_soon,
        due=service.tick,
        pages=Pages(web.public_url),
        proof=ProofReader(
            store,
            check_every=program.config.schedule.check_every,
            names={each.key: each.name for each in program.registries},
        ),
        access=AccessContext(store, subscribing.vault, requires_codes=web.require_codes),
        searches=SearchAsker(connected, store),
        full_check_every=program.config.schedule.full_check_every,
        is_public=web.public,
        has_self_service=web.self_service,
    )
    visitors = Visitors(
        access=site.access,
        clock=subscribing.clock,
        cookies=site.cookies,
        header=web.trust_user_header,
        proxies=networks_of(web.trusted_proxies),
        header_role=Permission(web.header_role),
    )
    return Answering(site, visitors, visitors.is_nobody)


def _application(answering: Answering, program: Program, service: Service) -> Starlette:
    """The pages, what programs ask, and the hook for mails that came back."""

    def context() -> SubscribeContext:
        return service.program.subscribe_context()

    site = answering.site
    more: list[BaseRoute] = [
        bounce_route(context, committed=service.send_soon),
        *api_routes(answering, site.access, answering.visitor_of),
    ]
    if program.config.web.mcp:
        more.append(_agents(program, site, service))
    return application(answering, service, ages=service.ages, more=more)


def _agents(program: Program, site: Site, service: Service) -> BaseRoute:
    """The tools for agents. ConfigurationInvalid where what they need is not installed."""
    try:
        from monitor.service.agents import agent_route  # the SDK takes a second to load, and is not everywhere
    except ModuleNotFoundError as error:
        raise ConfigurationInvalid(f"[web] mcp = true: {NEEDED}") from error
    return agent_route(
        program, site.subscribing, access=site.access, searches=site.searches, committed=service.send_soon
    )
