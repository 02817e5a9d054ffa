"""The adapter of DRKS, against a server on loopback that gives its file of all trials, or anything else."""

import gc
import json
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RegistryError, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.model import Document
from monitor.ports import Missing, Searching, Unanswered, Unreadable, searching
from monitor.registries.drks import bulk
from monitor.registries.drks.adapter import Drks
from tests.loopback import Loopback, http
from tests.registries.drks_trials import HAND, HIP, KNEE, listed, record, zipped
from tests.registries.poisons import ERROR_PAGE, bomb

MORNING = datetime(2026, 11, 27, 6, tzinfo=UTC)
MANY = [record(f"DRKS{number:08}") for number in range(40_000, 40_100)]


class Server(Loopback):
    """Gives *body* as the file of *day*."""

    def __init__(self) -> None:
        super().__init__(lambda request: self.answer or self.file())
        self.body = zipped(record(KNEE), record(HIP))
        self.day = "20261127"
        self.answer = None

    def file(self) -> bytes:
        named = {"Content-Disposition": f'attachment; filename="DRKS_all_{self.day}.zip"'}
        return http(self.body, headers=named, content_type="application/zip")


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def registry(server, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = []

    def make(**options):
        session = PoliteSession(requests_per_second=1e6, user_agent="tests", sleep=lambda seconds: None)
        made.append(Drks(base_url=server.url, session=session, clock=lambda: make.now, **options))
        return made[-1]

    make.now = MORNING
    yield make
    for each in made:
        each.close()


def fetched(adapter, *trial_ids):
    answers = list(chain(*adapter.fetch(trial_ids)))
    assert sorted(answer.trial_id for answer in answers) == sorted(trial_ids)
    return {answer.trial_id: answer for answer in answers}


def probed(adapter, *trial_ids):
    return {seen.trial_id: seen for seen in chain(*adapter.probe(trial_ids))}


@pytest.mark.parametrize("apart", [False, True])
def test_one_request_answers_for_all_trials(registry, server, apart):
    server.body = zipped(record(KNEE), record(HIP), apart=apart)
    adapter = registry()

    version = adapter.version(None)
    seen, answers = probed(adapter, KNEE, HIP, HAND), fetched(adapter, KNEE, HIP, HAND)

    assert version.stamp == "2026-11-27"
    assert seen.keys() == {KNEE, HIP}
    assert {seen[each].digest for each in (KNEE, HIP)} == {answers[each].probe_digest for each in (KNEE, HIP)}
    assert answers[HAND] == Missing(HAND, "not in the file of all trials")
    assert adapter.answers_at_all()
    assert [request.target for request in server.requests] == ["/en/download/all-json"]


def test_nothing_is_asked_while_there_can_be_no_newer_file(registry, server):
    version = registry().version(None)
    later = registry()
    registry.now += timedelta(hours=23)

    assert later.version(version) is version
    assert len(server.requests) == 1

    registry.now += timedelta(hours=1)
    server.day = "20261128"
    assert later.version(version).stamp == "2026-11-28"
    assert len(server.requests) == 2


def test_a_file_of_the_same_day_again_is_no_newer_version_and_not_asked_for_all_day(registry, server):
    first = registry().version(None)
    registry.now += timedelta(days=1)
    adapter = registry()

    again = adapter.version(first)

    assert again.stamp == first.stamp
    assert again.etag != first.etag
    assert adapter.version(again) is again
    assert len(server.requests) == 2


def test_a_trial_that_is_new_here_is_looked_for_in_the_file_of_the_day(registry, server):
    version = registry().version(None)
    adapter = registry()
    adapter.version(version)

    assert isinstance(fetched(adapter, KNEE)[KNEE], Document)
    assert isinstance(fetched(adapter, HIP)[HIP], Document)
    assert len(server.requests) == 1, "one a day"


@pytest.mark.parametrize("what", ["cut", "another", "gone", "open to others"])
def test_a_kept_file_that_something_happened_to_is_had_anew(registry, server, tmp_path, what):
    version = registry().version(None)
    (folder,) = tmp_path.iterdir()
    (kept,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)
    if what == "gone":
        kept.unlink()
    elif what == "open to others":
        folder.chmod(0o777)
    else:
        kept.write_bytes(kept.read_bytes()[:-9] if what == "cut" else zipped(record(KNEE, title="Another")))
    adapter = registry()
    adapter.version(version)

    assert isinstance(fetched(adapter, KNEE)[KNEE], Document)
    assert len(server.requests) == 2


def test_one_file_is_kept_and_where_there_is_no_room_for_it_none(registry, server, tmp_path):
    version = registry().version(None)
    registry.now += timedelta(days=1)
    server.day, server.body = "20261128", zipped(record(KNEE, lastUpdate="2026-11-28"))
    version = registry().version(version)
    (folder,) = tmp_path.iterdir()
    (kept,) = folder.iterdir()
    kept.unlink()
    folder.rmdir()
    folder.write_bytes(b"in the way")

    adapter = registry()
    adapter.version(version)
    assert isinstance(fetched(adapter, KNEE)[KNEE], Document)
    assert len(server.requests) == 3


def test_a_sandbox_is_asked_every_time(registry, server):
    adapter = registry(once_a_day=False)
    first = adapter.version(None)
    server.body = zipped(record(KNEE), record(HIP, lastUpdate="2026-11-26"))
    registry.now += timedelta(minutes=1)

    second = adapter.version(first)

    assert first.stamp < second.stamp
    assert adapter.version(second) == second


def test_an_older_file_answers_for_nobody(registry, server):
    known = registry().version(None)
    registry.now += timedelta(days=1)
    server.day = "20261120"
    adapter = registry()

    assert adapter.version(known).stamp == "2026-11-20"
    assert "although that of 2026-11-27 is out" in fetched(adapter, KNEE)[KNEE].reason
    assert len(server.requests) == 2


def test_a_file_that_another_process_had_is_had_before_anything_is_read(registry, server):
    stays = registry()
    first = stays.version(None)
    registry.now += timedelta(days=1)
    server.day, server.body = "20261128", zipped(record(KNEE, lastUpdate="2026-11-28"))
    second = registry().version(first)

    assert stays.version(second) is second
    assert fetched(stays, KNEE)[KNEE].updated_on == ("2026-11-28",)


def test_a_file_that_lacks_many_trials_removes_none(registry, server):
    server.body = zipped(record(KNEE), *MANY)
    known = registry().version(None)
    registry.now += timedelta(days=1)
    server.day, server.body = "20261128", zipped(*MANY[:70])
    adapter = registry()
    version = adapter.version(known)

    answers = fetched(adapter, KNEE, MANY[0]["drksId"])

    assert isinstance(answers[KNEE], Unanswered)
    assert "70 of 101" in answers[KNEE].reason
    assert isinstance(answers[MANY[0]["drksId"]], Document)
    assert not adapter.answers_at_all()
    assert version.stamp == "2026-11-28"


def test_one_bad_record_spoils_itself_alone(registry, server):
    good, bad = json.dumps(record(KNEE)), json.dumps(record(HIP)).replace('"PHASE_II_III"', "PHASE")
    server.body = f"[{good}, {bad}]".encode()

    answers = fetched(registry(), KNEE, HIP)

    assert isinstance(answers[KNEE], Document)
    assert isinstance(answers[HIP], Unanswered)
    assert "1 record cannot be read" in answers[HIP].reason


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (record(KNEE, recruitment__status=None), "lacks recruitment.status"),
        (record(KNEE, trialDescriptions=[]), "lacks a title"),
        (record(KNEE, recruitment=["x"]), "recruitment is a list instead of an object"),
        (record(KNEE, trialContacts={}), "trialContacts is an object instead of a list"),
    ],
)
def test_a_record_that_is_not_whole_is_kept_aside(registry, server, tree, reason):
    server.body = zipped(tree, record(HIP))

    answers = fetched(registry(), KNEE, HIP)

    assert isinstance(answers[KNEE], Unreadable)
    assert reason in answers[KNEE].reason
    assert json.loads(answers[KNEE].raw) == tree
    assert isinstance(answers[HIP], Document)


