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
    def refreshes(self) -> bool:
        """Whether a data build is to follow at once."""
        return self.arguments.get("refresh", True) not in (False, "no", "false")
