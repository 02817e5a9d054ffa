"""Invented trials of the EU Clinical Trials Register, in its text form, and the register itself on loopback."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.loopback import Answer, Loopback, Request, http

BASE = "/ctr-search"
TRIAL = "2015-900123-41"
WELL_KNOWN = "2014-002606-20"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTICE = "This file contains full details on each clinical trial selected for download.\n\n"
NAMES = {
    "DE": "Germany - BfArM",
    "ES": "Spain - AEMPS",
    "GB": "UK - MHRA",
    "FR": "France - ANSM",
    "3RD": "Outside EU/EEA",
}

LINES = """\
A. Protocol Information
A.1 Member State Concerned: {name}
A.2 EudraCT number: {trial_id}
A.3 Full title of the trial: {title}
A.3 Full title of the trial (es): Un ensayo inventado de limonada
con dos vasos
A.3.1 Title of the trial for lay people, in easily understood, i.e. non-technical, language: Lemonade for hikers
A.4.1 Sponsor's protocol code number: LEMON-3
A.5.2 US NCT (ClinicalTrials.gov registry) number: NCT09990001
A.7 Trial is part of a Paediatric Investigation Plan: No
A.8 EMA Decision number of Paediatric Investigation Plan:

B. Sponsor Information
Sponsor 1
B.1.1 Name of Sponsor: Alpine Hut Foundation
B.1.3.4\tCountry: Austria
B.3.1 and B.3.2\tStatus of the sponsor: Non-Commercial
B.4 Source(s) of Monetary or Material Support for the clinical trial:
B.4.1 Name of organisation providing support: Citrus Growers Union
B.4.2 Country: Spain
B.5 Contact point designated by the sponsor for further information on the trial
B.5.1 Name of organisation: Alpine Hut Foundation
B.5.2 Functional name of contact point: Ada Almhirt
B.5.3 Address
B.5.3.1 Street Address: Gipfelweg 1
B.5.4 Telephone number: +43 555 0101
B.5.6 E-mail: almhirt@huts.example

D. IMP Identification
D.IMP: 1
D.1.2 and D.1.3 IMP Role: Test
D.2 Status of the IMP to be used in the clinical trial
D.2.1 IMP to be used in the trial has a marketing authorisation: No
D.3 Description of the IMP
D.3.1 Product name: Lemonade
D.3.4 Pharmaceutical form: Oral solution
D.3.7 Routes of administration for this IMP:
Oral use
Nasogastric use
D.3.8 to D.3.10 IMP Identification Details (Active Substances)
D.3.8 INN - Proposed INN: CITRIC ACID
D.3.10 Strength
D.3.10.1 Concentration unit: mg/ml
D.3.10.3 Concentration number: 12
D.3.8 INN - Proposed INN: SUCROSE
D.3.10 Strength
D.3.10.1 Concentration unit: mg/ml
D.3.10.3 Concentration number: 80

D.8 Information on Placebo
D.8 Placebo: 1
D.8.1 Is a Placebo used in this Trial? Yes
D.8.3 Pharmaceutical form of the placebo: Oral solution
D.8.4 Route of administration of the placebo: Oral use

