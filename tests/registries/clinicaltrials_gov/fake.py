"""ClinicalTrials.gov on loopback, as far as the adapter's tests need it: version, page, single record, and poison."""

import json
from collections.abc import Callable
from itertools import chain
from typing import Any

from tests.loopback import Answer, Loopback, Request, http
from tests.registries.trials import page as page_of
from tests.registries.trials import trial

BASE = "/api/v2"
STAMP = "2026-11-20T09:00:04"


class FakeRegistry(Loopback):
    """Serves *studies* by id. What stands in *overrides* for a path is answered instead, poison included."""

    def __init__(self, *studies: dict[str, Any], longest_target: int = 100_000) -> None:
        super().__init__(self._route)
        self.studies = {study["protocolSection"]["identificationModule"]["nctId"]: study for study in studies}
        self.overrides: dict[str, Callable[[Request], Answer]] = {}
        self.in_page: dict[str, Any] = {}
        """By id, what stands in a page in the record's place."""
        self.broken: set[str] = set()
        """Ids in whose company a page answers what their single record answers."""
        self.etag = '"0a1b2c3/0.34.1/mtmq3wmo"'
        self.stamp = STAMP
        self.page_size = 1000
        self.longest_target = longest_target
        self.too_long: Answer = http(b"", 414)
        """What a longer address gets."""
        self.unknown_field: str | None = None
        self.refuse_batches: int | None = None
        """The status, without words, of everything that asks by id."""
        self.api_version = "2.0.5"

    @property
    def base_url(self) -> str:
        return self.url + BASE

    def targets(self, path: str) -> list[str]:
        return [request.target for request in self.requests if request.path == BASE + path]

    def _route(self, request: Request) -> Answer:
        if override := self.overrides.get(request.path.removeprefix(BASE)):
            return override(request)
        if len(request.target) > self.longest_target:
            return self.too_long
        if request.path == f"{BASE}/version":
            return self._version(request)
        if request.path == f"{BASE}/studies":
            return self._refusal(request.query) or self.page(request)
        return self._study(request.path.removeprefix(f"{BASE}/studies/"))

    def _version(self, request: Request) -> Answer:
        if request.headers.get("if-none-match") == self.etag:
            return http(b"", 304, headers={"ETag": self.etag})
        body = json.dumps({"apiVersion": self.api_version, "dataTimestamp": self.stamp}).encode()
        return http(body, headers={"ETag": self.etag})

    def _refusal(self, query: dict[str, str]) -> Answer | None:
        if self.refuse_batches and "filter.ids" in query:
            return http(b"", self.refuse_batches)
        if self.unknown_field in query.get("fields", "").split(","):
            words = f"Parameter 'fields' contains invalid field name: '{self.unknown_field}'"
            return http(words.encode(), 400, content_type="text/plain")
        return None

    def page(self, request: Request) -> Answer:
        query = request.query
        ids = query["filter.ids"].split(",") if "filter.ids" in query else list(self.studies)
        for number, trial_id in enumerate(ids, 1):
            if not (trial_id.startswith("NCT") and trial_id[3:].isdecimal() and int(trial_id[3:])):
                return http(
                    b"Item %d in parameter `filter.ids` has incorrect format" % number, 400, content_type="text/plain"
                )
        for trial_id in self.broken.intersection(ids) if "filter.ids" in query else ():
            return self.overrides[f"/studies/{trial_id}"](request)
        found = [self.in_page.get(trial_id, self.studies.get(trial_id)) for trial_id in ids]
        found += [study for study in self.studies.values() if aliases_of(study) & set(ids) and study not in found]
        if query.get("fields") == "NCTId":
            found = [id_alone(trial_id) for trial_id in ids if trial_id in self.studies]
        found = [study for study in found if study is not None]
        size = min(int(query.get("pageSize", "10")), self.page_size)
        start = int(query.get("pageToken", "t0")[1:])
        more: dict[str, Any] = {"nextPageToken": f"t{start + size}"} if start + size < len(found) else {}
        if query.get("countTotal") == "true" and not start:
            more["totalCount"] = len(found)
        if "filter.ids" not in query and "fields" not in query:
            for trial_id in self.broken.intersection(ids[start : start + size]):
                return self.overrides[f"/studies/{trial_id}"](request)
        return http(page_of(*found[start : start + size], **more))

    def _study(self, trial_id: str) -> Answer:
        if study := self.studies.get(trial_id):
            return http(json.dumps(study).encode())
        for canonical, study in self.studies.items():
            if trial_id in aliases_of(study):
                return http(b"", 301, headers={"Location": f"{BASE}/studies/{canonical}"})
        return http(f"NCT number {trial_id} not found".encode(), 404, content_type="text/plain;charset=UTF-8")


def id_alone(trial_id: str) -> dict[str, Any]:
    """What is left of a record where nothing but its id is asked for."""
    return {"protocolSection": {"identificationModule": {"nctId": trial_id}}}


def aliases_of(study: dict[str, Any]) -> set[str]:
    return set(study["protocolSection"]["identificationModule"].get("nctIdAliases", ()))


def id_of(number: int) -> str:
    return f"NCT{number:08}"


def publish(registry, *numbers: int, **changes) -> list[str]:
    """Have the registry hold trials of these numbers; their ids."""
    for number in numbers:
        registry.studies[id_of(number)] = trial(id_of(number), **changes)
    return [id_of(number) for number in numbers]


def fetched(adapter, trial_ids):
    """The answers by id; every id exactly once."""
    answers = list(chain(*adapter.fetch(trial_ids)))
    by_id = {answer.trial_id: answer for answer in answers}
    assert len(answers) == len(by_id) == len(set(trial_ids)), "every id is answered exactly once"
    assert set(by_id) == set(trial_ids)
    return by_id
