"""What the registry was found to accept: remembered while the process lives, so that no request is refused twice.

How long a URL may be, and which of the fields that we ask for exist, is not documented, and known from reports only. It
is forgotten when the registry has another version of its API.
"""

from collections.abc import Sequence

TRIED_AGAIN_AFTER = 50
"""Answers after which a longer address is tried again: whatever refused it may be gone."""


class Learned:
    """What is known of one registry. Lengths are characters of whole addresses."""

    def __init__(self) -> None:
        self.refused_fields: set[str] = set()
        self._api_version: str | None = None
        self._forget()

    def _forget(self) -> None:
        self.refused_fields.clear()
        self._longest_answered = 0
        self._shortest_refused: int | None = None
        self._answers = 0

    def api_version(self, stated: str) -> None:
        """Begin anew where the registry has another API."""
        if self._api_version not in (None, stated):
            self._forget()
        self._api_version = stated

    def takes(self, length: int) -> bool:
        """Whether an address of this length is worth asking."""
        return self._shortest_refused is None or length < self._shortest_refused

    def takes_fields(self, fields: Sequence[str]) -> bool:
        """Whether these fields can be asked for together."""
        return ",".join(fields) not in self.refused_fields

    def answered(self, length: int) -> None:
        """An address of this length was answered: what was refused before and is no longer was not refused for that."""
        self._longest_answered = max(self._longest_answered, length)
        self._answers += 1
        if self._shortest_refused is not None and (
            length >= self._shortest_refused or self._answers >= TRIED_AGAIN_AFTER
        ):
            self._shortest_refused, self._answers = None, 0

    def refused(self, length: int) -> None:
        """An address of this length was refused while the registry was well.

        Where one as long was answered, it is something in this one; or the registry takes less than before, which the
        next refusal will show.
        """
        if length <= self._longest_answered:
            self._longest_answered = 0
        else:
            self._shortest_refused = min(length, self._shortest_refused or length)
            self._answers = 0
