"""The whole site over real HTTP, on a store that the test fills, for a visitor that the test chooses."""

from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self

from requests import Response, Session

from monitor.access.context import AccessContext
from monitor.access.hashing import Hashing
from monitor.alerts.links import Links
from monitor.errors import TrialIdInvalid
from monitor.model.access import Permission, permissions_up_to
from monitor.ports import Registry, find_registry
from monitor.watching.asking import SearchAsker
from monitor.web.application import application
from monitor.web.server.listening import Listener, listen
from monitor.web.site.answering import Answering
from monitor.web.site.asked import NOBODY, Visitor
from monitor.web.site.forms import form_token
from monitor.web.site.proof import ProofReader
from monitor.web.site.rendering import Pages
from monitor.web.site.site import Site
from tests.outbox import OutboxHarness
from tests.program import connected_to
from tests.web.served import StubHealth

READER = Visitor("rita", frozenset({Permission.READ}), secret="r" * 32)
SUBSCRIBER = Visitor("sue", permissions_up_to(Permission.SUBSCRIBE), secret="s" * 32)
COOKIE = "c" * 32
"""The secret of the forms of whoever is not signed in."""
OPERATOR = Visitor("olga", frozenset(Permission), secret="o" * 32)


def answering_of(
    outbox: OutboxHarness, public_url: str, *, is_public: bool = True, has_self_service: bool = True
) -> Answering:
    """What answers for the pages, beside an outbox; nobody is signed in."""
    registries: Sequence[Registry] = [outbox.registry]

    def identify(text: str) -> tuple[Registry, str]:
        if found := find_registry(registries, text):
            return found
        raise TrialIdInvalid(text)

    context = outbox.subscribe_context
    site = Site(
        store=outbox.store,
        registries=registries,
        subscribing=context,
        links=Links(context.vault, public_url),
        identify=identify,
        service=StubHealth(),
        committed=lambda: None,
        searches=SearchAsker(lambda: [connected_to(outbox.sandbox)], outbox.store),
        pages=Pages(public_url),
        proof=ProofReader(
            outbox.store,
            check_every=timedelta(hours=1),
            names={each.key: each.name for each in registries},
        ),
        access=AccessContext(outbox.store, context.vault, hashing=Hashing(64), token_hashing=Hashing(64, waits=3)),
        is_public=is_public,
        has_self_service=has_self_service,
    )
    return Answering(site)


class ReadingSite:
    """The site, as *visitor* sees it; it may be set at any time. Use as a context manager."""

    def __init__(
        self, outbox: OutboxHarness, *, visitor: Visitor = NOBODY, path: str = "", is_public: bool = True
    ) -> None:
        self.outbox = outbox
        self.visitor = visitor
        listening = listen("127.0.0.1:0")
        host, port = listening.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self.path = path
        self.answering = answering_of(outbox, self.url + path, is_public=is_public)
        self.answering.visitor_of = lambda _: self.visitor
        served = application(self.answering, self.answering.site.service)
        self._listener = Listener(served, listening, trusted_proxies=("127.0.0.0/8",))
        self.session = Session()
        self.session.trust_env = False

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()
        assert self._listener.stop()

    @property
    def site(self) -> Site:
        """What the handlers get."""
        return self.answering.site

    def forget(self) -> None:
        """Have everything made anew at the next request, as after some seconds."""
        self.answering.kept.clear()
        self.site.proof.forget()
        self.site.counted.forget()

    def get(self, path: str, **headers: str) -> Response:
        """Ask for a page below the public address, as a browser does that follows nothing; names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.get(self.url + self.path + path, headers=named, allow_redirects=False, timeout=20)

    def post(self, path: str, **fields: str | list[str]) -> Response:
        """Send a form of ours, with the token that it carries for a visitor who has a session."""
        token = form_token(self.site.vault, self.visitor.secret or COOKIE)
        return self.session.post(
            self.url + self.path + path,
            data={"form": token, **fields},
            headers={"Origin": self.url},
            cookies={"form": COOKIE},
            allow_redirects=False,
            timeout=20,
        )