def test_two_records_of_one_trial_that_differ_are_none(registry, server):
    server.body = zipped(record(KNEE), record(KNEE, lastUpdate="2026-01-01"), record(HIP), record(HIP))

    answers = fetched(registry(), KNEE, HIP)

    assert isinstance(answers[KNEE], Unreadable)
    assert isinstance(answers[HIP], Document)


WHOLE = zipped(record(KNEE), record(HIP))


def inflating() -> bytes:
    return zipped(record(KNEE, url="x" * 8_000_000))


def with_other_sums() -> bytes:
    stored = zipped(record(KNEE), compression=0)
    return stored.replace(b"KNIEWARM", b"KNIEWURM", 1)


def many_files() -> bytes:
    return WHOLE[:-14] + b"\xff\xfe\xff\xfe" + WHOLE[-10:]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(ERROR_PAGE, content_type="text/html"), "HTML"),
        (http(ERROR_PAGE, content_type="application/zip"), "HTML"),
        (http(b""), "empty"),
        (http(b"{}"), "no trial"),
        (http(b"[]"), "no trial"),
        (http(b"Service unavailable"), "neither a zip nor JSON"),
        (http(WHOLE[: len(WHOLE) // 2]), "cut short"),
        (http(WHOLE[:-1]), "cut short"),
        (http(WHOLE[:40] + b"\0\0\0" + WHOLE[43:]), "damaged"),
        (http(with_other_sums()), "damaged"),
        (http(zipped()), "no trial"),
        (http(inflating()), "would become"),
        (http(many_files()), "too many files"),
        (http(listed(record(KNEE))[:-1]), "ends in the middle"),
        (http(listed(record(KNEE)) + b"<!-- cached -->{"), "not a list of records"),
        (bomb(megabytes=17), "more than"),
        (http(b"", 302, headers={"Location": "/login"}), "302"),
    ],
)
def test_what_is_no_file_of_trials_is_refused_and_kept_for_nobody(registry, server, answer, reason):
    server.answer = answer
    adapter = registry()

    with pytest.raises(AnswerUnreadable, match=reason):
        adapter.version(None)

    refused = fetched(adapter, KNEE, HIP)
    assert all(isinstance(each, Unreadable) and reason in each.reason for each in refused.values())
    assert all(each.reason.isprintable() and len(each.raw) <= 4096 for each in refused.values())
    assert not probed(adapter, KNEE)
    assert not adapter.answers_at_all()
    assert len(server.requests) == 1, "what was not believed is not asked for again at once"


def test_a_zip_with_a_zip_in_it_holds_no_trial(registry, server):
    from io import BytesIO
    from zipfile import ZipFile

    into = BytesIO()
    with ZipFile(into, "w") as packed:
        packed.writestr("inner.zip", WHOLE)
        packed.writestr("readme.txt", "All trials")
    server.body = into.getvalue()

    with pytest.raises(AnswerUnreadable, match="no trial"):
        registry().version(None)


def test_a_file_in_the_zip_larger_than_any_is_refused(registry, server, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_UNPACKED", 1000)

    with pytest.raises(AnswerUnreadable, match="would become"):
        registry().version(None)


def test_an_encrypted_zip_is_refused(registry, server):
    at = WHOLE.rindex(b"PK\x01\x02")
    server.body = WHOLE[: at + 8] + b"\x01" + WHOLE[at + 9 :]

    with pytest.raises(AnswerUnreadable, match="encrypted"):
        registry().version(None)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_says_what_to_do(registry, server, status):
    server.answer = http(b"", status)

    with pytest.raises(RequestRefused, match=rf"{status}.*base_url"):
        registry().version(None)


def test_a_registry_that_is_away_answers_for_nobody(registry, server):
    server.answer = http(b"", 503)
    adapter = registry()

    with pytest.raises(RegistryError):
        adapter.version(None)
    assert isinstance(fetched(adapter, KNEE)[KNEE], Unanswered)
    assert isinstance(probed(adapter, KNEE)[KNEE], Unanswered)


def test_the_file_is_gone_with_the_adapter_and_after_one_that_was_not_believed(registry, server, monkeypatch, tmp_path):
    made = []
    opened = tempfile.TemporaryFile

    def noted(**options):
        made.append(opened(**options))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    adapter = registry(once_a_day=False)
    adapter.version(None)
    assert list(Path(tmp_path).iterdir()) == []
    assert [each.closed for each in made] == [False]

    server.answer, registry.now = http(WHOLE[:-1]), registry.now + timedelta(days=1)
    with pytest.raises(AnswerUnreadable):
        adapter.version(None)
    assert [each.closed for each in made] == [False, True]

    adapter.close()
    gc.collect()
    assert [each.closed for each in made] == [True, True]


def test_an_answer_proves_itself_in_every_form(registry):
    adapter, raw = registry(), json.dumps(record(KNEE)).encode()

    forms = [
        raw,
        listed(record(HIP), record(KNEE)),
        zipped(record(HIP), record(KNEE)),
        adapter.prove(KNEE, raw).content,
    ]
    assert len({adapter.prove(KNEE, each).content for each in forms}) == 1
    for other in (b"", b"<html>", raw[:-1], listed(record(HIP)), b"[" * 10_000):
        with pytest.raises(AnswerUnreadable):
            adapter.prove(KNEE, other)


def test_it_cannot_be_searched_and_says_so(registry):
    adapter = registry()

    assert not isinstance(adapter, Searching)
    with pytest.raises(ConfigurationInvalid, match=r"drks\.de cannot be searched"):
        searching(adapter)


@pytest.mark.parametrize(
    "text",
    [
        "DRKS00035001", "drks00035001", " DRKS 00035001 ", "DRKS-ID: 00035001", "DRKS-ID: DRKS00035001",
        "DRKS: 00035001", "https://drks.de/search/en/trial/DRKS00035001", "https://drks.de/search/de/trial/DRKS00035001/details?x=1",
        "https://www.drks.de/drks_web/navigate.do?navigationId=trial.HTML&TRIAL_ID=DRKS00035001",
    ],
)  # fmt: skip
def test_an_id_is_known_however_it_is_pasted(registry, text):
    assert registry().identify(text) == KNEE


@pytest.mark.parametrize("text", ["DRKS0003500", "DRKS000350012", "XDRKS00035001", "DRKS00000000", "35001", ""])
def test_what_is_no_id_is_none(registry, text):
    assert registry().identify(text) is None
