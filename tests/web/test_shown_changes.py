"""What pages make of changes is kept by the changes themselves, and pages by what they are asked for."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from starlette.responses import Response

from monitor.model import Change, Significance
from monitor.web.reading.event_rows import Shown, ShownChanges
from monitor.web.site.keeping import Kept, KeptPage


def change(summary: str) -> Change:
    return Change(
        field="title",
        path="title",
        kind="title.changed",
        topic="design",
        before={"of": ["no", "hash"]},
        after=None,
        summary=summary,
        significance=Significance.MINOR,
    )


def test_changes_are_shown_once_and_never_as_others_that_came_after_them() -> None:
    made: list[str] = []

    def show(changes: tuple[Change, ...]) -> Shown:
        made.append(" ".join(each.summary for each in changes))
        return Shown(made[-1])

    shown = ShownChanges(show, most=2)
    one, two = change("one"), change("two")

    assert [shown.get(each).headline for each in ((one,), (one, two), (one,), (two,))] == [
        "one",
        "one two",
        "one",
        "two",
    ]
    assert made == ["one", "one two", "two"]
    for number in range(300):  # of which each may lie where the one before lay
        assert shown.get((change(str(number)),)).headline == str(number)


def test_a_page_that_several_want_at_once_is_made_once() -> None:
    kept = Kept()
    made: list[int] = []

    def ask(_: int) -> bytes:
        with kept.making("page"):
            found = kept.get("page", "1")
            if found is None:
                sleep(0.05)  # in which the others come
                made.append(1)
                found = kept.put("page", "1", Response(b"body"))
        return found.body

    with ThreadPoolExecutor(4) as readers:
        assert set(readers.map(ask, range(8))) == {b"body"}
    assert len(made) == 1


def test_while_a_page_is_made_anew_the_others_get_the_former_one() -> None:
    kept = Kept()
    kept.put("page", kept.as_of("1"), Response(b"former"))

    with ThreadPoolExecutor(1) as other, kept.making("page") as mine:
        assert mine is None

        def shown() -> KeptPage | None:
            with kept.making("page") as found:
                return found

        meanwhile = other.submit(shown).result(timeout=5)
        kept.put("page", kept.as_of("2"), Response(b"anew"))

    assert meanwhile is not None
    assert meanwhile.body == b"former"
    assert kept.get("page", kept.as_of("1")) is None
    anew = kept.get("page", kept.as_of("2"))
    assert anew is not None
    assert anew.body == b"anew"


def test_nobody_gets_the_former_page_after_somebody_changed_something() -> None:
    kept = Kept()
    kept.put("page", kept.as_of("1"), Response(b"former"))
    begun = kept.as_of("1")
    kept.clear()
    kept.put("page", begun, Response(b"begun before"))
    with ThreadPoolExecutor(1) as other, kept.making("page"):

        def shown() -> KeptPage | None:
            with kept.making("page") as found:
                return found

        waiting = other.submit(shown)
        sleep(0.05)
        assert not waiting.done(), "it waits: there is none to show"


def test_a_page_of_little_stays_while_other_things_change() -> None:
    kept = Kept()
    kept.put("page", kept.as_of("1"), Response(b"of a trial"), own="a")

    assert kept.confirmed("page", kept.as_of("2"), "b") is None
    assert kept.get("page", kept.as_of("2")) is None
    assert kept.confirmed("page", kept.as_of("2"), "a") is not None
    assert kept.get("page", kept.as_of("2")) is not None, "from now on it is of that version"
    kept.clear()
    assert kept.confirmed("page", kept.as_of("2"), "a") is None


def test_a_page_is_the_same_whether_it_goes_out_compressed_or_not() -> None:
    kept, body = Kept(), b"<p>many words</p>" * 200
    page = kept.put("page", "1", Response(body, media_type="text/html"))

    assert page.size < len(body) / 10
    assert page.response(accepts_gzip=False).body == page.body == body
    assert gzip.decompress(page.response(accepts_gzip=True).body) == body


def test_a_page_that_was_begun_before_somebody_changed_something_is_not_kept_beyond_that() -> None:
    kept = Kept()
    begun = kept.as_of("1")
    kept.clear()
    kept.put("page", begun, Response(b"as it was"))

    assert kept.get("page", kept.as_of("1")) is None
