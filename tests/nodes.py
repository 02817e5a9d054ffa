"""A registry of several machines that new data reach one by one; the test says, or chance does, which one answers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from monitor.model import Document, Record, Search
from monitor.ports import (
    Answer,
    Merged,
    Missing,
    Oddity,
    ProbeResult,
    RegistryVersion,
    SearchPage,
    SharedPage,
    SponsorName,
    SweepPage,
    Traffic,
    Unanswered,
)
from monitor.registries.clinicaltrials_gov import record
from monitor.registries.clinicaltrials_gov.documents import (
    KEY,
    build_of_page,
    document_of,
    kept_document,
    probe_result_of,
)
from tests.registries.trials import trial

Study = dict[str, Any]
FIRST_DAY = date(2026, 11, 2)


@dataclass
class Build:
    """All data as of one moment. *stamp* is what its machines name as their version."""

    day: date
    studies: dict[str, Study]
    aliases: dict[str, str] = field(default_factory=dict)
    hour: int = 9

    @property
    def stamp(self) -> str:
        return f"{self.day}T{self.hour:02}:00:04"


class Nodes:
    """The port `Registry`. *answers* chooses the build that answers a question, of those that there are, by its kind.

    Kinds are version, probe, fetch, find, find_shared and sweep. Without *names_builds* its records do not say where
    they come from.
    """

    key = KEY

    def __init__(self, *trial_ids: str, names_builds: bool = True) -> None:
        self.builds = [Build(FIRST_DAY, {trial_id: studied(trial_id) for trial_id in trial_ids})]
        self.answers: Callable[[str], int] = lambda kind: -1
        self.names_builds = names_builds
        self.misnamed: dict[str, str] = {}
        """By trial, the build that its record names instead of its own."""
        self.stamp: str | None = None
        """What is named as the version instead of the true one."""
        self.total: int | None = None
        """How many trials a shared listing claims to have, instead of those of its page."""
        self.lacking = 0
        """How many of them it does not list."""
        self.asked: list[str] = []
        self.traffic = Traffic()

    # The strings that a test pulls

    @property
    def day(self) -> date:
        return self.builds[-1].day

    def build(self, *, days: int = 1, **changes: Callable[[Study], None]) -> Build:
        """A new build, with trials changed by id. It is the last one; who serves it is another question."""
        before = self.builds[-1]
        made = Build(
            before.day + timedelta(days=days), orjson.loads(orjson.dumps(before.studies)), dict(before.aliases)
        )
        made.hour = before.hour + (not days)
        for trial_id, change in changes.items():
            change(made.studies[trial_id])
            dated(made.studies[trial_id], made.day)
        self.builds.append(made)
        return made

    def built_at(self) -> datetime:
        """When the last build was made."""
        return datetime.fromisoformat(self.builds[-1].stamp).replace(tzinfo=UTC)

    def built_by(self, moment: datetime) -> int:
        """Which build was the last one at that *moment*."""
        return max(sum(f"{moment:%Y-%m-%dT%H:%M:%S}" >= each.stamp for each in self.builds) - 1, 0)

    def serve(self, **kinds: int) -> None:
        """Have these kinds of questions answered from these builds, others from the latest."""
        self.answers = lambda kind: kinds.get(kind, -1)

    def asked_since(self) -> list[str]:
        """The kinds of questions since the last call."""
        asked, self.asked = self.asked, []
        return asked

    # The port

    def _answering(self, kind: str) -> Build:
        self.asked.append(kind)
        self.traffic.requests += 1
        return self.builds[self.answers(kind)]

    def identify(self, text: str) -> str | None:
        return text

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        return RegistryVersion(self.stamp or self._answering("version").stamp)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unanswered]]:
        for start in range(0, len(trial_ids), 3):
            build = self._answering("probe")
            found = [build.studies[each] for each in trial_ids[start : start + 3] if each in build.studies]
            yield [seen for study in found if (seen := probe_result_of(self._stamped(study, build)))]

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        for start in range(0, len(trial_ids), 2):
            build = self._answering("fetch")
            yield [self._answer(trial_id, build) for trial_id in trial_ids[start : start + 2]]

    def _answer(self, trial_id: str, build: Build) -> Answer:
        if into := build.aliases.get(trial_id):
            return Merged(trial_id, into, self._document(into, build))
        if trial_id not in build.studies:
            return Missing(trial_id, f"NCT number {trial_id} not found")
        return self._document(trial_id, build)

    def _document(self, trial_id: str, build: Build) -> Document:
        return document_of(self._stamped(build.studies[trial_id], build), trial_id)

    def find(
        self, search: Search, *, updated_since: date | None = None, token: str | None = None
    ) -> Iterator[SearchPage]:
        yield self._found(self._answering("find"), updated_since)

    def find_shared(self, searches: Collection[Search], *, updated_since: date | None = None) -> Iterator[SharedPage]:
        page = self._found(self._answering("find_shared"), updated_since)
        listed = len(page.trial_ids)
        found = dict.fromkeys(searches, page.trial_ids)
        yield SharedPage(found, set(), listed, self.total or listed, page.build, self.lacking)

    def _found(self, build: Build, updated_since: date | None) -> SearchPage:
        found = [study for study in build.studies.values() if not updated_since or updated(study) >= str(updated_since)]
        ids = [study["protocolSection"]["identificationModule"]["nctId"] for study in found]
        return SearchPage(ids, len(ids), None, build_of_page([self._stamped(study, build) for study in found]))

    def sweep(self, *, token: str | None = None) -> Iterator[SweepPage]:
        at = int(token or 0)
        while True:
            build = self._answering("sweep")
            ids = sorted(build.studies)
            page = [self._document(trial_id, build) for trial_id in ids[at : at + 2]]
            at += 2
            following = str(at) if at < len(ids) else None
            yield SweepPage(page, len(ids), following)
            if following is None:
                return

    def sponsors(self, text: str) -> Sequence[SponsorName]:
        return []

    def answers_at_all(self) -> bool:
        return True

    def prove(self, trial_id: str, raw: bytes) -> Document:
        return kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:
        return record.parse(document)

    def unknown(self, document: Document) -> Sequence[Oddity]:
        return []

    def close(self) -> None:
        pass

    def _stamped(self, study: Study, build: Build) -> Study:
        trial_id = study["protocolSection"]["identificationModule"]["nctId"]
        named = self.misnamed.get(trial_id, str(build.day))
        derived = {"miscInfoModule": {"versionHolder": named}} if self.names_builds else {}
        return {**study, "derivedSection": derived}


def studied(trial_id: str) -> Study:
    """An invented trial that was updated on the first day."""
    study = trial(trial_id)
    dated(study, FIRST_DAY)
    return study


def dated(study: Study, day: date) -> None:
    status = study["protocolSection"]["statusModule"]
    status["lastUpdateSubmitDate"] = str(day)
    status["lastUpdatePostDateStruct"] = {"date": str(day), "type": "ACTUAL"}


def updated(study: Study) -> str:
    day: str = study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    return day


def named(name: str) -> Callable[[Study], None]:
    """A change that a probe does not see but by its dates: another acronym."""

    def rename(study: Study) -> None:
        study["protocolSection"]["identificationModule"]["acronym"] = name

    return rename
