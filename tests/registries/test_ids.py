"""Ids of trials as people write them: each form is known to the registry that gave it, and to no other.

The forms are those that occur in the secondary ids of records and in publications; the numbers are made up.
"""

import pytest

from monitor.ports import find_registry
from monitor.registries.declared import ADAPTERS, FED_BY_FILES

FORMS = {
    "clinicaltrials.gov": {
        "NCT01234567": ["NCT01234567", "nct01234567", "NCT 01234567", "NCT#01234567", "NCT-01234567"],
    },
    "isrctn.com": {
        "ISRCTN12949496": ["ISRCTN12949496", "isrctn12949496", "ISRCTN 12949496", "ISCRTN12949496", "ISRCTN: 12949496"],
    },
    "euclinicaltrials.eu": {
        "2023-505613-24-00": [
            "2023-505613-24-00",
            "2023-505613-24",
            "2023\u2010505613\u201024\u201000",
            "EU CT 2023-505613-24-00",
            "CTIS2023-505613-24-00",
            "EUCT number 2023-505613-24-00",
        ],
    },
    "clinicaltrialsregister.eu": {
        "2014-002606-20": [
            "2014-002606-20",
            "EudraCT 2014-002606-20",
            "EUCTR2014-002606-20-FR",
            "2014\u2010002606\u201020",
            "2014-002606-20-ES",
            "2014-002606-20-3RD",
            "2014-002606-20-outside-eu/eea",
            "EUCTR2014-002606-20Outside-EU/EEA",
        ],
    },
    "drks.de": {"DRKS00038775": ["DRKS00038775", "drks00038775", "DRKS 00038775", "DRKS-ID: DRKS00038775"]},
    "anzctr.org.au": {"ACTRN12620000421932": ["ACTRN12620000421932", "ACTRN12620000421932p", "ANZCTR 12620000421932"]},
    "chictr.org.cn": {"ChiCTR2000029953": ["ChiCTR2000029953", "ChiCTR 2000029953", "chictr2000029953"]},
    "ctri.nic.in": {"CTRI/2020/04/024749": ["CTRI/2020/04/024749", "CTRI-2020-04-024749", "ctri / 2020 / 04 / 024749"]},
    "jrct.mhlw.go.jp": {"jRCTs031190227": ["jRCTs031190227", "JRCTs031190227", "jRCT s031190227"]},
    "umin.ac.jp": {"UMIN000000562": ["UMIN000000562", "UMIN:000000562", "JPRN-UMIN000000562"]},
    "cris.nih.go.kr": {"KCT0005005": ["KCT0005005", "KCT 0005005"]},
    "irct.behdasht.gov.ir": {"IRCT2016080318745N10": ["IRCT2016080318745N10", "irct2016080318745n10"]},
    "ensaiosclinicos.gov.br": {"RBR-10vpgvfs": ["RBR-10vpgvfs", "RBR 10vpgvfs"]},
    "pactr.samrc.ac.za": {"PACTR202004801273802": ["PACTR202004801273802", "PACTR 202004801273802"]},
    "slctr.lk": {"SLCTR/2020/011": ["SLCTR/2020/011", "slctr-2020-011"]},
    "itmctr.ccebtcm.org.cn": {"ITMCTR2023000001": ["ITMCTR2023000001", "ITMCTR 2023000001"]},
    "clinicaltrials.jp": {
        "JapicCTI-205238": ["JapicCTI-205238", "Japic CTI 205238(en)", "JPRN-JapicCTI-205238", "JapicCTI-205238en"]
    },
    "jmacct.med.or.jp": {"JMA-IIA00001": ["JMA-IIA00001", "JPRN-JMA-IIA00001"]},
    "lbctr.moph.gov.lb": {"LBCTR2020010001": ["LBCTR2020010001"]},
    "onderzoekmetmensen.nl": {"NL-OMON55178": ["NL-OMON55178", "NL OMON 55178"]},
    "trialregister.nl": {"NTR1234": ["NTR1234", "NTR 1234"], "NL8536": ["NL8536", "NL 8536", "nl-8536"]},
    "ensayosclinicos-repec.ins.gob.pe": {"PER-010-20": ["PER-010-20", "PER 010-20", "per010-20"]},
    "rpcec.sld.cu": {"RPCEC00000123": ["RPCEC00000123", "RPCEC 00000123"]},
    "thaiclinicaltrials.org": {"TCTR20200402001": ["TCTR20200402001"]},
}
"""By registry, ids in their one normal form, and how else they are written."""

