"""How pages write what they say."""

from monitor.web.site.formats import unbroken


def test_a_date_stays_on_one_line_and_what_is_around_it_is_escaped() -> None:
    """A browser may break a line at each hyphen."""
    assert unbroken("Slipped from 2023-03 to 2027-03-25 <b>") == (
        'Slipped from <span class="nowrap">2023-03</span> to <span class="nowrap">2027-03-25</span> &lt;b&gt;'
    )


def test_numbers_that_are_no_dates_are_left_alone() -> None:
    assert unbroken("NCT90000001-2023, 12345-03 and 2023-3") == "NCT90000001-2023, 12345-03 and 2023-3"
