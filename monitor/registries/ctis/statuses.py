"""How a trial stands, as a whole and in each country, why it stopped, and what was notified of it.

Pure, but for the tree it is taken from.
"""

import re
from collections.abc import Callable, Iterable

from monitor.model import Coded, CountryStatus, Json
from monitor.registries.ctis import codes
from monitor.registries.ctis.days import day_in
from monitor.registries.ctis.trees import leaves, object_at, objects_at, take_items, take_text, text_at
from monitor.registries.taking import Node

_STATES = "authorizedApplication.memberStatesConcerned"
_EARLY = re.compile(r"(?i)\bearly.?termination\b|early_termination")
_REASON = re.compile(r"(?i)reason|justification")


def overall_status(tree: Node) -> Coded | None:
    """The public status; ended early only where every country that is concerned says so."""
    given, words = tree.pop("ctPublicStatusCode", None), take_text(tree, "ctPublicStatus")
    code = codes.code_in(given)
    if code is None:
        return Coded("UNKNOWN", " ".join(given.split())[:200] or "not given") if type(given) is str else None
    countries = {_name(state) for state in objects_at(tree, _STATES)}
    return codes.status(code, ended_early=bool(countries) and countries <= _ended_early(tree), words=words)


def _ended_early(tree: Node) -> set[str]:
    """The countries in which an early end was notified."""
    return {
        _name(state)
        for state in objects_at(tree, "events.trialEvents")
        if any(isinstance(kind, str) and _EARLY.search(kind) for kind in leaves(state, "notificationType"))
    }


def why_stopped(tree: Node) -> str | None:
    """The reasons that are given with temporary halts and early ends, each once.

    The registry has no field for it, and how it names these members is not documented: any text of a reason counts.
    They stay with their halts, which are there before the whole trial is stopped, and after it goes on.
    """
    events = object_at(tree, "events")
    found: dict[str, None] = {}
    waiting: list[Json] = [events.get("temporaryHaltList"), events.get("trialEvents")]
    while waiting:
        node = waiting.pop(0)
        if type(node) is list:
            waiting += node
        elif type(node) is dict:
            for name in [each for each in node if _REASON.search(each)]:
                if text := text_at(node, name):
                    found[text] = None
            waiting += node.values()
    return "; ".join(found) or None


def milestones(tree: Node) -> list[Json]:
    """What was notified in each country and on which day, temporary halts with their reasons; taken, once all is read.

    A halt is told by its country, its first day and its reason: what else it says stays.
    """
    events = object_at(tree, "events")
    found: set[str] = set()

    def read(item: Node, of_country: Callable[[Node], Iterable[str]]) -> str | None:
        country = _name(item)
        if not country:
            return None
        found.update(f"{country}: {told}" for told in of_country(item))
        del item["mscName"]
        return country

    take_items(events, "trialEvents", lambda item: read(item, _notified), str)
    take_items(events, "temporaryHaltList", lambda item: read(item, _halted), str)
    return sorted(found)


def _notified(state: Node) -> Iterable[str]:
    def read(event: Node) -> str | None:
        kind = take_text(event, "notificationType")
        return _told(kind.replace("_", " ").capitalize(), _take_day(event, "date")) if kind else None

    return take_items(state, "events", read, str)


def _halted(halt: Node) -> Iterable[str]:
    days = sorted((day, name) for name, value in halt.items() if (day := day_in(value)))
    reasons = [take_text(halt, name) for name in sorted(halt) if _REASON.search(name)]
    told = _told("Temporary halt", _take_day(halt, days[0][1]) if days else None)
    given = "; ".join(reason for reason in reasons if reason)
    return [f"{told} ({given})" if given else told]


def _told(what: str, day: str | None) -> str:
    return f"{what}, {day}" if day else what


def _take_day(node: Node, name: str) -> str | None:
    day = day_in(node.get(name))
    if day:
        del node[name]
    return day


def drop_named(tree: Node) -> None:
    """Take the names of countries of which nothing else is left to tell."""
    application = object_at(tree, "authorizedApplication")
    states = application.get("memberStatesConcerned")
    if type(states) is list:
        application["memberStatesConcerned"] = [
            each for each in states if type(each) is not dict or each.keys() - {"mscName"}
        ]


def _name(state: Node) -> str:
    name = state.get("mscName")
    return " ".join(name.split()) if type(name) is str else ""


def country_statuses(tree: Node) -> tuple[CountryStatus, ...]:
    """How the trial stands in each country that says so; read, and taken only once the whole trial's is known."""
    early = _ended_early(tree)
    found: dict[str, CountryStatus] = {}
    for state in objects_at(tree, _STATES):
        country, code = _name(state), codes.code_in(state.get("mscPublicStatusCode"))
        if country and code is not None:
            told = codes.status(code, ended_early=country in early)
            found[country] = CountryStatus(country, told.code, told.words)
            del state["mscPublicStatusCode"]
    return tuple(found.values())
