"""Sends the deliveries that jobs name: those of all jobs of this process together, so that receivers get their turns.

    a job's ids  ->  inbox  ->  claimed  ->  by receiver, in threads  ->  recorded together
                                 the job is done

What is claimed is this process's own, while others see that it lives. Where the database goes away, it is kept, and
what was sent is recorded once the database is back. What is not sent when the process ends is given back; where it is
killed, others see that, and make it due again.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Condition, Event
from time import monotonic, sleep

from monitor.alerts.claims import Claim, Claimed, Hold, claim
from monitor.alerts.outbox import CLAIMED_FOR, DeliveryResult, Outbox, Sent
from monitor.alerts.outcomes import record
from monitor.alerts.queues import CLAIMED_AT_ONCE, Queues, Taken
from monitor.alerts.sending import send_all
from monitor.errors import StoreUnavailable
from monitor.storage import claims, deliveries
from monitor.storage.isolation import in_words

AGAIN_AFTER = 0.5
"""Seconds after which a database that failed is tried again."""
RECORDED_WITHIN = 0.05
"""Seconds: of many processes, one is killed now and then, and what it had not recorded comes twice."""
MORE_AFTER = 0.9
"""Seconds after which more is claimed where receivers keep back what is claimed: it may be for other processes."""
NOTHING = Claimed((), (), 0, frozenset())


@dataclass(frozen=True, slots=True)
class _Asked:
    ids: Sequence[str]
    claimed: "Future[None]"


class Sender:
    """Sends what `take` is given, in the thread that calls `run`.

    *holder* is this process, as others know it, and *epoch* says whether they still do: what was claimed counts as long
    as it gives the same number, and None is waited out.

    *outbox* gives what delivering needs, anew for whatever comes after a moment without anything to send, or where
    *is_current* says that what it gave last is outdated; *told* hears what came of each attempt.
    """

    def __init__(
        self,
        outbox: Callable[[], Outbox],
        *,
        holder: str,
        epoch: Callable[[], int | None],
        told: Callable[[DeliveryResult], None],
        is_current: Callable[[], bool] = lambda: True,
    ) -> None:
        self.trouble: str | None = None
        """Why the database, or the key, keeps it from claiming or recording."""
        self.sent = 0
        """How many attempts so far: while it moves, it lives."""
        self._outbox = outbox
        self._holder = holder
        self._epoch = epoch
        self._told = told
        self._is_current = is_current
        self._inbox: deque[_Asked] = deque()
        self._changed = Condition()
        self._stopping = Event()
        self._queues: Queues | None = None
        self._claimed_at = -MORE_AFTER
        self._half_made: list[Hold] = []
        """Claims that failed."""

    def take(self, ids: Sequence[str]) -> "Future[None]":
        """Have deliveries sent; done once those that are due are claimed here.

        It fails where claiming does for another reason than that the database is away, which is waited for.
        """
        asked = _Asked(ids, Future())
        with self._changed:
            self._inbox.append(asked)
            self._changed.notify_all()
        if queues := self._queues:
            queues.ask_again()
        return asked.claimed

    def stop(self) -> None:
        """Finish what is being sent, and end. Any thread may call it."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()

    @property
    def is_busy(self) -> bool:
        """Whether there is something to send."""
        return bool(self._inbox) or self._queues is not None

    def run(self) -> None:
        """Send until `stop`."""
        while self._wait():
            if (epoch := self._epoch()) is None:
                self._stopping.wait(AGAIN_AFTER)
                continue
            with self._opened(epoch) as outbox:
                self._send(outbox)

    def _wait(self) -> bool:
        """Wait for something to send; False where that is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._inbox or self._stopping.is_set())
        return not self._stopping.is_set()

    @contextmanager
    def _opened(self, epoch: int) -> Iterator[Outbox]:
        outbox = replace(self._outbox(), stopping=lambda: self._stopping.is_set() or self._epoch() != epoch)
        try:
            yield outbox
        finally:
            for transport in outbox.transports.values():
                transport.close()

    def _send(self, outbox: Outbox) -> None:
        troubles: list[Exception] = []
        queues = Queues(outbox, lambda: self._taken(outbox, queues), troubles)
        self._queues = queues
        try:
            for result in send_all(queues, lambda sent: self._recorded(sent, outbox), within=RECORDED_WITHIN):
                self.sent += 1
                self._told(result)
            if troubles:
                self.trouble = in_words(troubles[0])
        finally:
            self._queues = None
            self._give_back(queues.unsent(), outbox)

    def _taken(self, outbox: Outbox, queues: Queues) -> Taken:
        """Claim what jobs name; without any, what waited for something that is recorded now."""
        is_early = monotonic() - self._claimed_at < MORE_AFTER
        if not self._is_current() or (is_early and queues.waiting >= CLAIMED_AT_ONCE):
            return Taken(NOTHING, may_be_more=False)
        with self._changed:
            asked = list(self._first())
        if not asked and not queues.were_followed:
            return Taken(NOTHING, may_be_more=False)
        ids = {each for one in asked for each in one.ids}
        hold = Hold(self._holder, outbox.clock() + CLAIMED_FOR)
        try:
            self._give_up_half_made(outbox)
            claimed = claim(outbox, limit=max(len(ids), CLAIMED_AT_ONCE), only=ids or None, hold=hold)
        except Exception as error:
            self._half_made.append(hold)
            self._failed(asked, error)
            return Taken(NOTHING, may_be_more=not self._stopping.is_set())
        self.trouble = None
        self._claimed_at = monotonic()
        queues.were_followed &= bool(ids)
        for one in asked:
            _end(one.claimed)
        return Taken(claimed, may_be_more=bool(self._inbox) or queues.were_followed)

    def _give_up_half_made(self, outbox: Outbox) -> None:
        """Make due again what a claim got that failed, whether or not it was committed."""
        if self._half_made:
            with outbox.context.store.begin() as tx:
                for hold in self._half_made:
                    claims.give_back_one(tx, until=hold.until, now=outbox.clock())
            self._half_made.clear()

    def _first(self) -> Iterator[_Asked]:
        """Take as many out of the inbox as are claimed at once."""
        count = 0
        while self._inbox and count < CLAIMED_AT_ONCE:
            count += len(self._inbox[0].ids)
            yield self._inbox.popleft()

    def _failed(self, asked: Sequence[_Asked], error: Exception) -> None:
        self.trouble = in_words(error)
        if isinstance(error, StoreUnavailable):
            with self._changed:
                self._inbox.extendleft(reversed(asked))
        else:
            for one in asked:
                _end(one.claimed, error)
        self._stopping.wait(AGAIN_AFTER)

    def _recorded(self, sent: Sequence[Sent], outbox: Outbox) -> Sequence[DeliveryResult]:
        """Record what was sent, however long the database is away; at the end of the process, as long as that waits."""
        while True:
            try:
                results = record(sent, outbox)
            except StoreUnavailable as error:
                self.trouble = str(error)
                sleep(AGAIN_AFTER)
            else:
                self.trouble = None
                return results

    def _give_back(self, unsent: Sequence[Claim], outbox: Outbox) -> None:
        """Make due again what was claimed and not begun, once the database is there."""
        by_claim = sorted(unsent, key=lambda each: each.until)
        while by_claim:
            try:
                with outbox.context.store.begin() as tx:
                    for _, together in groupby(by_claim, key=lambda each: each.until):
                        deliveries.release(tx, [each.delivery for each in together])
            except StoreUnavailable as error:
                self.trouble = str(error)
                sleep(AGAIN_AFTER)
            else:
                return


def _end(asked: "Future[None]", error: Exception | None = None) -> None:
    """End what a job waits for, unless it waits no more: its worker may have ended meanwhile."""
    if not asked.set_running_or_notify_cancel():
        return
    if error:
        asked.set_exception(error)
    else:
        asked.set_result(None)
