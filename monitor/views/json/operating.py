"""What the operator's commands did or found: `backup`, `restore`, `export`, `import` and `doctor` with --json. Pure."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.model import Json
from monitor.views.json.moments import moment_json

if TYPE_CHECKING:
    from monitor.operate.backup import Backup, Restored
    from monitor.operate.doctor import Finding
    from monitor.operate.transfer.importing import Imported
    from monitor.operate.transfer.saved_pages import ImportedPage
    from monitor.operate.transfer.shapes import Manifest
    from monitor.storage.copying import Contents


def backup_json(made: "Backup") -> dict[str, Json]:
    """A backup, what is in it, and which of its snapshots are damaged."""
    return {"file": str(made.file), "bytes": made.size, **_contents(made.contents), "damaged": [*made.damaged]}


def restored_json(done: "Restored") -> dict[str, Json]:
    """What was restored; `aside` is where the former database lies now, `locked` why nothing can be sent."""
    aside = str(done.aside) if done.aside else None
    return {**_contents(done.contents), "aside": aside, "damaged": [*done.damaged], "locked": done.locked}


def _contents(contents: "Contents") -> dict[str, Json]:
    return asdict(contents) | {"checked_at": moment_json(contents.checked_at)}


def export_json(folder: Path, written: "Manifest") -> dict[str, Json]:
    """An export, as its own export.json has it."""
    return {"folder": str(folder), **{name: getattr(written, name) for name in written.__struct_fields__}}


def imported_json(done: "Imported") -> dict[str, Json]:
    """What was taken from an export, and what was not."""
    return asdict(done)


def imported_page_json(file: Path, done: "ImportedPage") -> dict[str, Json]:
    """A saved page in the history of its trial; `is_new` is false where it was there before, with the day it had."""
    document = done.page.document
    return {
        "file": str(file),
        "registry": document.registry,
        "trial_id": document.trial_id,
        "view": done.page.view,
        "taken_on": done.taken_on.isoformat(),
        "dated_by": done.dated_by if done.is_new else None,
        "is_new": done.is_new,
    }


def finding_json(name: str, finding: "Finding") -> dict[str, Json]:
    """What a check of the doctor found; `remedy` is empty where nothing is to be done."""
    return {"check": name, "level": str(finding.level), "text": finding.text, "remedy": finding.remedy}