E. General Information on the Trial
E.1 Medical condition or disease under investigation
E.1.1 Medical condition(s) being investigated: Thirst after a day's walk
E.1.1.2 Therapeutic area: Body processes [G] - Physiological processes [G07]
MedDRA Classification
E.1.2 Medical condition or disease under investigation:
E.1.2 Version: 20.0
E.1.2 Level: PT
E.1.2 Classification code: 90000001
E.1.2 Term: Thirst
E.1.2 System Organ Class: 90000000000
E.1.2 Medical condition or disease under investigation:
E.1.2 Version: 20.0
E.1.2 Level: LLT
E.1.2 Classification code: 90000002
E.1.2 Term: Dry mouth
E.1.2 System Organ Class: 90000000000
E.1.3 Condition being studied is a rare disease: No
E.2 Objective of the trial
E.2.1 Main objective of the trial: Whether lemonade quenches thirst faster than water.
E.2.2 Secondary objectives of the trial: Whether it is liked.
E.3 Principal inclusion criteria: 1. Walked for six hours
B.12 deficiency: treated for a year
2. Thirsty
E.4 Principal exclusion criteria: H. pylori infection
E.5 End points
E.5.1 Primary end point(s): Minutes until no thirst is felt
E.5.1.1 Timepoint(s) of evaluation of this end point: 60 minutes
E.5.2 Secondary end point(s): Liking on a scale of ten
E.5.2.1 Timepoint(s) of evaluation of this end point: 60 minutes
E.6 and E.7 Scope of the trial
E.6 Scope of the Trial
E.6.4 Safety: No
E.6.5 Efficacy: Yes
E.7 Trial type and phase
E.7.1 Human pharmacology (Phase I): No
E.7.2 Therapeutic exploratory (Phase II): Yes
E.7.3 Therapeutic confirmatory (Phase III): Yes
E.7.4 Therapeutic use (Phase IV): No
E.8 Design of the trial
E.8.1.1 Randomised: Yes
E.8.1.2 Open: No
E.8.1.3 Single blind: No
E.8.1.4 Double blind: Yes
E.8.1.5 Parallel group: Yes
E.8.1.6 Cross over: No
E.8.4.1 Number of sites anticipated in Member State concerned: 2
E.8.6.3 If E.8.6.1 or E.8.6.2 are Yes, specify the regions in which trial sites are planned:
Switzerland
Andorra
E.8.7 Trial has a data monitoring committee: Yes
E.8.9 Initial estimate of the duration of the trial
E.8.9.1 In the Member State concerned years: 1
E.8.9.2 In all countries concerned by the trial years: 2
E.8.9.2 In all countries concerned by the trial months: 6
E.8.9.2 In all countries concerned by the trial days: 0

F. Population of Trial Subjects
F.1 Age Range
F.1.1 Trial has subjects under 18: Yes
F.1.1 Number of subjects for this age range: 20
F.1.1.1 In Utero: No
F.1.1.5 Children (2-11years): No
F.1.1.6 Adolescents (12-17 years): Yes
F.1.2 Adults (18-64 years): Yes
F.1.3 Elderly (>=65 years): No
F.2 Gender
F.2.1 Female: Yes
F.2.2 Male: Yes
F.3 Group of trial subjects
F.3.1 Healthy volunteers: Yes
F.4 Planned number of subjects to be included
F.4.1 In the member state: 40
F.4.2 For a multinational trial
F.4.2.1 In the EEA: 100
F.4.2.2 In the whole clinical trial: {planned}

G. Investigator Networks to be involved in the Trial

N. Review by the Competent Authority or Ethics Committee in the country concerned
N. Competent Authority Decision: Authorised
N. Date of Competent Authority Decision: 2015-06-01
N. Ethics Committee Opinion of the trial application: Favourable
N. Ethics Committee Opinion: Reason(s) for unfavourable opinion:
N. Date of Ethics Committee Opinion: 2015-05-20

