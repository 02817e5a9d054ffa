"""Trials as people type or paste them: one text each, on a command line or in the lines of a form."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from monitor.errors import TrialIdInvalid
from monitor.operate.transfer.lists.naming import Names
from monitor.operate.transfer.lists.sorting import TrialList
from monitor.ports import Registry


def typed(
    texts: Iterable[str], registries: Sequence[Registry], identify: Callable[[str], tuple[Registry, str]]
) -> TrialList:
    """The trials that these texts name, and a complaint for each that names none."""
    found, names = TrialList(), Names(registries)
    for text in chain.from_iterable(map(_words, texts)):
        each = names.of(text)
        for trial in each.trials:
            found.add(*trial)
        found.left += [f"{other.text} {other.reason}" for other in each.others]
        if not each.trials and not each.others:
            try:
                identify(text)
            except TrialIdInvalid as error:
                found.left.append(str(error))
    return found


def _words(text: str) -> list[str]:
    """The words of a list with commas, each of which is to name a trial; another text whole: it may hold a title."""
    words = [each.strip() for each in re.split("[,;]", text) if each.strip()]
    is_list = bool(words) and "/" not in text and not any(map(str.isspace, "".join(words)))
    return words if is_list else [text]
