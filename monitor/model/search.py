"""What a watch looks for. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.text import shortened

_LONGEST = 200
"""Characters of what somebody typed, in a sentence."""


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
    def words(self) -> str:
        """What is looked for, as a sentence says it: "trials that Pfizer leads", "all trials"."""
        parts = []
        if self.sponsor is not None:
            leads = "leads" if self.role is Role.LEAD else "leads or supports"
            parts.append(f"that {shortened(self.sponsor, _LONGEST)} {leads}")
        if self.condition is not None:
            parts.append(f"on {shortened(self.condition, _LONGEST)}")
        if self.expression is not None:
            parts.append(f"found by “{shortened(self.expression, _LONGEST)}”")
        return f"trials {' and '.join(parts)}" if parts else "all trials"