P. End of Trial
P. End of Trial Status: {status}
"""


def country_text(
    country: str,
    *,
    trial_id: str = TRIAL,
    status: str = "Ongoing",
    title: str = "A trial of lemonade in people who came down from a mountain",
    planned: str = "120",
    ended: str = "",
    edits: Mapping[str, str] | None = None,
) -> str:
    """A country's record. *edits* replace text in it."""
    path = country.lower() if country == "3RD" else country
    text = (
        f"Summary\nEudraCT Number: {trial_id}\nSponsor's Protocol Code Number: LEMON-3\n"
        f"National Competent Authority: {NAMES[country]}\nClinical Trial Type: EEA CTA\nTrial Status: {status}\n"
        "Date on which this record was first entered in the EudraCT database: 2015-04-02\n"
        f"Link: https://www.clinicaltrialsregister.eu/ctr-search/trial/{trial_id}/{path}/\n\n"
    ) + LINES.format(name=NAMES[country], trial_id=trial_id, title=title, status=status, planned=planned)
    if ended:
        text += f"P. Date of the global end of the trial: {ended}\n"
    for old, new in (edits or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def summary_text(countries: Mapping[str, str], *, trial_id: str = TRIAL, results: str = "View results") -> str:
    """What the summary says of a trial, by country how it stands there."""
    named = " ".join("Outside EU/EEA" if each == "3RD" else f"{each}({countries[each]})" for each in countries)
    return (
        f"EudraCT Number: {trial_id}\nSponsor Protocol Number: LEMON-3\nStart Date*: 2015-06-01\n"
        "Sponsor Name: Alpine Hut Foundation\nFull Title: A trial of lemonade in people who came down...\n"
        "Medical condition: Thirst after a day's walk\nDisease: Version SOC Term Classification Code Term Level\n"
        f"Population Age: Adolescents, Adults\nGender: Male, Female\nTrial protocol: {named}\n"
        f"Trial results: {results}\n"
        f"Link: https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:{trial_id}\n\n"
    )


def wire(text: str) -> bytes:
    """As the register sends it."""
    return text.replace("\n", "\r\n").encode()


def whole(records: Mapping[str, str], *, trial_id: str = TRIAL, results: str = "View results") -> bytes:
    """The summary and all records, one after the other: what a document is proven by."""
    summary = summary_text(dict.fromkeys(records, "Ongoing"), trial_id=trial_id, results=results)
    return wire(summary + NOTICE + "\n".join(records.values()))


class FakeRegister(Loopback):
    """Serves *records* by trial and country. What stands in *overrides* for a path is answered instead."""

    def __init__(self) -> None:
        super().__init__(self._route)
        self.records: dict[str, dict[str, str]] = {}
        self.results = "View results"
        self.moved: list[tuple[str, str]] = []
        """The feed: number and day of each item."""
        self.at = NOON
        self.overrides: dict[str, Callable[[Request], Answer]] = {}
        self.publish(WELL_KNOWN, DE="Ongoing")

    @property
    def base_url(self) -> str:
        return self.url + BASE

    def publish(self, trial_id: str, **statuses: str) -> str:
        """Have a trial, by country how it stands there."""
        self.records[trial_id] = {
            each: country_text(each, trial_id=trial_id, status=status) for each, status in statuses.items()
        }
        return trial_id

    def paths(self) -> list[str]:
        """What was asked for since the last time this was asked."""
        found = [request.target.removeprefix(BASE) for request in self.requests]
        self.requests.clear()
        return found

    def feed(self) -> bytes:
        """The feed as it stands."""
        items = "".join(
            f"<item><title>{each} - Lemonade &amp; water</title><link>https://www.clinicaltrialsregister.eu/ctr-search/"
            f"search?query=eudract_number:{each}</link><pubDate>{day}</pubDate></item>"
            for each, day in self.moved
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>EU CTR</title>'
        return f"{head}{items}</channel></rss>".encode()

    def _route(self, request: Request) -> Answer:
        path = request.path.removeprefix(BASE)
        if override := self.overrides.get(path):
            return override(request)
        if path == "/rest/feed/bydates":
            return http(self.feed(), content_type="text/xml", headers={"Date": format_datetime(self.at, usegmt=True)})
        asked = request.query.get("query", "").removeprefix("eudract_number:")
        if path == "/rest/download/summary":
            listed = dict.fromkeys(self.records.get(asked, ()), "Ongoing")
            text = summary_text(listed, trial_id=asked, results=self.results) if listed else ""
            return http(wire(text), content_type="text/plain;charset=UTF-8")
        if path == "/search":
            hits = int(asked in self.records)
            return http(f"<html>Trials with a EudraCT protocol ({hits})<p>Query did not match</html>".encode())
        *_, trial_id, country = path.split("/")
        text = self.records.get(trial_id, {}).get(country.upper())
        return http(wire(NOTICE + text), content_type="text/plain") if text else http(b"", 404)
