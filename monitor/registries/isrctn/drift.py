"""What a document holds that is not known here: statuses, phases and sexes, and elements of its sections. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import orjson

from monitor.model import Json
from monitor.ports import Oddity
from monitor.registries.isrctn.record import PHASES, SEXES
from monitor.registries.isrctn.stating import OVERRIDES, STATUSES
from monitor.registries.isrctn.taking import items_at, text_of
from monitor.registries.oddities import told
from monitor.registries.taking import Node, object_at

KNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        section: frozenset(names.split())
        for section, names in {
            "trialDescription": "acknowledgment title scientificTitle acronym studyHypothesis plainEnglishSummary "
            "primaryOutcome primaryOutcomes secondaryOutcome secondaryOutcomes trialWebsite ethicsApproval "
            "ethicsApprovalRequired ethicsCommittees",
            "externalRefs": "doi eudraCTNumber irasNumber ctisNumber clinicalTrialsGovNumber protocolSerialNumber "
            "secondaryNumbers",
            "trialDesign": "studyDesign primaryStudyDesign secondaryStudyDesign secondaryStudyDesigns trialSetting "
            "trialSettings trialType trialTypes overallStatusOverride reasonAbandoned overallStartDate overallEndDate",
            "participants": "recruitmentCountries trialCentres participantType participantTypes inclusion ageRange "
            "lowerAgeLimit upperAgeLimit gender targetEnrolment totalFinalEnrolment totalTarget exclusion "
            "patientInfoSheet recruitmentStart recruitmentEnd recruitmentStartStatusOverride recruitmentStatusOverride",
            "conditions": "condition",
            "interventions": "intervention",
            "results": "publicationPlan ipdSharingStatement dataPolicy dataPolicies publicationDetails "
            "publicationStage biomedRelated basicReport plainEnglishReport intentToPublish",
            "outputs": "output",
            "miscellaneous": "ipdSharingPlan",
            "attachedFiles": "attachedFile",
        }.items()
    }
)


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document."""
    trial = object_at(orjson.loads(content), "trial")
    return told((*_codes(trial), *_members(trial)))


def _codes(trial: Node) -> Iterator[Oddity]:
    for section, name in OVERRIDES:
        yield from _code(f"trial.{section}.{name}", object_at(trial, section).get(name), STATUSES)
    yield from _code("trial.participants.gender", object_at(trial, "participants").get("gender"), SEXES)
    for item in items_at(object_at(trial, "interventions").get("intervention")):
        if isinstance(item, dict):
            yield from _code("trial.interventions.intervention.phase", item.get("phase"), PHASES)


def _code(path: str, value: Json, known: Mapping[str, object]) -> Iterator[Oddity]:
    words = text_of(value)
    if words and " ".join(words.lower().split()) not in known:
        yield Oddity(path, words)


def _members(trial: Node) -> Iterator[Oddity]:
    for section, value in trial.items():
        if section.startswith("@") or section == "isrctn":
            continue
        if section not in KNOWN:
            yield Oddity(f"trial.{section}")
        elif isinstance(value, dict):
            yield from (Oddity(f"trial.{section}.{name}") for name in value if name not in KNOWN[section])
