"""The command `monitor`, and `python -m monitor`.

The version is told before anything else is imported: scripts ask for it often, and it costs no more than Python.
"""

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["--version"]:
        from monitor import __version__

        sys.stdout.write(f"monitor {__version__}\n")
        return
    from monitor.cli import main as command_line  # typer and rich take longer to import than Python to start

    command_line()


if __name__ == "__main__":
    main()
