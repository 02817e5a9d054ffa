"""A registry that names newer data, and what may be odd about its answers."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from monitor.registries.clinicaltrials_gov import batches
from monitor.registries.clinicaltrials_gov.plain import PlainClient
from tests.loopback import Answer, Loopback, Request, http
from tests.quiet.world import World

Study = dict[str, Any]
AT_ONCE = 4
"""Trials that are probed in a request."""
READ_AT_ONCE = 2
"""Trials that are read in full in one."""


def in_module(study: Study, module: str) -> Study:
    return study["protocolSection"].setdefault(module, {})  # type: ignore[no-any-return]


def moved(study: Study) -> list[Study]:
    in_module(study, "statusModule")["overallStatus"] = "TERMINATED"
    return [study]


def moved_unseen(study: Study) -> list[Study]:
    """What no probe asks for."""
    in_module(study, "descriptionModule")["briefSummary"] = "Another one."
    return [study]


def of_build(day: Any) -> Callable[[Study], list[Study]]:
    def built(study: Study) -> list[Study]:
        study["derivedSection"]["miscInfoModule"]["versionHolder"] = day
        return [study]

    return built


def under_another_id(study: Study) -> list[Study]:
    in_module(study, "identificationModule")["nctId"] = "NCT99999999"
    return [study]


def nested(study: Study) -> list[Study]:
    for _ in range(300):
        study["annotationSection"] = {"deeper": study.get("annotationSection")}
    return [study]


def with_voids(study: Study) -> list[Study]:
    in_module(study, "designModule")["phases"] = []
    study["annotationSection"] = None
    return [study]


TRIAL_ODDITIES: dict[str, Callable[[Study], list[Any]]] = {
    "moved": moved,
    "moved unseen": moved_unseen,
    "absent": lambda _: [],
    "twice": lambda study: [study, study],
    "twice and moved": lambda study: [study, *moved(copy.deepcopy(study))],
    "under another id": under_another_id,
    "with a stranger": lambda study: [study, *under_another_id(copy.deepcopy(study))],
    "nested": nested,
    "with voids": with_voids,
    "a text": lambda _: ["text"],
    "null": lambda _: [None],
    "of no build": of_build(None),
    "of an odd build": of_build("yesterday"),
    "of an old build": of_build("2001-02-03"),
    "of a build to come": of_build("2999-01-01"),
}
PAGE_ODDITIES: dict[str, Callable[[bytes], Answer]] = {
    "cut": lambda page: http(page[:-9]),
    "for people": lambda page: http(page, content_type="text/html; charset=utf-8"),
    "HTML": lambda _: http(b"<html><title>Maintenance</title></html>"),
    "a list": lambda page: http(b"[" + page + b"]"),
    "without studies": lambda _: http(b'{"studies": {}}'),
    "nothing": lambda _: http(b""),
    "refused": lambda _: http(b"no", 400, content_type="text/plain"),
    "turned away": lambda _: http(b"no", 403, content_type="text/plain"),
    "moved away": lambda _: http(b"", 301, headers={"Location": "/elsewhere"}),
    "to go on": lambda page: http(page[:-1] + b', "nextPageToken": "more"}'),
    "to go on oddly": lambda page: http(page[:-1] + b', "nextPageToken": "\\n"}'),
    "with spaces": lambda page: http(b" \n" + page + b"\t "),
}


@dataclass
class Refreshed:
    """What the registry answers: *stamps* and *builds* one after the other, and the last of them from then on."""

    studies: dict[str, Study]
    stamps: list[str]
    builds: list[str | None]
    trials: dict[str, str] = field(default_factory=dict)
    """By trial, what is odd about its records."""
    pages: dict[int, str] = field(default_factory=dict)
    """By number, what is odd about a page."""
    version_headers: dict[str, str] = field(default_factory=dict)
    api_version: Any = "2.0.5"

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Answer from the start again."""
        self._versions = self._pages = 0

    def answer(self, request: Request) -> Answer:
        if request.path == "/version":
            return self._version(request)
        number, self._pages = self._pages, self._pages + 1
        ids = request.query.get("filter.ids", "").split(",")
        if request.path != "/studies":
            ids = [request.path.removeprefix("/studies/")]
        found = [one for trial_id in ids for one in self._records(trial_id, number)]
        if request.path != "/studies":
            missing = http(f"NCT number {ids[0]} not found".encode(), 404, content_type="text/plain")
            return http(json.dumps(found[0]).encode()) if found else missing
        page = json.dumps({"studies": found}).encode()
        return PAGE_ODDITIES[self.pages[number]](page) if number in self.pages else http(page)

    def _version(self, request: Request) -> Answer:
        stamp = self.stamps[min(self._versions, len(self.stamps) - 1)]
        self._versions += 1
        headers = {"ETag": f'"{stamp}"', **self.version_headers}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return http(status=304, headers=headers)
        return http(json.dumps({"apiVersion": self.api_version, "dataTimestamp": stamp}).encode(), headers=headers)

    def _records(self, trial_id: str, number: int) -> list[Any]:
        if trial_id not in self.studies:
            return []
        study = copy.deepcopy(self.studies[trial_id])
        of_build(self.builds[min(number, len(self.builds) - 1)])(study)
        return TRIAL_ODDITIES[self.trials[trial_id]](study) if trial_id in self.trials else [study]


@contextmanager
def refreshed(world: World, registry: Refreshed) -> Iterator[None]:
    """That registry in the place of the world's own, and few trials in a request."""
    former = world.server
    with (
        Loopback(registry.answer) as server,
        patch.object(batches, "PROBED_AT_ONCE", AT_ONCE),
        patch.object(PlainClient, "at_once", AT_ONCE),
        patch.object(batches, "FETCHED_AT_ONCE", READ_AT_ONCE),
        patch.object(PlainClient, "read_at_once", READ_AT_ONCE),
    ):
        world.server = server
        world.configure()
        yield
    world.server = former
