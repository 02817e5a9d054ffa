"""What a tool is, and how a call of one is answered or refused: always with what to do next."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from monitor.errors import MonitorError, NothingFound, SponsorUnknown, StoreUnavailable, TrialIdInvalid
from monitor.mcp.answers import Answer
from monitor.mcp.asking import Asking
from monitor.mcp.untrusted import marked
from monitor.model.access import Permission
from monitor.render.remedies import done_elsewhere
from monitor.text import plain

MOST_COMPLAINTS = 5

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=PRINTABLE)]
"""A short text on one line."""
Significance = Literal["critical", "major", "minor", "administrative"]
"""In the order of the API: Python takes two of the same values for one, and has the order of whichever came first."""
TrialId = Annotated[str, StringConstraints(min_length=5, max_length=200, pattern=PRINTABLE)]
"""A registration number, or the address of a trial's page."""


def only_text(value: object) -> object:
    """The same; ValueError for what is no text."""
    if isinstance(value, int | float):
        raise ValueError("write it as text")
    return value


class Arguments(BaseModel):
    """What a tool takes; whatever is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class NoArguments(Arguments):
    """Of a tool that takes none."""


A = TypeVar("A", bound=Arguments)


class Effect(Enum):
    """What a call does to what is stored."""

    READS = "reads"
    ADDS = "adds"
    ENDS = "ends"
    """It ends or replaces something that somebody made."""


FOR_SUBSCRIBERS = (
    "Which watches and groups there are is told to tokens that may subscribe. Next: leave watch and group out."
)
"""What others are told, whether there is such a watch or not."""


class Refused(Exception):
    """A call that cannot be answered, in words that say what to do next.

    *said* is what a registry says of it, where that helps: JSON that is marked.
    """

    def __init__(self, words: str, said: Mapping[str, Any] | None = None) -> None:
        super().__init__(plain(words))
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[A]):
    """A tool."""

    name: str
    title: str
    description: str
    takes: type[A]
    gives: Mapping[str, Any]
    """The JSON schema of its answers."""
    run: Callable[[Asking, A], Answer]
    permission: Permission = Permission.READ
    effect: Effect = Effect.READS
    is_idempotent: bool = True
    asks_elsewhere: bool = False
    """Whether it may ask a registry."""
    if_nothing: str = "search_trials finds trials by words, sponsor, condition or status"
    """What to do where what is asked for is not there."""

    def call(self, asking: Asking, arguments: Mapping[str, Any]) -> Answer:
        """Answer a call. Raise Refused for one that cannot be answered."""
        if not asking.may(self.permission):
            raise Refused(
                f"{self.name} needs the permission to {self.permission}, which this access does not have. Next: ask "
                "the operator for a token of that scope, or to do it."
            )
        try:
            given = self.takes.model_validate(dict(arguments))
        except ValidationError as error:
            raise Refused(_complaints(self.name, error)) from error
        if self.effect is not Effect.READS and (again := asking.pace.take(asking.who, asking.now)):
            raise Refused(
                f"this access has made as many changes within the hour as it may. Next: ask a person whether all of "
                f"them are meant, and go on at {again:%H:%M} UTC."
            )
        answer = self._answer(asking, given)
        if self.effect is not Effect.READS:
            asking.committed()
        return answer

    def _answer(self, asking: Asking, given: A) -> Answer:
        try:
            return self.run(asking, given)
        except SponsorUnknown as error:
            said = [{"sponsor": name, "trials": trials} for name, trials in error.candidates]
            raise Refused(for_agents(str(error), asking), marked({"sponsors": said})) from error
        except (NothingFound, TrialIdInvalid) as error:
            raise Refused(with_next(for_agents(str(error), asking), self.if_nothing)) from error
        except StoreUnavailable as error:
            raise Refused(with_next(for_agents(str(error), asking), "try again in a minute")) from error
        except MonitorError as error:
            raise Refused(for_agents(str(error), asking)) from error


WAYS = {
    "backtest": (Permission.SUBSCRIBE, "backtest_subscription"),
    "changes": (Permission.READ, "list_changes"),
    "deliveries list": (Permission.OPERATE, "list_deliveries"),
    "deliveries show": (Permission.OPERATE, "explain_delivery"),
    "diff": (Permission.READ, "compare_snapshots"),
    "doctor": (Permission.READ, "get_health"),
    "history": (Permission.READ, "list_snapshots"),
    "list": (Permission.READ, "search_trials"),
    "show": (Permission.READ, "get_record with trial_id={}"),
    "subscribe": (Permission.SUBSCRIBE, "create_subscription"),
    "subscriptions edit": (Permission.SUBSCRIBE, "edit_subscription"),
    "subscriptions list": (Permission.SUBSCRIBE, "list_subscriptions"),
    "subscriptions remove": (Permission.SUBSCRIBE, "end_subscription with subscription={}"),
    "subscriptions resume": (Permission.SUBSCRIBE, "resume_subscription with subscription={}"),
    "watch add": (Permission.OPERATE, "watch_trial"),
    "watch list": (Permission.SUBSCRIBE, "list_watches"),
}
"""By a command of the terminal, the tool that does the same, and what has to be permitted for it."""


def for_agents(words: str, asking: Asking, *, keeps_others: bool = False) -> str:
    """What a message for people at a terminal says, its commands as the tools that whoever asks may use.

    What other commands do is left out; with *keeps_others*, these stay, for a person to type.
    """
    ways = {command: tool for command, (permission, tool) in WAYS.items() if asking.may(permission)}
    said = done_elsewhere(words, ways, keeps_others=keeps_others)
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda found: found[1].replace("-", "_"), said)


def with_next(words: str, remedy: str) -> str:
    """The words with what to do next, where they do not name a tool for it already."""
    is_named = any(tool.partition(" ")[0] in words for _, tool in WAYS.values())
    return words if is_named else f"{words.rstrip('.')}. Next: {remedy}."


def _complaints(name: str, error: ValidationError) -> str:
    """Which arguments cannot be used, and why."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    each = [f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in found[:MOST_COMPLAINTS]]
    more = f"; and {len(found) - len(each)} more" if len(found) > len(each) else ""
    return f"{name} cannot be called like this. {'; '.join(each)}{more}. Next: see its input schema."
