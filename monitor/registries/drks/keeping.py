"""The file of all trials, kept for the next process of the same user: it is asked for once a day, whoever needs it.

There is one at a time, in a folder of the temporary ones that nobody else can write to. It goes by the digest of what
it holds, which the version of the registry's data names, and is looked through again before it is used: so one that
anything happened to is only downloaded again, and so is one that could not be kept.
"""

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from monitor.errors import AnswerUnreadable
from monitor.registries.drks import bulk
from monitor.registries.drks.download import BulkFile


def keep(file: BinaryIO, digest: str) -> None:
    """Keep a file that holds what has this digest in place of the one before, as far as that can be done."""
    with suppress(OSError):
        folder = _folder()
        try:
            file.seek(0)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:  # readable by its owner alone
                shutil.copyfileobj(file, draft)
            Path(draft.name).replace(folder / digest)
        finally:
            for each in folder.iterdir():
                if each.name != digest:
                    each.unlink(missing_ok=True)


def kept(digest: str) -> BulkFile | None:
    """The file that holds what has this digest; None where it is not kept, or no longer what it was."""
    try:
        file = (_folder() / digest).open("rb")
    except OSError:
        return None
    with suppress(AnswerUnreadable, OSError):
        found = bulk.contents(file)
        if found.digest == digest:
            return BulkFile(file, "", found)
    file.close()
    return None


def _folder() -> Path:
    """The folder, made where it is missing. Raise OSError where there is one that others can write to."""
    folder = Path(tempfile.gettempdir()) / f"registry-monitor-drks-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(folder)
    return folder
