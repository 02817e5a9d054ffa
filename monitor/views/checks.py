"""What a check came to, in one line for people: the proof that all trials were looked at. Pure."""

from collections.abc import Collection, Mapping

from monitor.model.checked import CheckSummary, Result
from monitor.text import counted, size, stamp


def closing_parts(
    results: Mapping[Result, int],
    *,
    asked: int,
    versions: Collection[str | None],
    requests: int,
    bytes_: int,
    seconds: float,
    refreshed: bool = True,
    behind: int = 0,
    denied: int = 0,
) -> list[str]:
    """The parts of the line: first how many of *asked* trials were checked, last what that cost.

    *versions* are those of the registries, one each: of several, none is named, for each dates its own data.
    *refreshed*: whether any registry had newer data at all. *behind* is for how many it answered from older data than
    it has; *denied* how many watched numbers it does not know, which are not among the trials asked for.
    """
    failed = results.get(Result.FAILED, 0)
    done = asked - failed
    if refreshed or failed:
        parts = [f"{done:,} of {asked:,} checked" + (f", {failed:,} failed" if failed else "")]
        parts += [
            _result_count(result, count) for result, count in results.items() if count and result is not Result.FAILED
        ]
        parts += [f"registry data of {stamp(version)}" for version in versions if version and len(versions) == 1]
        parts += [f"{behind:,} answered from older data, and asked for again next time"] if behind else []
    else:
        as_of = [f" as of {stamp(version)}: nothing newer at the registry" for version in versions]
        several = f": nothing newer at {len(versions)} registries"
        parts = [f"{done:,} of {asked:,} verified{as_of[0] if len(as_of) == 1 else several}"]
    if denied:
        parts.append(f"{counted(denied, 'number')} that the registry does not know, see `monitor doctor`")
    traffic = [counted(requests, "request"), *([size(bytes_)] if bytes_ else []), f"{seconds:.2f} s"]
    return [*parts, ", ".join(traffic)]


def closing_parts_of(summary: CheckSummary) -> list[str]:
    """Those of what a check came to."""
    counts = summary.counts()
    return closing_parts(
        counts,
        asked=summary.asked,
        versions=list(summary.versions.values()) or [None],
        requests=summary.requests,
        bytes_=summary.bytes,
        seconds=summary.seconds,
        refreshed=summary.requests > max(len(summary.versions), 1) or bool(counts[Result.FAILED] or summary.unlisted),
        behind=summary.behind,
        denied=summary.denied,
    )


def _result_count(result: Result, count: int) -> str:
    return f"{counted(count, 'baseline')} taken" if result is Result.BASELINE else f"{count:,} {result}"
