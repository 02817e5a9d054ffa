"""Every exception that is raised on purpose.

    MonitorError                    one line that names the thing and the remedy
    ├── ConfigurationInvalid        a key or value in config.toml, a variable or an option       exit 2
    │   └── NameTaken               something else is called so already
    ├── TrialIdInvalid              text that is no registration number of any registry here     exit 2
    ├── NothingFound                a trial, snapshot or watch that we do not have               exit 2
    ├── SponsorUnknown              the registry has no sponsor of this name; carries those like it   exit 2
    ├── SignInRefused               a name, password or code that is not right                   exit 2
    │   └── TriedTooOften           and too many of them: it says for how many seconds to wait
    ├── StoreError                                                                               exit 2
    │   ├── StoreUnavailable        the database cannot be opened or written
    │   └── StoreCorrupt            what was read is not what was written
    ├── DeliveryFailed              a receiver did not take a delivery                           exit 3
    │   ├── DeliveryDeferred        worth another attempt; may say when
    │   └── DeliveryRejected        never again; may end the subscription
    ├── MailboxUnreadable           the mailbox that bounces come to cannot be read              exit 3
    └── RegistryError                                                                            exit 3
        ├── HistoryUnavailable      it gives former versions of no record: nothing more is asked of them
        ├── RegistryUnreachable     temporary: no usable answer within the deadline and retries
        ├── RequestRefused          the registry understood and declined; carries the HTTP status
        └── AnswerUnreadable        it answered, and the answer is not what was asked for; carries the bytes
            └── AnswerTooLarge      reading stopped at the size cap; carries the beginning

Expected failures of one trial travel as values through a batch and stop nobody else: see `monitor.ports`.
"""

import os
from collections.abc import Sequence


class MonitorError(Exception):
    """Something a person can act on: the message says what to do next."""

    exit_status = 2


class ConfigurationInvalid(MonitorError):
    """A key or value in config.toml, in a variable or on the command line cannot be used."""


class NameTaken(ConfigurationInvalid):
    """Something else is called so already."""


class TrialIdInvalid(MonitorError):
    """This text is no registration number of any registry known here."""


class NothingFound(MonitorError):
    """No such trial, snapshot or watch in the database."""


class SponsorUnknown(MonitorError):
    """The registry knows no sponsor of exactly this name.

    *candidates* have a name like it, each with how many trials they lead there.
    """

    def __init__(self, message: str, candidates: Sequence[tuple[str, int]] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class SignInRefused(MonitorError):
    """The name, the password or the code is not right; which of them, nobody is told."""


class TriedTooOften(SignInRefused):
    """Too many tries, or too many at once. *wait* is in how many seconds the next one is looked at."""

    def __init__(self, message: str, *, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class StoreError(MonitorError):
    """The database."""


class StoreUnavailable(StoreError):
    """The database cannot be opened or written."""


class StoreCorrupt(StoreError):
    """What was read from the database is not what was written to it."""


class SnapshotThinned(StoreCorrupt):
    """A snapshot's document is not kept any more, as the configuration says; everything else about it is."""


class RegistryError(MonitorError):
    """A registry did not give what was asked for."""

    exit_status = 3


class HistoryUnavailable(RegistryError):
    """A registry gives the former versions of no record: it forbids it, or answers otherwise than is known here."""


class RegistryUnreachable(RegistryError):
    """No usable answer within the deadline, after retries. Temporary.

    *status* is HTTP's where the last attempt was answered with one; *remedy* is what to do, where that is known.
    """

    def __init__(self, message: str, *, status: int | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.remedy = remedy


class RequestRefused(RegistryError):
    """The registry understood the request and declined it. *status* is HTTP's, *words* the body's text."""

    def __init__(self, message: str, *, status: int, words: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.words = words


class AnswerUnreadable(RegistryError):
    """The registry answered with something that is not what was asked for. *raw* is what it sent."""

    def __init__(self, message: str, *, raw: bytes = b"") -> None:
        super().__init__(message)
        self.raw = raw


class AnswerTooLarge(AnswerUnreadable):
    """The registry's answer is over the size cap. *raw* is its beginning."""


class DeliveryFailed(MonitorError):
    """A receiver did not take a delivery. *status* is HTTP's or SMTP's code, *answer* what it said, at most 4 kB."""

    exit_status = 3

    def __init__(self, message: str, *, status: int | None = None, answer: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.answer = answer


class DeliveryDeferred(DeliveryFailed):
    """Worth another attempt. *not_before* is in how many seconds the receiver asked for it; None where it did not."""

    def __init__(
        self, message: str, *, status: int | None = None, answer: bytes = b"", not_before: float | None = None
    ) -> None:
        super().__init__(message, status=status, answer=answer)
        self.not_before = not_before


class DeliveryRejected(DeliveryFailed):
    """Never again. *ends* says that the receiver wants no other delivery either."""

    def __init__(self, message: str, *, status: int | None = None, answer: bytes = b"", ends: bool = False) -> None:
        super().__init__(message, status=status, answer=answer)
        self.ends = ends


class MailboxUnreadable(MonitorError):
    """The mailbox that bounces come to cannot be read."""

    exit_status = 3


def system_words(error: OSError | OverflowError) -> str:
    """Why the system refused something, in its words alone: the socket module adds the address to them once more."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if isinstance(number, int) and number > 0 else str(error)