ADDRESSES = {
    "clinicaltrials.gov": "https://clinicaltrials.gov/study/NCT01234567?tab=history",
    "isrctn.com": "https://www.isrctn.com/ISRCTN12949496?q=hip&filters=&page=1",
    "euclinicaltrials.eu": "https://euclinicaltrials.eu/ctis-public/view/2023-505613-24-00?lang=en",
    "clinicaltrialsregister.eu": "https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-002606-20/GB",
    "drks.de": "https://drks.de/search/en/trial/DRKS00038775/details",
    "ctri.nic.in": "https://trialsearch.who.int/Trial2.aspx?TrialID=CTRI%2F2020%2F04%2F024749",
}
NONE = (
    "",
    "hip fracture",
    "NL26560.042.09",
    "2016080318745",
    "NL-1105 AZ Amsterdam",
    "per 100 000",
    "12-345-67",
    "U1111-1234-5678",
    "2023-505613",
    "+49 30 2014-0026",
)

REGISTRIES = {adapter.key: adapter for adapter in (*ADAPTERS, *FED_BY_FILES)}
KNOWN = [
    (key, trial_id, text)
    for key, ids in FORMS.items()
    if key in REGISTRIES
    for trial_id, texts in ids.items()
    for text in texts
]


@pytest.fixture
def registries(adapter_for):
    asked = [adapter_for("http://127.0.0.1:9", adapter=adapter) for adapter in ADAPTERS]
    return [*asked, *(adapter() for adapter in FED_BY_FILES)]


@pytest.mark.parametrize(("key", "trial_id", "text"), KNOWN)
def test_an_id_is_known_to_the_registry_that_gave_it_and_to_no_other(registries, key, trial_id, text):
    assert [(each.key, each.identify(text)) for each in registries if each.identify(text)] == [(key, trial_id)]
    inside = f"Registered as {text}, see there."
    assert {each.key: each.ids_in(inside) for each in registries if each.ids_in(inside)} == {key: [trial_id]}


@pytest.mark.parametrize("key", sorted(set(ADDRESSES) & set(REGISTRIES)))
def test_the_address_of_a_page_is_that_of_its_trial(registries, key):
    (trial_id,) = FORMS[key]

    found = find_registry(registries, ADDRESSES[key])

    assert found
    assert (found[0].key, found[1]) == (key, trial_id)
    claimed = [each.key for each in registries if each.identify(ADDRESSES[key])]
    assert claimed == [key]
    assert find_registry(registries, found[0].page(trial_id)) == found


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_id_is_none_of_any_registry(registries, text):
    assert [each.key for each in registries if each.identify(text) or each.ids_in(text)] == []


def test_the_example_of_one_registry_is_no_id_of_another(registries):
    for registry in registries:
        assert [each.key for each in registries if each.identify(registry.example_id)] == [registry.key]


def test_several_ids_in_one_text_are_told_apart(registries):
    texts = [(key, next(iter(FORMS[key]))) for key in FORMS if key in REGISTRIES]
    text = "; ".join(trial_id for _, trial_id in texts)

    assert {each.key: each.ids_in(text) for each in registries if each.ids_in(text)} == {
        key: [trial_id] for key, trial_id in texts
    }


def test_a_short_number_of_the_former_dutch_register_is_one_where_nothing_else_stands(registries):
    named = [(each.key, each.identify("NL123")) for each in registries if each.identify("NL123")]

    assert named == [("trialregister.nl", "NL123")]
    assert [each.key for each in registries if each.ids_in("from page NL123 on")] == []
