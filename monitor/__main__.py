"""The command `monitor`, and `python -m monitor`.

The version is told before anything else is imported: scripts ask for it often, and it costs no more than Python.
"""

import gc
import sys

from monitor.streams import set_up, status_after

TYPE_CHECKING = False  # `typing` would cost `monitor --version` more than all the rest
if TYPE_CHECKING:
    from typing import NoReturn

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Importing and reading rows make many objects and no garbage: Python's default of 700 costs a sixth of the start."""


def main() -> None:
    """Run the command line, and leave with its exit status once everything that it printed is written."""
    output = set_up()
    try:
        _run()
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            sys.stderr.write(f"{leaving.code}\n")
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        _leave(status_after(output, status))
    _leave(status_after(output, 0))


def _run() -> None:
    if sys.argv[1:] == ["--version"]:
        from monitor import __version__

        sys.stdout.write(f"monitor {__version__}\n")
        return
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    from monitor.cli import main as command_line  # typer and rich take longer to import than Python to start

    command_line()


def _leave(status: int) -> "NoReturn":
    """End. All that there is goes with the process: Python need not look for garbage in it first."""
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
