"""What a watch is called in what tells a change; that may be private, and `unnamed` says the same without it. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from monitor.model import Change
from monitor.text import quote


def unnamed(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes as anybody may read them: without the names of watches."""
    return tuple(map(_unnamed, changes))


def _unnamed(change: Change) -> Change:
    facts: Any = change.after if change.kind == "trial.new" else change.before
    if change.kind not in ("trial.new", "trial.left") or not isinstance(facts, dict):
        return change
    watch = facts.get("found_by") if change.kind == "trial.new" else facts
    if not isinstance(watch, dict) or not isinstance(watch.get("watch"), str):
        return change
    summary = _without_name(change.summary, watch)
    nameless = {**watch, "watch": None}
    if change.kind == "trial.new":
        return replace(change, summary=summary, after={**facts, "found_by": nameless})
    return replace(change, summary=summary, before=nameless)


def _without_name(summary: str, watch: dict[str, Any]) -> str:
    """A sentence that says of the watch what it looks for, or its number."""
    name, looked_for = watch["watch"], watch.get("search")
    nameless = f"watch {watch.get('watch_id')}"
    pairs = [(f"watch {quote(name)}", nameless)]
    if isinstance(looked_for, str):
        pairs = [(watch_words(name, looked_for), watch_words(None, looked_for)), *pairs]
    for named, said in pairs:
        for before, after in ((named, said), (_capital(named), _capital(said))):
            summary = summary.replace(before, after)
    return summary


def watch_words(name: str | None, looked_for: str) -> str:
    """A watch that looks for trials, as a sentence names it."""
    return f"watch {quote(name)} ({looked_for})" if name else f"the watch of {looked_for}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
