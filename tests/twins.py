"""Two small registries that know of each other: the port `FetchedRegistry` with records that a test writes by hand."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from monitor.errors import AnswerUnreadable
from monitor.model import Coded, Document, Record
from monitor.ports import Answer, Missing, Oddity, RegistryVersion, Traffic


class Twin:
    """A registry whose ids are a letter and four digits. A test publishes its records."""

    address = "http://127.0.0.1/"
    left_alone_for = 0.0

    def __init__(self, key: str, letter: str) -> None:
        self.key = key
        self.name = f"{key.partition('.')[0].title()} Registry"
        self.example_id = f"{letter}0001"
        self.traffic = Traffic()
        self.build = 1
        self.records: dict[str, dict[str, Any]] = {}
        self._id = re.compile(rf"(?<![0-9A-Za-z]){letter}([0-9]{{4}})(?![0-9A-Za-z])", re.IGNORECASE)
        self._letter = letter

    def put(self, trial_id: str, *, status: str = "RECRUITING", ids: Sequence[str] = (), title: str = "Joints") -> None:
        """Publish a record, in a new build of the data."""
        self.records[trial_id] = {"title": title, "status": status, "ids": list(ids)}
        self.build += 1

    def identify(self, text: str) -> str | None:
        found = set(self.ids_in(text))
        return found.pop() if len(found) == 1 else None

    def ids_in(self, text: str) -> list[str]:
        return [f"{self._letter}{number}" for number in self._id.findall(text)]

    def page(self, trial_id: str) -> str:
        return f"https://{self.key}/{trial_id}"

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        return RegistryVersion(f"2026-11-{self.build:02}T09:00:00")

    def answers_at_all(self) -> bool:
        return True

    def leave_alone(self, seconds: float) -> None:
        pass

    def close(self) -> None:
        pass

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        yield [self._answer(each) for each in trial_ids]

    def _answer(self, trial_id: str) -> Answer:
        if trial_id not in self.records:
            return Missing(trial_id, "no such trial")
        return Document(self.key, trial_id, json.dumps(self.records[trial_id], sort_keys=True).encode())

    def prove(self, trial_id: str, raw: bytes) -> Document:
        raise AnswerUnreadable(f"{trial_id}: {raw[:20]!r}")

    def parse(self, document: Document, as_of: datetime) -> Record:
        said = json.loads(document.content)
        return Record(
            registry=self.key,
            trial_id=document.trial_id,
            url=self.page(document.trial_id),
            paths={},
            brief_title=said["title"],
            overall_status=Coded(said["status"], said["status"].capitalize()),
            details={"secondary_ids": [{"id": each, "type": "OTHER"} for each in said["ids"]]},
        )

    def unknown(self, document: Document) -> Sequence[Oddity]:
        return ()
