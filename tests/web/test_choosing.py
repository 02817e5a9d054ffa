"""What was chosen in a form, as filters and a rhythm."""

from datetime import time

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.model import Filters, Significance
from monitor.model.rhythm import IMMEDIATE, Every, Rhythm, known_zone
from monitor.views.filter_words import STOPS
from monitor.web.subscribing.choosing import filled_in, filters_of, rhythm_of, shown, zones

PARIS = "Europe/Paris"
NIGHT = (time(22), time(7))


def form(**fields: str | list[str]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("fields", "rhythm"),
    [
        (form(every="immediate", zone=PARIS, at="09:00", all_quiet="yes", breaks_through="yes"), IMMEDIATE),
        (
            form(every="immediate", zone=PARIS, quiet_from="22:00", quiet_to="07:00", breaks_through="yes"),
            Rhythm(zone=PARIS, quiet_hours=NIGHT, breaks_through=True),
        ),
        (
            form(every="daily", zone=PARIS, at="7:30", quiet_from="22:00", quiet_to="07:00"),
            Rhythm(every=Every.DAILY, at=time(7, 30), zone=PARIS),
        ),
        (
            form(every="weekly", zone="UTC", at="08:00:00", all_quiet="yes"),
            Rhythm(every=Every.WEEKLY, all_quiet=True),
        ),
        (form(every="daily"), Rhythm(every=Every.DAILY)),
        (form(min="major"), Rhythm(every=Every.MONTHLY)),
    ],
)
def test_a_rhythm_is_what_was_chosen_without_what_has_no_effect_on_it(
    fields: dict[str, list[str]], rhythm: Rhythm
) -> None:
    assert rhythm_of(fields, Rhythm(every=Every.MONTHLY)) == rhythm


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (form(every="hourly", zone=PARIS), "how often"),
        (form(every="daily", zone="Mars/Olympus", at="08:00"), "time zone"),
        (form(every="daily", zone="../../etc/passwd", at="08:00"), "time zone"),
        (form(every="daily", zone=PARIS, at=""), "such as 08:00"),
        (form(every="daily", zone=PARIS, at="25:00"), "such as 08:00"),
        (form(every="immediate", zone=PARIS, quiet_from="22:00", quiet_to=""), "such as 08:00"),
        (form(every="immediate", zone=PARIS, quiet_from="22:00", quiet_to="22:00"), "different times"),
    ],
)
def test_a_rhythm_that_is_none_is_refused_in_words_of_the_page(fields: dict[str, list[str]], words: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=words):
        rhythm_of(fields)


def test_what_a_form_does_not_offer_stays_as_it_was() -> None:
    before = Filters(kinds=frozenset({"outcome"}), without=frozenset({"trial.left"}), min_days=30, min_percent=12.5)

    changed = filters_of(form(min="major", topic=["dates", "sites"], offers="all"), before)

    assert changed == Filters(
        topics=frozenset({"dates", "sites"}),
        kinds=frozenset({"outcome"}),
        without=frozenset({"trial.left"}),
        min_significance=Significance.MAJOR,
        min_days=30,
        min_percent=12.5,
    )


def test_what_it_offers_is_changed_and_taken_back() -> None:
    before = Filters(without=frozenset({"trial.left", "contacts"}), min_days=30)
    fields = form(offers="all", stops="yes", days="", percent="20", never=["", "trial.new"])

    changed = filters_of(fields, before)

    assert changed == Filters(kinds=STOPS, without=frozenset({"trial.new", "contacts"}), min_percent=20)
    assert filters_of(form(offers="all", never=""), changed) == Filters(without=frozenset({"contacts"}), min_percent=20)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "9999", "9" * 50, "many", "٣"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="whole number of days from 1 to 3,650"):
        filters_of(form(days=text))


def test_what_is_shown_chosen_again_is_the_same() -> None:
    filters = Filters(topics=frozenset({"dates"}), kinds=STOPS, min_days=5, min_percent=10)
    rhythm = Rhythm(every=Every.WEEKLY, at=time(6, 45), zone=PARIS, breaks_through=True, all_quiet=True)
    seen = shown(filters, rhythm)
    fields = form(
        topic=["dates"],
        offers="all",
        stops="yes",
        breaks_through="yes",
        all_quiet="yes",
        **{name: str(seen[name]) for name in ("min", "days", "percent", "every", "at", "zone")},
    )

    assert (filters_of(fields), rhythm_of(fields)) == (filters, rhythm)
    assert {name: value for name, value in filled_in(fields).items() if name != "never"}.items() >= {
        "days": "5",
        "every": "weekly",
        "at": "06:45",
        "zone": PARIS,
        "stops": True,
    }.items()


def test_zones_are_those_of_the_world_each_once_and_known() -> None:
    names = [name for _, found in zones() for name, _ in found]

    assert len(names) == len(set(names))
    assert {"UTC", PARIS, "America/Argentina/Buenos_Aires", "Asia/Tokyo"} <= set(names)
    assert all(map(known_zone, names))
    assert "localtime" not in names
    assert not {"America/Knox_IN", "America/Argentina/ComodRivadavia", "Asia/Calcutta"} & set(names)
    assert "America/Indiana/Knox" in names
