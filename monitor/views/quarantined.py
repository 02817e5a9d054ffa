"""Answers of registries that were not believed: pages of them, and one as it came, as far as a person reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from monitor.errors import StoreCorrupt
from monitor.storage import quarantine
from monitor.storage.quarantine import Quarantined
from monitor.storage.store import Store
from monitor.text import plain

MOST_SHOWN = 100_000
"""Characters of an answer."""
MOST_SET_OUT = 2_000_000
"""Bytes of JSON that are set out with a line a value."""


@dataclass(frozen=True, slots=True)
class QuarantinePage:
    """Some answers, the newest first, without what came."""

    answers: Sequence[Quarantined]
    next: int | None
    """The number below which the next page begins; None where there is none."""


@dataclass(frozen=True, slots=True)
class QuarantinedWhole:
    """An answer as it came, for people; *damage* says why that cannot be read."""

    answer: Quarantined
    """Without its bytes."""
    text: str
    is_cut: bool
    damage: str
    alike: int
    """How many answers were refused for the same reason in the same version of the data, this one among them."""


def quarantine_page(
    store: Store, *, before: int | None = None, accepted: bool = False, limit: int = 50
) -> QuarantinePage:
    """Up to *limit* answers, those of a lower number than *before*; also those that were *accepted* where asked for."""
    with store.read() as tx:
        return QuarantinePage(*quarantine.page(tx, before=before, accepted=accepted, limit=limit))


def one_answer(number: int, store: Store) -> QuarantinedWhole:
    """One answer. NothingFound where there is none of that number."""
    with store.read() as tx:
        damage, raw = "", b""
        try:
            answer = quarantine.get(tx, number)
            raw = answer.raw or b""
        except StoreCorrupt as error:
            damage = str(error)
            answer = quarantine.listed(tx, number)
        alike = len(quarantine.alike(tx, answer)) if answer.doubt is not None else 1
    text, is_cut = _shown(raw)
    return QuarantinedWhole(replace(answer, raw=None), text, is_cut or len(raw) < answer.size, damage, alike)


def _shown(raw: bytes) -> tuple[str, bool]:
    """An answer for people, JSON with a line a value, and whether that is not all of it."""
    text = _set_out(raw) if len(raw) <= MOST_SET_OUT else None
    whole = text if text is not None else raw[: 4 * MOST_SHOWN].decode(errors="replace")
    return plain(whole[:MOST_SHOWN]), len(whole) > MOST_SHOWN or len(raw) > 4 * MOST_SHOWN


def _set_out(raw: bytes) -> str | None:
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except ValueError:
        return None
