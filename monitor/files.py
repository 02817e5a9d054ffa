"""Makes folders and files that their owner alone may use, whatever the umask. What is there already stays as it is.

The rule: everything that this program makes of its own accord is made here, or with mode 600 where it is made. Which
trials somebody watches is nobody else's business, and in a database are addresses.
"""

import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing. Raise OSError where that cannot be done."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # which says so where it is a file


def make_file(file: Path) -> None:
    """Make an empty file. Raise OSError where that cannot be done."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
