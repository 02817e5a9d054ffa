"""What was read of a change, as `monitor explain` gives it. Pure."""

from typing import TYPE_CHECKING

from monitor.model import Json

if TYPE_CHECKING:
    from monitor.insight.stops.reading import StopReason


def stop_json(reason: "StopReason") -> dict[str, Json]:
    """Why a trial stopped: the likeliest class first."""
    return {
        "classes": [str(each) for each in reason.classes],
        "groups": [str(each) for each in reason.groups],
        "words": [*reason.words],
        "sure": reason.is_sure,
    }
