"""Which trials a piece of text names, and what in it only looks like one. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from monitor.operate.transfer.lists.lookalikes import Lookalike, lookalikes_in
from monitor.ports import Registry

TrialName = tuple[str, str]
"""(registry, trial id)"""

_ADDRESS = re.compile(
    r"""(?:https?://|(?<![^\s<>"'|(\[,;])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,20}/)(?:(?!https?://)[^\s<>"'|\\^`{}])+""",
    re.IGNORECASE,
)
"""With a scheme, or a host name and a slash. One within another, as an archive of pages has it, stands for itself."""
_BEHIND_IT = ".,;:!?)]*_"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SILENT = re.compile(r"[\W_]+")
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
_LONGEST_SHOWN = 80
_LONGEST_WHOLE = 200
"""Characters for each trial in a text that names nothing else."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names. *is_whole*: nothing else stands in it."""

    trials: tuple[TrialName, ...] = ()
    others: tuple[Lookalike, ...] = ()
    is_whole: bool = False


class Names:
    """Finds the trials of *registries* that a text names."""

    def __init__(self, registries: Sequence[Registry]) -> None:
        self._registries = registries

    def trials_in(self, text: str) -> list[TrialName]:
        """Every trial that a text names, in its order; those in addresses of other sites are not."""
        return [*dict.fromkeys(self._taken_apart(text).trials)]

    def of(self, text: str) -> Named:
        """What a text names."""
        parts = self._taken_apart(text)
        is_long = len(parts.rest) > _LONGEST_WHOLE * (len(parts.trials) + 1)
        said = len(parts.rest) if is_long else len(_SILENT.sub("", parts.rest))
        numbers = [*self._lookalikes(parts.rest)] if said > parts.bare else []
        spoken = sum(len(_SILENT.sub("", number.text)) for number in numbers)
        is_whole = bool(parts.trials or numbers) and said == parts.bare + spoken
        return Named(tuple(dict.fromkeys(parts.trials)), (*parts.strangers, *numbers), is_whole)

    def _lookalikes(self, text: str) -> Iterator[Lookalike]:
        """Those in a text that are no ids of ours."""
        for number in lookalikes_in(text):
            if not any(registry.ids_in(number.text) for registry in self._registries):
                yield number

    def _taken_apart(self, text: str) -> "_Parts":
        parts = _Parts()
        text = _INVISIBLE.sub("", text) if not text.isascii() else text
        rest = _ADDRESS.sub(lambda found: self._address(found, parts), text) if "/" in text else text
        for registry in self._registries:
            for trial_id in registry.ids_in(rest):
                parts.trials.append((registry.key, trial_id))
                parts.bare += len(_SILENT.sub("", trial_id))
        parts.rest = rest
        return parts

    def _address(self, found: re.Match[str], parts: "_Parts") -> str:
        """Take the trials of an address; give what is left of the text in its place."""
        text = found[0]
        address = text.rstrip(_BEHIND_IT)
        try:
            split = urlsplit(address if "://" in address else f"//{address}")
            host = (split.hostname or "").lower()
        except ValueError:
            host = ""
        for registry in self._registries:
            if host == registry.key or host.endswith(f".{registry.key}"):
                ids = registry.ids_in(unquote(split.path)) or registry.ids_in(unquote(split.query))
                parts.trials += [(registry.key, trial_id) for trial_id in ids]
                if not ids:
                    parts.strangers.append(Lookalike(shown(address), _NO_ONE_TRIAL))
                return " "
        if address.endswith("/") and found.string.startswith("http", found.end()):
            return " "  # an archive of pages; whose page it is follows
        if "://" not in text and not any(registry.ids_in(text) for registry in self._registries):
            return text  # a fraction, a date, a file name: no address of a page
        parts.strangers.append(Lookalike(shown(address), "is an address of another site"))
        return " "


_NO_ONE_TRIAL = "is a page of the registry about no one trial: watch a search with --sponsor, --condition or --search"


class _Parts:
    """A text taken apart: the *trials* that it names, *strangers* among its addresses, and the *rest* of it.

    *bare* is how many letters and digits of the rest belong to trial ids.
    """

    def __init__(self) -> None:
        self.trials: list[TrialName] = []
        self.strangers: list[Lookalike] = []
        self.rest = ""
        self.bare = 0


def shown(text: str) -> str:
    """A text as a message shows it: one short line of what can be printed."""
    line = _CREDENTIALS.sub("//…@", " ".join(text[:4000].split()))
    return "".join(each if each.isprintable() else "·" for each in line[:_LONGEST_SHOWN])
