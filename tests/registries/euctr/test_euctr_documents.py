"""What proves a trial, and what makes no difference."""

import pytest

from monitor.errors import AnswerUnreadable
from monitor.registries.euctr.documents import country_record, kept_document
from tests.registries.euctr.texts import TRIAL, country_text, whole, wire


def both(**options):
    return {"DE": country_text("DE", **options), "ES": country_text("ES", **options)}


def test_a_document_proves_itself_again():
    document = kept_document(TRIAL, whole(both()))

    assert kept_document(TRIAL, document.content) == document
    assert document.title == "Lemonade for hikers"
    assert document.probe_digest == document.digest


@pytest.mark.parametrize(
    "edits",
    [
        {"planned:\nSwitzerland\nAndorra": "planned:\nAndorra\nSwitzerland"},
        {"IMP:\nOral use\nNasogastric use": "IMP:\nNasogastric use\nOral use"},
        {"Ada Almhirt": "Bea Berger"},
        {"limonada": "naranjada"},
        {"A.4.1 Sponsor's": "A.4.1   Sponsor's"},
        {"B.1.3.4\tCountry": "B.1.3.4 Country"},
        {"EMA Decision number": "EMA  decision number"},
    ],
)
def test_order_spaces_translations_and_people_make_no_difference(edits):
    assert kept_document(TRIAL, whole(both(edits=edits))).content == kept_document(TRIAL, whole(both())).content


def test_terms_and_substances_in_another_order_are_the_same():
    text = country_text("DE")
    start = text.index("E.1.2 Medical")
    second = text.index("E.1.2 Medical", start + 1)
    end = text.index("E.1.3")
    turned = text[:start] + text[second:end] + text[start:second] + text[end:]
    one = turned.index("D.3.8 INN")
    two = turned.index("D.3.8 INN", one + 1)
    stop = turned.index("\nD.8 Information")
    turned = turned[:one] + turned[two:stop] + turned[one:two] + turned[stop:]
    assert turned != text

    assert kept_document(TRIAL, whole({"DE": turned})) == kept_document(TRIAL, whole({"DE": text}))


def test_the_order_of_the_countries_makes_no_difference():
    records = both()

    assert kept_document(TRIAL, whole(records)) == kept_document(TRIAL, whole(dict(reversed(records.items()))))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "nothing at all"),
        (b"<html>Request rejected</html>", "HTML"),
        (b"\xff\xfe", "not UTF-8"),
        (wire(country_text("DE")).decode().encode("utf-16-le"), "not UTF-8"),
        (b"Service unavailable", "no summary"),
        (wire(country_text("DE")), "no summary"),
        (b"{", "not proper JSON"),
        (b"{}", "not the document"),
        (b'{"eudract_number": "2015-900123-42", "countries": {}}', "is the record of"),
        (b'{"eudract_number": "2015-900123-41", "countries": {}}', "not the document"),
        (b'{"eudract_number": "2015-900123-41", "countries": {"DE": {"lines": {"A": 1}, "groups": {}}}}', "the form"),
        (b'{"eudract_number": "2015-900123-41", "countries": {"DE": {"lines": {}, "groups": {"x": []}}}}', "the form"),
        (b'{"eudract_number": "2015-900123-41", "countries": {"Mars": {"lines": {}, "groups": {}}}}', "the form"),
    ],
)
def test_what_is_no_trial_is_said_to_be_none(raw, reason):
    with pytest.raises(AnswerUnreadable, match=reason):
        kept_document(TRIAL, raw)


def test_a_trial_of_which_a_country_is_missing_is_no_document():
    raw = whole(both()).replace(b"/ES/", b"/FR/")

    with pytest.raises(AnswerUnreadable, match="no record of 2015-900123-41 for ES"):
        kept_document(TRIAL, raw)


@pytest.mark.parametrize(
    "head", ["P. End of Trial\n", "P. End of Trial Status", "E. General", "F.4 Planned", "N. Review"]
)
def test_a_record_that_is_cut_short_is_no_document(head):
    text = country_text("DE")

    with pytest.raises(AnswerUnreadable, match="cut short"):
        country_record(TRIAL, "DE", wire(text[: text.index(head)]))


def test_a_record_of_another_trial_is_no_document():
    with pytest.raises(AnswerUnreadable, match="2015-900123-42"):
        country_record(TRIAL, "DE", wire(country_text("DE", trial_id="2015-900123-42")))
