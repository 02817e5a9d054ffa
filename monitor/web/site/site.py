"""What a handler may use of the program, and how it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from monitor.access.context import AccessContext
from monitor.alerts.links import Links
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import TrialIdInvalid
from monitor.model.access import Permission
from monitor.ports import Registry
from monitor.storage import trial_versions
from monitor.storage.store import Store
from monitor.vault import Vault
from monitor.watching.asking import SearchAsker
from monitor.web.machines.health import ServiceHealth
from monitor.web.site.asked import Asked
from monitor.web.site.cookies import Cookies, cookies_of
from monitor.web.site.counted import Counted
from monitor.web.site.proof import ProofReader
from monitor.web.site.rates import Rate
from monitor.web.site.rendering import Pages

ASKED_IN_AN_HOUR = 60
"""Times that one network may ask for alerts by mail at all, in vain or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The program as pages see it. Its store is the pages' own."""

    store: Store
    registries: Sequence[Registry]
    subscribing: SubscribeContext
    """With the same store."""
    links: Links
    identify: Callable[[str], tuple[Registry, str]]
    """The registry and the trial id that a text means; TrialIdInvalid where it means none."""
    service: ServiceHealth
    committed: Callable[[], None]
    """Called when something is owed: it need not wait for the next tick."""
    pages: Pages
    proof: ProofReader
    access: AccessContext
    """Users, their sessions, and tokens; with the same store."""
    searches: SearchAsker
    """Asks registries what a search comes to, for somebody who waits."""
    full_check_every: timedelta = timedelta(days=7)
    """How often each trial is read in full."""
    asking: Rate = field(default_factory=lambda: Rate(ASKED_IN_AN_HOUR, 3600))
    """How often each network asks for alerts by mail."""
    counted: Counted = field(default_factory=Counted)
    """Counts for lists and filters."""
    due: Callable[[], None] = lambda: None
    """Called when a look at a registry is due: it need not wait for the next tick."""
    is_public: bool = False
    """Whether anybody may read what is known of trials."""
    has_self_service: bool = False
    """Whether anybody may ask for alerts by mail."""

    @property
    def vault(self) -> Vault:
        """What signs and seals."""
        return self.subscribing.vault

    @property
    def prefix(self) -> str:
        """The path of the public address; empty at the root."""
        return self.pages.prefix

    @property
    def cookies(self) -> Cookies:
        """How it gives cookies."""
        return cookies_of(self.links.public_url)

    @property
    def registry_names(self) -> dict[str, str]:
        """What the registries are called, by key."""
        return {registry.key: registry.name for registry in self.registries}

    def version_of_trial(self, written: str) -> str:
        """The version of what is stored of one trial, by its id as people write it; empty where it is none."""
        try:
            registry, trial_id = self.identify(written)
        except TrialIdInvalid:
            return ""
        with self.store.read() as tx:
            return trial_versions.version_of(tx, registry.key, trial_id)

    def address(self, path: str) -> str:
        """The whole address of a path, as the world knows it."""
        return self.links.public_url.rstrip("/") + path

    def page(
        self, asked: Asked, name: str, values: Mapping[str, object] | None = None, *, status: int = 200
    ) -> Response:
        """The page that templates/*name*.html makes of the *values*, in the frame."""
        frame = {
            "asked": asked,
            "proof": self.proof.read(asked.now),
            "is_public": self.is_public,
            "feeds_address": self.address("/feeds"),
            "can_subscribe": self.has_self_service or asked.may(Permission.SUBSCRIBE),
        }
        return self.pages.page(name, {**frame, **(values or {})}, status=status)

    def see_other(self, path: str) -> Response:
        """Go on at another of our pages: what was sent has been done, or is found there."""
        return RedirectResponse(self.prefix + path, status_code=303)

    def moved(self, path: str, *, status: int = 308) -> Response:
        """This page is at another of our paths: 308 for another spelling, 301 for what became of it."""
        return RedirectResponse(self.prefix + path, status_code=status)
