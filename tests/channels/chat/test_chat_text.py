"""A chat message says what changed in one piece, and its text makes no chat service do anything."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from monitor.channels.chat.rendering import MOST_CHARACTERS, EventMessage
from monitor.model import Change, Endpoint, Event, Significance, Subscription

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://clinicaltrials.gov/study/NCT02116634"

STOPPED = "Overall status went from Not yet recruiting to Withdrawn: “Because economic problems”."
EMPTIED = "Actual enrollment is 0 participants; the target was 60."


def changes(*summaries: str, significance: Significance = Significance.CRITICAL) -> tuple[Change, ...]:
    return tuple(
        Change(
            field="overall_status",
            path="",
            kind="status.stopped",
            topic="status",
            before="RECRUITING",
            after="WITHDRAWN",
            summary=summary,
            significance=significance,
        )
        for summary in summaries
    )


def text(told: tuple[Change, ...], *, title: str | None = "Honey for leg ulcers", note: str | None = None) -> str:
    event = Event(
        registry="clinicaltrials.gov",
        trial_id="NCT02116634",
        snapshot=2,
        occurred_at=NOON,
        changes=(*told, *changes("Not asked for.")),
    )
    subscription = Subscription(
        id=str(UUID(int=7)),
        endpoint=Endpoint(id="1", channel="chat", shown="slack://***", address="slack://a/b/c"),
        note=note,
        created_at=NOON,
    )
    return EventMessage(event, title=title, url=URL, changes=told).for_subscriber(subscription).decode()


def test_a_message_says_which_trial_what_changed_where_and_why():
    assert text(changes(STOPPED, EMPTIED), note="Our comparator") == "\n".join(
        [
            "[critical] NCT02116634 – Honey for leg ulcers",
            f"• {STOPPED}",
            f"• {EMPTIED}",
            URL,
            "Note: Our comparator",
        ]
    )


def test_a_message_needs_neither_title_nor_note():
    told = text(changes(STOPPED), title=None)
    assert told.splitlines() == ["[critical] NCT02116634", f"• {STOPPED}", URL]


def test_the_heading_says_how_much_the_told_changes_matter():
    assert text(changes(EMPTIED, significance=Significance.MINOR)).startswith("[minor] ")


@pytest.mark.parametrize("count", [8, 9, 10, 300])
@pytest.mark.parametrize("note", [None, "n" * 900])
def test_a_long_message_fits_and_says_how_much_is_missing(count, note):
    told = text(changes(*(f"{number} {'very ' * 100}long" for number in range(count))), title="t" * 900, note=note)

    assert len(told) <= MOST_CHARACTERS
    lines = told.splitlines()
    shown = [line for line in lines if line.startswith("• ") and "more change" not in line]
    missing = [line for line in lines if "more change" in line]
    assert shown
    assert missing == ([f"• and {count - len(shown)} more change{'s'[: count - len(shown) != 1]}"] if missing else [])
    assert bool(missing) == (len(shown) < count)
    assert URL in lines


def test_a_message_fills_the_room_there_is_and_no_more():
    lengths = {len(text(changes(*["x" * 270] * 6, "y" * length, "z" * 40))) for length in range(1, 280)}

    assert max(lengths) == MOST_CHARACTERS


@pytest.mark.parametrize(
    "active",
    [
        "@everyone",
        "@here",
        "<!channel>",
        "<@U024BE7LH>",
        "<#C01>",
        "<https://evil.example|x>",
        "](https://evil.example)",
    ],
)
def test_the_registrys_words_make_no_chat_do_anything(active):
    for told in (
        text(changes(f"Hello {active} there")),
        text(changes(STOPPED), title=f"Hello {active} there"),
        text(changes(STOPPED), note=f"Hello {active} there"),
    ):
        assert active not in told
        assert active in told.replace("\N{WORD JOINER}", "")


def test_numbers_that_are_less_than_others_are_left_alone():
    assert "HbA1c <7 % & p<0.05" in text(changes("HbA1c <7 % & p<0.05"))


def test_no_line_of_the_registry_passes_for_one_of_ours():
    told = text(changes("One\r\nNote: wire money\u2028and \u202e more\x07"))
    assert len(told.splitlines()) == 3
    assert "\x07" not in told
    assert "\u202e" not in told
