"""When a subscriber is told, in words."""

from datetime import time

import pytest

from monitor.model.rhythm import Every, Rhythm
from monitor.render.rhythms import rhythm_words

NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm(), "at once"),
        (Rhythm(zone="Europe/Paris"), "at once"),
        (Rhythm(every=Every.DAILY, at=time(7, 30), zone="Asia/Tokyo"), "daily at 07:30, Asia/Tokyo"),
        (Rhythm(every=Every.WEEKLY, all_quiet=True), "on Mondays at 08:00, UTC; also when all is quiet"),
        (
            Rhythm(every=Every.MONTHLY, breaks_through=True),
            "on the 1st of the month at 08:00, UTC; critical changes at once",
        ),
        (
            Rhythm(quiet_hours=NIGHT, breaks_through=True),
            "at once, except from 22:00 to 07:00, UTC; critical changes at once",
        ),
    ],
)
def test_a_rhythm_is_said_in_a_few_words(rhythm: Rhythm, words: str):
    assert rhythm_words(rhythm) == words
