"""The worker that checks registries: it runs a pass over each one that is due, and keeps its health."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from random import random
from time import monotonic
from typing import cast

from structlog.typing import FilteringBoundLogger

from monitor.alerts.notices import registry_data_old
from monitor.errors import RegistryError
from monitor.model import Checked, Result, Unlisted
from monitor.model.stamps import data_are_old
from monitor.ports import FetchedRegistry, old_after
from monitor.service.heartbeat import beat
from monitor.service.history import fetch_history
from monitor.service.outages import Rules, after_failure, after_success
from monitor.service.pass_summary import PassSummary
from monitor.service.program import Program
from monitor.service.worker import Turn
from monitor.storage import coverage, health, looks, notices, trials
from monitor.storage import registries as versions
from monitor.storage.health import Health
from monitor.storage.looks import Look
from monitor.storage.pages import Within
from monitor.watching.schedule import pass_due
from monitor.web.machines.metrics import Metrics

FIRST_PAUSE = 10.0
LONGEST_PAUSE = 300.0
"""Seconds, by the monotonic clock: a pass that our own database broke off has asked the registry, too."""


class Checker:
    """Runs a pass over each registry that is due. *stopping* is asked between trials; *committed* hears of changes."""

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        clock: Callable[[], datetime],
        log: FilteringBoundLogger,
        metrics: Metrics,
        stopping: Callable[[], bool],
        committed: Callable[[], None],
        chance: Callable[[], float] = random,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self.trials_checked = 0
        """How many trials so far: while it moves, the worker lives."""
        self._program = program
        self._clock = clock
        self._log = log
        self._metrics = metrics
        self._stopping = stopping
        self._committed = committed
        self._chance = chance
        self._monotonic = monotonic
        self._former: Sequence[FetchedRegistry] = ()
        self._pauses: dict[str, tuple[float, float]] = {}
        """By registry, when its last pause ends and how long it is."""
        self._broken: set[str] = set()
        """The registries whose last pass broke off."""
        self._failing: dict[str, dict[str, datetime]] = {}
        """By registry, the trials that failed in its last whole pass, with when they began to."""

    def step(self) -> Turn:
        """A pass over each registry that is due, of all of them at once: one that makes us wait keeps no other back.

        One of which nothing is watched is not asked anything. What breaks a pass off and is not the registry's doing,
        such as a StoreError, is raised once the others are through. The registry stays due then, and its next pass
        comes after a pause.
        """
        program = self._program()
        self._part_from_former(program.fetched_registries)
        with program.store.read() as tx:
            watched = trials.watched_registries(tx)
        of_these = [registry for registry in program.fetched_registries if registry.key in watched]
        due = [registry for registry in of_these if self._is_due(program, registry)]
        if due and not self._stopping():
            with ThreadPoolExecutor(len(due), thread_name_prefix="pass") as pool:
                passes = [pool.submit(self._try_pass, program, registry) for registry in due]
            for each in passes:
                each.result()
        return Turn.SKIPPED if self._broken or self._stopping() else Turn.WORKED

    def check(self, key: str) -> bool:
        """A pass over one registry if it is due, as one of several that call this at once; give whether there was one.

        Raise what breaks it off and is not the registry's doing: it stays due then.
        """
        program = self._program()
        found = [each for each in program.fetched_registries if each.key == key]
        for registry in found:
            if not self._stopping() and self._is_due(program, registry):
                return self._run_pass(program, registry)
        return False

    def due(self) -> list[str]:
        """The registries of which something is watched, and that are due for a pass."""
        program = self._program()
        with program.store.read() as tx:
            watched = trials.watched_registries(tx)
        return [
            registry.key
            for registry in program.fetched_registries
            if registry.key in watched and self._is_due(program, registry)
        ]

    def failing_since(self) -> datetime | None:
        """Since when the trial has failed that fails for the longest, pass after pass; None where none does."""
        return min((since for failing in list(self._failing.values()) for since in failing.values()), default=None)

    def _part_from_former(self, registries: Sequence[FetchedRegistry]) -> None:
        """Give up the connections of registries that another configuration has replaced."""
        for former in self._former:
            if former not in registries:
                former.close()
        self._former = registries

    def _is_due(self, program: Program, registry: FetchedRegistry) -> bool:
        """Whether a pass over what is watched of it is due."""
        with program.store.read() as tx:
            known = health.get(tx, registry.key)
        due_at = known.next_check_at if known else None
        pause_ends, _ = self._pauses.get(registry.key, (0.0, 0.0))
        every = program.config.schedule.check_every
        return self._monotonic() >= pause_ends and pass_due(due_at, now=self._clock(), every=every)

    def _try_pass(self, program: Program, registry: FetchedRegistry) -> None:
        """A pass, and a longer pause after each one in a row that broke off."""
        _, last = self._pauses.pop(registry.key, (0.0, 0.0))
        try:
            if self._run_pass(program, registry):
                self._broken.discard(registry.key)
        except Exception:
            self._broken.add(registry.key)
            pause = min(2 * last or FIRST_PAUSE, LONGEST_PAUSE)
            self._pauses[registry.key] = self._monotonic() + pause, pause
            raise

    def _run_pass(self, program: Program, registry: FetchedRegistry) -> bool:
        """A pass that is stopped leaves its registry due: the next one goes on where it ended.

        Give whether it came to its end.
        """
        before = registry.traffic.requests, registry.traffic.bytes
        summary = self._patrolled(program, registry)
        if not summary.whole:
            return False
        self._note_failing(registry, summary)
        unread = self._why_unread(registry, summary)
        self._count_standing(program, registry, summary)
        look = self._look(registry, summary, before, unread)
        log = self._log.bind(trace=summary.trace)
        now = self._record(program, registry, look, unread, log=log)
        _log_pass(registry, look, unread=unread, now=now, log=log)
        self._committed()
        if summary.well:
            beat(program.config, log)
            fetch_history(program, registry, log=log, stopping=self._stopping)
        return True

    def _note_failing(self, registry: FetchedRegistry, summary: PassSummary) -> None:
        """Keep since when the trials fail that failed; of an outage of the registry its health keeps that."""
        if summary.refused is None:
            former, now = self._failing.get(registry.key, {}), self._clock()
            self._failing[registry.key] = {each: former.get(each, now) for each in summary.failing}

    def _patrolled(self, program: Program, registry: FetchedRegistry) -> PassSummary:
        summary = PassSummary()
        # It is a generator, and what it holds ends when it is closed.
        with closing(
            cast(
                "Generator[Checked | Unlisted, None, None]",
                program.patrol(registry, reports_verified=False, trace=summary.trace),
            )
        ) as answers:
            try:
                for answer in answers:
                    self._note(answer, summary)
                    if self._stopping():
                        return summary
            except RegistryError as error:
                summary.refused = str(error)
        summary.whole = True
        return summary

    def _note(self, answer: Checked | Unlisted, summary: PassSummary) -> None:
        self.trials_checked += 1
        log = self._log.bind(trace=summary.trace)
        if isinstance(answer, Unlisted):
            summary.unlisted += 1
            log.warning("watch not listed", registry=answer.registry, watch=answer.watch, reason=answer.error)
            return
        summary.count(answer)
        self._metrics.checked(answer)
        if answer.error and answer.result is not Result.FAILED:
            log.warning("new baseline", trial_id=answer.trial_id, reason=answer.error)
        if answer.changes:
            log.info(
                "trial changed",
                registry=answer.registry,
                trial_id=answer.trial_id,
                result=answer.result,
                snapshot=answer.snapshot,
                kinds=[change.kind for change in answer.changes],
            )
            self._committed()

    def _why_unread(self, registry: FetchedRegistry, summary: PassSummary) -> str | None:
        """Why the registry counts as one that could not be read; None where it could.

        One that answers at all is only unwell for the trials that failed: a mistyped number alone is enough for those.
        """
        if summary.refused or not summary.failed or summary.failed < summary.trials:
            return summary.refused
        return None if registry.answers_at_all() else summary.reason

    def _look(
        self, registry: FetchedRegistry, summary: PassSummary, before: tuple[int, int], unread: str | None
    ) -> Look:
        """What a pass came to, as it is kept; *before* is what was asked of the registry until then."""
        return Look(
            registry=registry.key,
            ended_at=self._clock(),
            version=summary.version,
            trials=summary.trials,
            changed=summary.changed,
            failed=summary.failed,
            watched=summary.watched,
            verified=summary.verified,
            denied=summary.denied,
            requests=registry.traffic.requests - before[0],
            bytes=registry.traffic.bytes - before[1],
            seconds=round(monotonic() - summary.started, 2),
            reason=unread or summary.reason,
        )

    def _record(
        self, program: Program, registry: FetchedRegistry, look: Look, unread: str | None, *, log: FilteringBoundLogger
    ) -> Health:
        rules = Rules(now=self._clock(), every=program.config.schedule.check_every, chance=self._chance)
        with program.store.begin() as tx:
            then = health.get(tx, registry.key) or Health(registry.key, rules.now)
            then, notice = after_failure(then, unread, rules) if unread else after_success(then, rules)
            health.record(tx, then)
            looks.add(tx, look)
            version = versions.version(tx, registry.key)
            told = [notice] if notice else []
            if not unread and version and data_are_old(version.stamp, now=rules.now, after=old_after(registry)):
                told.append(registry_data_old(registry.key, version.stamp, now=rules.now))
            news = [each for each in told if notices.notify_operator(tx, each)]
        for each in news:
            log.warning("notice", kind=each.kind, registry=each.registry, subject=each.subject)
        return then

    def _count_standing(self, program: Program, registry: FetchedRegistry, summary: PassSummary) -> None:
        """Say for how many trials the pass vouches: where nothing is new, most of them need no asking."""
        with program.store.read() as tx:
            version = versions.version(tx, registry.key)
            summary.version = version.stamp if version else None
            summary.watched = coverage.watched_by_registry(tx).get(registry.key, 0)
            since = coverage.seen_since(self._clock(), check_every=program.config.schedule.check_every)
            summary.denied = coverage.denied_by_registry(tx).get(registry.key, 0)
            whole = Within(registry=registry.key)
            summary.verified = sum(each.checked for each in coverage.by_registry(tx, whole, since=since))


def _log_pass(
    registry: FetchedRegistry, look: Look, *, unread: str | None, now: Health, log: FilteringBoundLogger
) -> None:
    """One line a pass."""
    say = log.warning if unread else log.info
    say(
        "registry not readable" if unread else "registry checked",
        registry=registry.key,
        trials=look.trials,
        changed=look.changed,
        failed=look.failed,
        watched=look.watched,
        verified=look.verified,
        denied=look.denied,
        registry_version=look.version,
        requests=look.requests,
        bytes=look.bytes,
        seconds=look.seconds,
        next_check_at=now.next_check_at,
        **({"reason": unread, "failures": now.failures} if unread else {}),
    )
