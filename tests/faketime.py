"""Processes whose clock is set: by libfaketime where it is installed, else they see the real one."""

from pathlib import Path

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def set_to(moment: str) -> dict[str, str]:
    """The variables of a process that begins at *moment*: `@2028-02-29 12:00:00` in UTC, or `+400d` from now."""
    if LIBRARY is None:
        return {}
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": moment,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # with it, time.sleep would end with EINVAL
        "TZ": "UTC",
    }
