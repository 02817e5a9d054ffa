"""What a watch looks for. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In which part a sponsor is looked for."""

    LEAD = "lead"
    ANY = "any"
    """As the lead sponsor or as a collaborator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which trials are looked for: those of a sponsor, of a condition or of an expression; with none, all there are.

    *sponsor* is a whole name, in any case and spacing; *expression* is in the registry's own query language.
    """

    sponsor: str | None = None
    role: Role = Role.LEAD
    condition: str | None = None
    expression: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it down."""
        return self.sponsor is None and self.condition is None and self.expression is None

    @property
    def is_of_sponsor_alone(self) -> bool:
        """Whether all trials of a sponsor are looked for."""
        return self.sponsor is not None and self.condition is None and self.expression is None
