"""What a table of config.toml is made of: `Section`, and in `values` what its values may be.

`monitor.config` has the whole tree. A registry or a channel declares its own tables and keys beside its code, so this
lies below all of them.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

ONLY_BY_VARIABLE = "only by variable"
"""Among a key's annotations: a secret that a file which people copy and share must not hold."""

Secret = Annotated[str, ONLY_BY_VARIABLE]


class Section(BaseModel):
    """A table of config.toml: no other keys than these, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_alias=True, validate_by_name=False)
