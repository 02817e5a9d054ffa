"""What a check came to, in one line for people: the proof that all trials were looked at. Pure."""

from collections.abc import Mapping

from monitor.model.checked import CheckSummary, Result
from monitor.text import counted, size, stamp


def closing_parts(
    results: Mapping[Result, int],
    *,
    asked: int,
    registry_version: str | None,
    requests: int,
    bytes_: int,
    seconds: float,
    refreshed: bool = True,
    behind: int = 0,
) -> list[str]:
    """The parts of the line: first how many of *asked* trials were checked, last what that cost.

    *refreshed*: whether any registry had newer data at all. *behind* is for how many it answered from older data than
    it has.
    """
    failed = results.get(Result.FAILED, 0)
    done = asked - failed
    if refreshed or failed:
        parts = [f"{done:,} of {asked:,} checked" + (f", {failed:,} failed" if failed else "")]
        parts += [
            _result_count(result, count) for result, count in results.items() if count and result is not Result.FAILED
        ]
        parts += [f"registry data of {stamp(registry_version)}"] if registry_version else []
        parts += [f"{behind:,} answered from older data, and asked for again next time"] if behind else []
    else:
        parts = [f"{done:,} of {asked:,} verified as of {stamp(registry_version)}: nothing newer at the registry"]
    traffic = [counted(requests, "request"), *([size(bytes_)] if bytes_ else []), f"{seconds:.2f} s"]
    return [*parts, ", ".join(traffic)]


def closing_parts_of(summary: CheckSummary) -> list[str]:
    """Those of what a check came to."""
    counts = summary.counts()
    return closing_parts(
        counts,
        asked=summary.asked,
        registry_version=summary.registry_version,
        requests=summary.requests,
        bytes_=summary.bytes,
        seconds=summary.seconds,
        refreshed=summary.requests > 1 or bool(counts[Result.FAILED] or summary.unlisted),
        behind=summary.behind,
    )


def _result_count(result: Result, count: int) -> str:
    return f"{counted(count, 'baseline')} taken" if result is Result.BASELINE else f"{count:,} {result}"
