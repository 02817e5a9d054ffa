"""Days as CTIS writes them: 28/04/2021 in search rows, 2021-04-28 or a moment in records. Pure."""

import re
from datetime import date

from monitor.model import Json

_FORMS = (
    re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:T[0-9:.+Z-]{0,30})?"),
)


def day_in(value: Json) -> str | None:
    """The day as 2021-04-28; None where *value* is none that exists."""
    if type(value) is not str:
        return None
    for form in _FORMS:
        if found := form.fullmatch(value.strip()):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
            except ValueError:
                return None
    return None
