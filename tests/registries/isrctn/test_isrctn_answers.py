"""What the registry may answer in place of a record: none of it becomes a document."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import chain

import orjson
import pytest

from monitor.errors import AnswerUnreadable
from monitor.model import Document, Role, Search
from monitor.ports import Missing, Unanswered, Unreadable
from monitor.registries.isrctn.adapter import Isrctn
from monitor.registries.isrctn.documents import kept_document
from tests.loopback import RESET, Loopback, http
from tests.registries.isrctn import real
from tests.registries.isrctn.trials import HIP, KNEE, WRIST, Served, listed, serving, trial
from tests.registries.poisons import ERROR_PAGE, NGINX_404
from tests.sample_sizes import FUZZED, sizes

GOOD = listed(trial())
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><allTrials totalCount="1">&c;</allTrials>'
)
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><allTrials totalCount="0"/>'
DEEP = (
    b'<allTrials totalCount="1"><fullTrial><trial>' + b"<a>" * 200 + b"</a>" * 200 + b"</trial></fullTrial></allTrials>"
)
PIT = b"<allTrials>" + b"<a>" * 100_000

UNREADABLE = {
    "nothing": b"",
    "blanks": b" \n",
    "a page for people": ERROR_PAGE,
    "half an answer": GOOD[: len(GOOD) // 2],
    "an answer without its end": GOOD[:-3],
    "a document type": BOMB,
    "a document type from elsewhere": OUTSIDE,
    "a document type in small letters": BOMB.replace(b"<!DOCTYPE", b"<!doctype"),
    "entities nobody knows": GOOD.replace(b"Walking", b"&nbsp;Walking"),
    "another trial's record": listed(trial(KNEE)),
    "two records": listed(trial(HIP), trial(KNEE)),
    "a record without a number": listed(trial(HIP, isrctn=None)),
    "a record without a title": listed(trial(HIP, trialDescription__title="")),
    "a record without participants": listed(trial(HIP, participants=None)),
    "JSON": b'{"trial": {}}',
    "another encoding": GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "letters of no encoding": GOOD.replace(b"Walking", b"\xff\xfe"),
    "a pit": PIT,
    "a deep record": DEEP,
}


def answered(adapter_for: Callable[..., Isrctn], raw: bytes, status: int = 200) -> object:
    with Loopback(lambda request: http(raw, status)) as server:
        (answer,) = chain(*adapter_for(server.url, adapter=Isrctn).fetch([HIP]))
    return answer


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_record_is_unreadable(adapter_for, raw: bytes) -> None:
    answer = answered(adapter_for, raw)

    assert isinstance(answer, Unreadable)
    assert answer.trial_id == HIP
    assert len(answer.reason) < 300
    with pytest.raises(AnswerUnreadable):
        kept_document(HIP, raw)


@pytest.mark.parametrize(("raw", "status"), [(listed(), 200), (b"", 404), (NGINX_404, 404)])
def test_a_trial_that_is_not_known_is_missing(adapter_for, raw: bytes, status: int) -> None:
    answer = answered(adapter_for, raw, status)

    assert isinstance(answer, Missing)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_refusal_is_no_answer(adapter_for, status: int) -> None:
    assert isinstance(answered(adapter_for, ERROR_PAGE, status), Unanswered)


def test_a_registry_that_gives_no_answer_is_not_asked_on_and_on(adapter_for) -> None:
    with Loopback(lambda request: [RESET]) as server:
        adapter = adapter_for(server.url, adapter=Isrctn)
        answers = list(chain(*adapter.fetch([f"ISRCTN{number}" for number in range(10_000_000, 10_000_050)])))

    assert len(answers) == 50
    assert all(isinstance(each, Unanswered) for each in answers)
    assert len(server.requests) <= 12


def test_that_a_trial_is_gone_is_believed_of_a_registry_that_finds_and_gives_another(adapter_for) -> None:
    with serving(KNEE) as served:
        assert adapter_for(served.url, adapter=Isrctn).answers_at_all()
        served.trials.clear()
        assert not adapter_for(served.url, adapter=Isrctn).answers_at_all()
    assert not adapter_for("http://127.0.0.1:9", adapter=Isrctn).answers_at_all()


@pytest.mark.parametrize(
    "raw",
    [listed(trial(), total=2), listed(total=1), b"<trials/>", ERROR_PAGE, GOOD[:-20], GOOD.replace(b'="1"', b'="-1"')],
)
def test_a_list_that_does_not_add_up_is_no_version(adapter_for, raw: bytes) -> None:
    with Loopback(lambda request: http(raw)) as server, pytest.raises(AnswerUnreadable):
        adapter_for(server.url, adapter=Isrctn).version(None)


def found(served: Served, adapter_for: Callable[..., Isrctn], search: Search, **options: bool) -> list[str]:
    (page,) = adapter_for(served.url, adapter=Isrctn).find(search, **options)
    assert page.token is None
    return sorted(page.trial_ids)


def test_searches_go_by_sponsor_and_condition(adapter_for) -> None:
    with serving(HIP, KNEE) as served:
        served.trials[WRIST] = trial(WRIST, conditions={"condition": {"description": "Wrist fracture"}})
        served.trials[KNEE] = trial(KNEE, trialDesign__overallStatusOverride="Stopped")

        assert found(served, adapter_for, Search(sponsor="riverside TRUST")) == [HIP, KNEE, WRIST]
        assert found(served, adapter_for, Search(sponsor="Riverside")) == []
        assert found(served, adapter_for, Search(condition="wrist fracture")) == [WRIST]
        assert found(served, adapter_for, Search(sponsor="Riverside Trust", role=Role.ANY), stopped=True) == [KNEE]


def fuzzed(choose: random.Random, raw: bytes) -> bytes:
    """Some bytes cut, doubled, or made others."""
    for _ in range(choose.randint(1, 6)):
        at, length = choose.randrange(len(raw) + 1), choose.choice((0, 1, 3, 30, 300))
        piece = choose.choice(
            (
                b"",
                b"<a>",
                b"</a>",
                b"&lt;",
                b"\x00",
                b"\xc3",
                b'"',
                b"[",
                b"null",
                b"{}",
                b"-1",
                b"9" * 30,
                raw[at : at + 50],
            )
        )
        raw = raw[:at] + piece + raw[at + length :]
    return raw


def meddled(choose: random.Random, tree: object) -> object:
    """A tree of JSON in which some values are others."""
    if choose.random() < 0.04:
        return choose.choice(
            (None, True, 0, -1, 1e99, "", "x", [], {}, [[]], {"": []}, {"#": 1}, ["x", {}], "\x00\x85")
        )
    if isinstance(tree, dict):
        return {name: meddled(choose, value) for name, value in tree.items()}
    return [meddled(choose, value) for value in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("rounds", sizes(300, FUZZED))
def test_whatever_comes_is_a_document_that_reads_or_none(adapter_for, rounds: int) -> None:
    choose = random.Random(rounds)
    isrctn = adapter_for("http://127.0.0.1:9", adapter=Isrctn)
    answers = [(HIP, listed(trial(outputs={"output": ["x"]})))]
    answers += [(f.parent.name, listed(real.read(str(f)))) for f in sorted(real.FOLDER.glob("isrctn/ctrdata/*/*.json"))]
    documents = 0
    for _ in range(rounds):
        trial_id, raw = choose.choice(answers)
        if choose.random() < 0.6:
            raw = orjson.dumps(meddled(choose, orjson.loads(kept_document(trial_id, raw).content)))
        else:
            raw = fuzzed(choose, raw)
        try:
            document = isrctn.prove(trial_id, raw)
        except AnswerUnreadable:
            continue
        documents += 1
        at = datetime(choose.randint(2000, 2040), 2, 28, tzinfo=UTC)
        isrctn.parse(document, at)
        isrctn.unknown(document)
        isrctn.reads_otherwise_on(document, at)
        assert isrctn.prove(trial_id, document.content).content == document.content

    assert documents > rounds // 20
    assert isinstance(document, Document)
