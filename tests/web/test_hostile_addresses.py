"""What no database can hold is refused, whatever page it is sent to."""

from tests.outbox import OutboxHarness
from tests.web.reading_site import OPERATOR, ReadingSite

ADDRESSES = (
    "/sponsors/a%00b",
    "/sponsors/a%00.ics",
    "/sponsors?q=a%00b",
    "/conditions?by=name&after=a%00",
    "/watches/%00",
    "/trials/%00",
    "/trials?sponsor=a%00",
    "/?sponsor=%00",
    "/search?q=%00a",
)


def test_a_nul_character_is_refused_by_every_page(outbox: OutboxHarness) -> None:
    with ReadingSite(outbox, visitor=OPERATOR) as site:
        answers = {address: site.get(address) for address in ADDRESSES}
        posted = site.post("/theme", theme="\0")
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(ADDRESSES, 400)
    assert "NUL" in answers["/watches/%00"].text
    assert posted.status_code == 400
