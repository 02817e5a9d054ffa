"""How a trial stands, as a whole and in each country, and why it stopped. Pure, but for the tree it is taken from."""

import re

from monitor.model import Coded, CountryStatus, Json
from monitor.registries.ctis import codes
from monitor.registries.ctis.trees import Node, leaves, object_at, objects_at, take_text, text_at

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
