import json
import random

import orjson
import pytest

from monitor.errors import AnswerUnreadable
from monitor.registries.ctis.documents import document_of, kept_document
from tests.registries.ctis.fake import CORK, former, trial


def shuffled(value, chance):
    if isinstance(value, dict):
        return {name: shuffled(item, chance) for name, item in value.items()}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        chance.shuffle(items)
        return items
    return value


def renumbered(value, by):
    if isinstance(value, dict):
        return {
            name: item + by if type(item) is int and (name == "id" or name.endswith("Id")) else renumbered(item, by)
            for name, item in value.items()
        }
    return [renumbered(item, by) for item in value] if isinstance(value, list) else value


def test_the_order_of_lists_and_numeric_ids_mean_nothing():
    content = document_of(trial(), CORK).content

    assert document_of(shuffled(trial(), random.Random(3)), CORK).content == content
    assert document_of(renumbered(trial(), 1000), CORK).content == content


@pytest.mark.parametrize(
    "gone", ["Translations", "attributeTranslation", "Saber", "Falcão", "example.org", "+351", "Inês"]
)
def test_translations_and_people_are_in_no_document(gone):
    assert gone in json.dumps(trial(), ensure_ascii=False)
    assert gone.encode() not in document_of(trial(), CORK).content


def test_the_time_of_publication_is_kept_as_a_day():
    later = trial(publishDate="2024-09-21T23:59:59.999")

    assert document_of(later, CORK).content == document_of(trial(), CORK).content
    assert document_of(later, CORK).updated_on == ("2024-09-21",)


def test_null_empty_and_absent_are_the_same():
    tree = trial()
    tree["authorizedApplication"] |= {"trialGlobalEnd": None, "comment": "", "more": [{}, None], "other": {}}

    assert document_of(tree, CORK).content == document_of(trial(), CORK).content


@pytest.mark.parametrize(
    "tree", [trial(), former(trial(), words="Ongoing, recruiting", countries="PT:Ongoing, recruiting")]
)
def test_a_document_proves_to_be_itself(tree):
    document = document_of(tree, CORK)

    assert kept_document(CORK, document.content) == document
    assert document.title == "Cork oak tannin for mouth ulcers that come back"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not proper JSON"),
        (b"<!DOCTYPE html>", "an HTML page"),
        (b"{}", "an empty object came"),
        (b"[]", "something else than an object"),
        (b"null", "something else than an object"),
        (b'{"ctNumber": 5}', "names no trial"),
        (orjson.dumps(trial("2023-599904-41-00")), "is the record of “2023-599904-41-00”"),
        (orjson.dumps(trial(ctPublicStatusCode=None)), "lacks ctPublicStatusCode"),
        (orjson.dumps(trial(ctPublicStatusCode=-1)), "ctPublicStatusCode cannot be a status"),
        (orjson.dumps(trial(ctPublicStatusCode=[4])), "ctPublicStatusCode cannot be a status"),
        (orjson.dumps(trial(authorizedApplication=None)), "lacks its application"),
        (orjson.dumps(trial(authorizedApplication=[1])), "authorizedApplication is something else"),
        (orjson.dumps(trial(events="none")), "events is something else"),
        (orjson.dumps(trial())[:-20], "not proper JSON"),
        (b'{"ctNumber": "%s", "x": %s}' % (CORK.encode(), b"[" * 500 + b"]" * 500), "application"),
        (orjson.dumps(trial())[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}", "nested too deeply"),
    ],
)
def test_what_is_not_the_record_is_refused(raw, words):
    with pytest.raises(AnswerUnreadable, match=words.replace("“", ".").replace("”", ".")):
        kept_document(CORK, raw)


def test_a_trial_that_is_not_authorised_yet_has_its_parts_in_the_application():
    tree = trial(ctPublicStatusCode=1)
    part = tree.pop("authorizedApplication")["authorizedPartI"]
    tree["applicationInfo"] = [{"businessKey": "IN", "type": "INITIAL", "status": "Under evaluation", "partI": part}]

    assert document_of(tree, CORK).title == "Cork oak tannin for mouth ulcers that come back"
