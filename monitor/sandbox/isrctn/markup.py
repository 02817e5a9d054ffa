"""Trees as the XML that ISRCTN serves. Pure."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from monitor.model import Json
from monitor.sandbox.small.trees import Trial

NAMESPACE = "http://www.67bricks.com/isrctn"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
EMPTY = f'{DECLARATION}<allTrials totalCount="0" xmlns="{NAMESPACE}"/>'.encode()
BOMB = "".join(
    (
        DECLARATION,
        '<!DOCTYPE allTrials [<!ENTITY a "ha">',
        *(f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("abcdefghi", "bcdefghij", strict=True)),
        f']>\n<allTrials totalCount="1" xmlns="{NAMESPACE}"><fullTrial>&j;</fullTrial></allTrials>',
    )
).encode()
"""A document type whose entities become two thousand million letters."""


def listed(total: int, trials: Iterable[Trial]) -> bytes:
    """The answer to a query: how many there are, and those that it wanted."""
    held = "".join(f"<fullTrial>{full_trial(trial)}</fullTrial>" for trial in trials)
    return f'{DECLARATION}<allTrials totalCount="{total}" xmlns="{NAMESPACE}">{held}</allTrials>'.encode()


def alone(trial: Trial) -> bytes:
    """The answer to the question for one trial."""
    return f'{DECLARATION}<fullTrial xmlns="{NAMESPACE}">{full_trial(trial)}</fullTrial>'.encode()


def full_trial(trial: Trial) -> str:
    """A trial with its marks of an edit, and the organisations beside it."""
    marks = {"@lastUpdated": f"{trial.edited_at:%Y-%m-%dT%H:%M:%S}.000000001Z", "@version": str(trial.edition)}
    tree = trial.tree if isinstance(trial.tree, dict) else {}
    held = tree.get("trial")
    marked = {**tree, "trial": {**marks, **held} if isinstance(held, dict) else marks}
    return "".join(element(name, value) for name, value in marked.items())


def element(name: str, value: Json) -> str:
    """A value as an element, a list as one element for each of its items."""
    if isinstance(value, list):
        return "".join(element(name, item) for item in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape('' if value is None else str(value))}</{name}>"
    attributes = "".join(f" {key[1:]}={quoteattr(str(text))}" for key, text in value.items() if key.startswith("@"))
    below = "".join(element(key, item) for key, item in value.items() if not key.startswith(("@", "#")))
    return f"<{name}{attributes}>{escape(str(value.get('#', '')))}{below}</{name}>"
