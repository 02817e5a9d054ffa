"""A parsed request to a control. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.errors import ConfigurationInvalid
from monitor.model import Json


@dataclass(frozen=True)
class ControlRequest:
    """A request to a control: its *arguments*, from JSON or a form."""

    arguments: Mapping[str, Json]
    from_form: bool

    def text(self, name: str) -> str:
        """An argument that must be there."""
        value = self.arguments.get(name)
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationInvalid(f"{name} is missing: give it as text.")
        return value.strip()

    @property
    def trial_id(self) -> str:
        """The trial that must be named, by the argument `trial_id`, or `nct_id` as ClinicalTrials.gov calls it."""
        return self.text("nct_id" if "nct_id" in self.arguments else "trial_id")

    @property
    def chosen(self) -> str:
        """The trial that the page shows; empty where a form names none."""
        return str(self.arguments.get("nct_id") or self.arguments.get("trial_id") or "")

    @property
    def refreshes(self) -> bool:
        """Whether a data build is to follow at once."""
        return self.arguments.get("refresh", True) not in (False, "no", "false")
