from dataclasses import replace

import pytest

from monitor.model import Site
from tests.changes.diff.records import GHENT, LYON, NAPLES, changes, coded, differences, kinds, only, record

BRUGES = Site("AZ Sint-Jan", "Bruges", None, "8000", "Belgium", "RECRUITING")
CRACOW = Site("Szpital Uniwersytecki", "Cracow", None, "30-688", "Poland")
ALL = (GHENT, NAPLES, LYON)


def test_a_site_in_a_known_country_is_minor():
    (found,) = changes(record(), record(sites=(BRUGES, *ALL)))

    assert (found.kind, str(found.significance)) == ("site.added", "minor")
    assert found.measure == {"sites": 1, "countries": 0}
    assert found.summary == "1 site added in Belgium: AZ Sint-Jan (Bruges)."
    assert found.path == "places"


def test_a_site_in_a_new_country_is_major():
    (found,) = changes(record(), record(sites=(*ALL, BRUGES, CRACOW)))

    assert (found.kind, str(found.significance)) == ("site.added", "major")
    assert found.measure == {"sites": 2, "countries": 1}
    assert found.summary == (
        "2 sites added in Poland (new country) and Belgium: AZ Sint-Jan (Bruges) and Szpital Uniwersytecki (Cracow)."
    )


def test_leaving_a_country_is_major():
    (found,) = changes(record(), record(sites=(GHENT, LYON)))

    assert (found.kind, str(found.significance)) == ("site.removed", "major")
    assert found.before == [
        {
            "facility": "Ospedale del Mare",
            "city": "Naples",
            "state": "Campania",
            "zip": "80147",
            "country": "Italy",
            "status": "RECRUITING",
        }
    ]
    assert found.summary == "1 site removed in Italy (none left): Ospedale del Mare (Naples)."


def test_all_sites_of_one_status_are_told_as_one():
    after = tuple(replace(site, status="WITHDRAWN") for site in ALL)

    found = only(differences(record(), record(sites=after)))

    assert (found.kind, found.measure) == ("site.status", {"sites": 3})
    assert found.summary == (
        "3 sites are now withdrawn: Sint-Lucas Wound Clinic (Ghent), Ospedale del Mare (Naples)"
        " and Research Site (Lyon)."
    )


def test_sites_of_several_statuses_are_counted():
    after = (replace(GHENT, status=None), replace(NAPLES, status="ACTIVE_NOT_RECRUITING"), LYON)

    found = only(differences(record(), record(sites=after)))

    assert found.summary == (
        "2 sites changed status; 1 no longer has a status of its own and 1 is now active, not recruiting: "
        "Sint-Lucas Wound Clinic (Ghent) and Ospedale del Mare (Naples)."
    )


def test_a_re_spelled_city_or_state_or_a_stray_sign_is_no_change():
    after = (replace(GHENT, zip="`9000"), replace(NAPLES, city="Napoli", state=None), replace(LYON, state="Rhône"))

    assert differences(record(), record(sites=after)) == ()


def test_a_re_spelled_city_hides_no_new_status():
    found = only(differences(record(), record(sites=(GHENT, replace(NAPLES, city="Napoli", status="SUSPENDED"), LYON))))

    assert (found.kind, found.after[0]["city"]) == ("site.status", "Napoli")


def test_without_a_zip_the_city_tells_sites_apart():
    before = record(sites=(Site("Research Site", "Lyon", country="France"),))

    found = differences(before, record(sites=(Site("Research Site", "Nice", country="France"),)))

    assert kinds(found) == ["site.added", "site.removed"]


def test_sites_that_are_alike_are_counted():
    before = record(sites=(LYON, LYON, LYON))
    after = record(sites=(LYON, replace(LYON, status="RECRUITING")))

    found = differences(before, after)

    assert kinds(found) == ["site.removed", "site.status"]
    assert {difference.measure["sites"] for difference in found} == {1}


def test_the_first_sites_of_a_trial_are_in_no_new_country():
    found = only(differences(record(sites=()), record(sites=(GHENT,))))

    assert found.summary == "1 site added in Belgium, the first of the trial: Sint-Lucas Wound Clinic (Ghent)."
    assert found.measure == {"sites": 1, "countries": 1}


def test_a_site_of_nothing_but_a_status_can_be_told():
    found = only(differences(record(sites=()), record(sites=(Site(status="RECRUITING"),))))

    assert found.summary == "1 site added, the first of the trial: a site without a name."


def test_countries_are_named_as_english_names_them():
    come = [
        Site("A", "Boston", None, "1", "United States"),
        Site("B", "Manila", None, "2", "Philippines"),
        Site("C", "Busan", None, "3", "Korea, Republic of"),
        Site("D", "Liège", None, "4", "Belgium"),
    ]

    (found,) = differences(record(), record(sites=(*record().sites, *come)))

    for told in (" the Philippines (new", "), Korea, Republic of (new", " the United States (new", "and Belgium: "):
        assert told in found.summary


def test_sites_that_gain_a_status_are_told_with_it():
    without = tuple(replace(site, status=None) for site in (GHENT, NAPLES, LYON))

    (alike,) = differences(record(sites=without[:2]), record(sites=(GHENT, NAPLES)))
    (mixed,) = differences(record(sites=without), record(sites=(GHENT, NAPLES, LYON)))

    assert alike.summary.startswith("2 sites are now recruiting: ")
    assert mixed.summary.startswith(
        "3 sites now have a status of their own; 2 are recruiting and 1 is not yet recruiting: "
    )


@pytest.mark.parametrize(
    ("after", "kind", "told"),
    [
        (None, "site.followed", "2 sites no longer have a status of their own: the trial is now completed."),
        ("COMPLETED", "site.followed", "2 sites have changed status with the trial, which is now completed."),
        ("SUSPENDED", "site.status", "2 sites are now suspended: "),
    ],
)
def test_sites_that_only_follow_the_trial_are_bookkeeping(after, kind, told):
    closed = tuple(replace(site, status=after) for site in (GHENT, NAPLES))

    found = changes(record(sites=(GHENT, NAPLES)), record(sites=closed, overall_status=coded("COMPLETED")))

    (sites,) = [change for change in found if change.field == "sites"]
    assert (sites.kind, str(sites.significance)) == (kind, "administrative" if kind == "site.followed" else "minor")
    assert sites.summary.startswith(told)


def test_which_sites_open_when_a_trial_opens_is_news():
    waiting = record(overall_status=coded("NOT_YET_RECRUITING"), sites=(replace(GHENT, status="NOT_YET_RECRUITING"),))

    found = changes(waiting, record(sites=(GHENT,)))

    assert "site.status" in [change.kind for change in found]


def test_sites_without_a_zip_are_only_compared_with_those_in_their_city():
    former, present = (replace(GHENT, facility=name, zip=None) for name in ("Sint-Lucas Clinic", "Sint-Lukas Clinic"))
    gone, come = ([Site(f"{what} {n}", "Lyon", None, None, "France") for n in range(24)] for what in ("Dr", "Ward"))

    found = differences(record(sites=(former, *gone)), record(sites=(present, *come)))

    assert kinds(found) == ["site.added", "site.removed", "site.respelled"]
