"""What the registry documents of a study: the path of every field, and the codes of those that have some. Pure.

From the OpenAPI description of its API, version 2.0.3, whose names for the kinds of code are kept. A field or a code
that is documented later gets a word here: both outlines are in alphabetical order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_CODES = """
AgencyClass: AMBIG FED INDIV INDUSTRY NETWORK NIH OTHER OTHER_GOV UNKNOWN
AgreementRestrictionType: GT60 LTE60 OTHER
AnalysisDispersionType: STANDARD_DEVIATION STANDARD_ERROR_OF_MEAN
ArmGroupType: ACTIVE_COMPARATOR EXPERIMENTAL NO_INTERVENTION OTHER PLACEBO_COMPARATOR SHAM_COMPARATOR
BioSpecRetention: NONE_RETAINED SAMPLES_WITHOUT_DNA SAMPLES_WITH_DNA
ConfidenceIntervalNumSides: ONE_SIDED TWO_SIDED
ContactRole: CONTACT PRINCIPAL_INVESTIGATOR STUDY_CHAIR STUDY_DIRECTOR SUB_INVESTIGATOR
DateType: ACTUAL ESTIMATED
DesignAllocation: NA NON_RANDOMIZED RANDOMIZED
DesignMasking: DOUBLE NONE QUADRUPLE SINGLE TRIPLE
DesignTimePerspective: CROSS_SECTIONAL OTHER PROSPECTIVE RETROSPECTIVE
EnrollmentType: ACTUAL ESTIMATED
EventAssessment: NON_SYSTEMATIC_ASSESSMENT SYSTEMATIC_ASSESSMENT
ExpandedAccessStatus: APPROVED_FOR_MARKETING AVAILABLE NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE
InterventionType: BEHAVIORAL BIOLOGICAL COMBINATION_PRODUCT DEVICE DIAGNOSTIC_TEST DIETARY_SUPPLEMENT DRUG GENETIC
   OTHER PROCEDURE RADIATION
InterventionalAssignment: CROSSOVER FACTORIAL PARALLEL SEQUENTIAL SINGLE_GROUP
IpdSharing: NO UNDECIDED YES
IpdSharingInfoType: ANALYTIC_CODE CSR ICF SAP STUDY_PROTOCOL
MeasureDispersionType: CONFIDENCE_80 CONFIDENCE_90 CONFIDENCE_95 CONFIDENCE_975 CONFIDENCE_99 CONFIDENCE_OTHER
   FULL_RANGE GEOMETRIC_COEFFICIENT INTER_QUARTILE_RANGE NA STANDARD_DEVIATION STANDARD_ERROR
MeasureParam: COUNT_OF_PARTICIPANTS COUNT_OF_UNITS GEOMETRIC_LEAST_SQUARES_MEAN GEOMETRIC_MEAN LEAST_SQUARES_MEAN
   LOG_MEAN MEAN MEDIAN NUMBER
NonInferiorityType: EQUIVALENCE NON_INFERIORITY NON_INFERIORITY_OR_EQUIVALENCE NON_INFERIORITY_OR_EQUIVALENCE_LEGACY
   OTHER SUPERIORITY SUPERIORITY_OR_OTHER SUPERIORITY_OR_OTHER_LEGACY
ObservationalModel: CASE_CONTROL CASE_CROSSOVER CASE_ONLY COHORT DEFINED_POPULATION ECOLOGIC_OR_COMMUNITY FAMILY_BASED
   NATURAL_HISTORY OTHER
OfficialRole: PRINCIPAL_INVESTIGATOR STUDY_CHAIR STUDY_DIRECTOR SUB_INVESTIGATOR
OrgStudyIdType: AHRQ CDC FDA NIH SAMHSA VA
OutcomeMeasureType: OTHER_PRE_SPECIFIED POST_HOC PRIMARY SECONDARY
Phase: EARLY_PHASE1 NA PHASE1 PHASE2 PHASE3 PHASE4
PrimaryPurpose: BASIC_SCIENCE DEVICE_FEASIBILITY DIAGNOSTIC ECT HEALTH_SERVICES_RESEARCH OTHER PREVENTION SCREENING
   SUPPORTIVE_CARE TREATMENT
RecruitmentStatus: ACTIVE_NOT_RECRUITING AVAILABLE COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING RECRUITING
   SUSPENDED TERMINATED WITHDRAWN
ReferenceType: BACKGROUND DERIVED RESULT
ReportingStatus: NOT_POSTED POSTED
ResponsiblePartyType: PRINCIPAL_INVESTIGATOR SPONSOR SPONSOR_INVESTIGATOR
SamplingMethod: NON_PROBABILITY_SAMPLE PROBABILITY_SAMPLE
SecondaryIdType: AHRQ CDC CTIS EUDRACT_NUMBER FDA NIH OTHER OTHER_GRANT REGISTRY SAMHSA VA
Sex: ALL FEMALE MALE
StandardAge: ADULT CHILD OLDER_ADULT
Status: ACTIVE_NOT_RECRUITING APPROVED_FOR_MARKETING AVAILABLE COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING
   NO_LONGER_AVAILABLE RECRUITING SUSPENDED TEMPORARILY_NOT_AVAILABLE TERMINATED UNKNOWN WITHDRAWN WITHHELD
StudyType: EXPANDED_ACCESS INTERVENTIONAL OBSERVATIONAL
UnpostedEventType: RELEASE RESET UNRELEASE
ViolationEventType: CORRECTION_CONFIRMED ISSUES_IN_LETTER_ADDRESSED_CONFIRMED PENALTY_IMPOSED VIOLATION_IDENTIFIED
WhoMasked: CARE_PROVIDER INVESTIGATOR OUTCOMES_ASSESSOR PARTICIPANT
"""
"""A line a kind of code, further lines where there are many."""

_STUDY = """
study: hasResults
 annotationSection:
  annotationModule:
   unpostedAnnotation: unpostedResponsibleParty
    unpostedEvents: date dateUnknown type=UnpostedEventType
   violationAnnotation:
    violationEvents: creationDate description issuedDate postedDate releaseDate type=ViolationEventType
 derivedSection: conditionBrowseModule=* interventionBrowseModule=*
  miscInfoModule: removedCountries versionHolder
   submissionTracking: estimatedResultsFirstSubmitDate
    firstMcpInfo:
     postDateStruct: date type=DateType
    submissionInfos: mcpReleaseN releaseDate resetDate unreleaseDate unreleaseDateUnknown
 documentSection:
  largeDocumentModule: noSap
   largeDocs: date filename hasIcf hasProtocol hasSap label size typeAbbrev uploadDate
 protocolSection:
  armsInterventionsModule:
   armGroups: description interventionNames label type=ArmGroupType
   interventions: armGroupLabels description name otherNames type=InterventionType
  conditionsModule: conditions keywords
  contactsLocationsModule:
   centralContacts: email name phone phoneExt role=ContactRole
   locations: city country countryCode facility state status=RecruitmentStatus zip
    contacts: email name phone phoneExt role=ContactRole
    geoPoint: lat lon
   overallOfficials: affiliation name role=OfficialRole
  descriptionModule: briefSummary detailedDescription
  designModule: nPtrsToThisExpAccNctId patientRegistry phases=Phase studyType=StudyType targetDuration
   bioSpec: description retention=BioSpecRetention
   designInfo: allocation=DesignAllocation interventionModel=InterventionalAssignment interventionModelDescription
      observationalModel=ObservationalModel primaryPurpose=PrimaryPurpose timePerspective=DesignTimePerspective
    maskingInfo: masking=DesignMasking maskingDescription whoMasked=WhoMasked
   enrollmentInfo: count type=EnrollmentType
   expandedAccessTypes: individual intermediate treatment
  eligibilityModule: eligibilityCriteria genderBased genderDescription healthyVolunteers maximumAge minimumAge
     samplingMethod=SamplingMethod sex=Sex stdAges=StandardAge studyPopulation
  identificationModule: acronym briefTitle nctId nctIdAliases officialTitle
   orgStudyIdInfo: id link type=OrgStudyIdType
   organization: class=AgencyClass fullName
   secondaryIdInfos: domain id link type=SecondaryIdType
  ipdSharingStatementModule: accessCriteria description infoTypes=IpdSharingInfoType ipdSharing=IpdSharing timeFrame
     url
  outcomesModule:
   otherOutcomes: description measure timeFrame
   primaryOutcomes: description measure timeFrame
   secondaryOutcomes: description measure timeFrame
  oversightModule: fdaaa801Violation isFdaRegulatedDevice isFdaRegulatedDrug isPpsd isUnapprovedDevice isUsExport
     oversightHasDmc
  referencesModule:
   availIpds: comment id type url
   references: citation pmid type=ReferenceType
    retractions: pmid source
   seeAlsoLinks: label url
  sponsorCollaboratorsModule:
   collaborators: class=AgencyClass name
   leadSponsor: class=AgencyClass name
   responsibleParty: investigatorAffiliation investigatorFullName investigatorTitle oldNameTitle oldOrganization
      type=ResponsiblePartyType
  statusModule: delayedPosting dispFirstSubmitDate dispFirstSubmitQcDate lastKnownStatus=Status lastUpdateSubmitDate
     overallStatus=Status resultsFirstSubmitDate resultsFirstSubmitQcDate resultsWaived statusVerifiedDate
     studyFirstSubmitDate studyFirstSubmitQcDate whyStopped
   completionDateStruct: date type=DateType
   dispFirstPostDateStruct: date type=DateType
   expandedAccessInfo: hasExpandedAccess nctId statusForNctId=ExpandedAccessStatus
   lastUpdatePostDateStruct: date type=DateType
   primaryCompletionDateStruct: date type=DateType
   resultsFirstPostDateStruct: date type=DateType
   startDateStruct: date type=DateType
   studyFirstPostDateStruct: date type=DateType
 resultsSection:
  adverseEventsModule: allCauseMortalityComment description frequencyThreshold timeFrame
   eventGroups: deathsNumAffected deathsNumAtRisk description id otherNumAffected otherNumAtRisk seriousNumAffected
      seriousNumAtRisk title
   otherEvents: assessmentType=EventAssessment notes organSystem sourceVocabulary term
    stats: groupId numAffected numAtRisk numEvents
   seriousEvents: assessmentType=EventAssessment notes organSystem sourceVocabulary term
    stats: groupId numAffected numAtRisk numEvents
  baselineCharacteristicsModule: populationDescription typeUnitsAnalyzed
   denoms: units
    counts: groupId value
   groups: description id title
   measures: calculatePct denomUnitsSelected description dispersionType=MeasureDispersionType paramType=MeasureParam
      populationDescription title unitOfMeasure
    classes: title
     categories: title
      measurements: comment groupId lowerLimit spread upperLimit value
     denoms: units
      counts: groupId value
    denoms: units
     counts: groupId value
  moreInfoModule:
   certainAgreement: otherDetails piSponsorEmployee restrictionType=AgreementRestrictionType restrictiveAgreement
   limitationsAndCaveats: description
   pointOfContact: email organization phone phoneExt title
  outcomeMeasuresModule:
   outcomeMeasures: anticipatedPostingDate calculatePct denomUnitsSelected description dispersionType
      paramType=MeasureParam populationDescription reportingStatus=ReportingStatus timeFrame title
      type=OutcomeMeasureType typeUnitsAnalyzed unitOfMeasure
    analyses: ciLowerLimit ciLowerLimitComment ciNumSides=ConfidenceIntervalNumSides ciPctValue ciUpperLimit
       ciUpperLimitComment dispersionType=AnalysisDispersionType dispersionValue estimateComment groupDescription
       groupIds nonInferiorityComment nonInferiorityType=NonInferiorityType otherAnalysisDescription pValue
       pValueComment paramType paramValue statisticalComment statisticalMethod testedNonInferiority
    classes: title
     categories: title
      measurements: comment groupId lowerLimit spread upperLimit value
     denoms: units
      counts: groupId value
    denoms: units
     counts: groupId value
    groups: description id title
  participantFlowModule: preAssignmentDetails recruitmentDetails typeUnitsAnalyzed
   groups: description id title
   periods: title
    dropWithdraws: comment type
     reasons: comment groupId numSubjects numUnits
    milestones: comment type
     achievements: comment groupId numSubjects numUnits
"""
"""A line an object with its plain fields, further lines where there are many; under it, one space further in, the
objects in it. Lists are not told from what they list. `field=Kind` has codes of that kind; `field=*` goes unread."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A documented field: where it is, and what may be there."""

    path: str
    members: "dict[str, Known]"
    """The fields of the object there; none where a plain value is."""
    codes: frozenset[str] | None = None
    """The values that are documented; None where any will do."""
    unread: bool = False
    """Whether anything at all may be there."""


def _read(outline: str, codes: Mapping[str, frozenset[str]]) -> Known:
    """The one object that *outline* describes, with all that is in it. Its own name is in no path."""
    above: list[Known] = []
    for depth, name, fields in _lines(outline):
        del above[depth:]
        node = Known(_below(above[-1], name) if above else "", {})
        for field in fields:
            member, _, kind = field.partition("=")
            of_kind = codes[kind] if kind.isalpha() else None
            node.members[member] = Known(_below(node, member), {}, of_kind, unread=kind == "*")
        if above:
            above[-1].members[name] = node
        above.append(node)
    return above[0]


def _below(known: Known, name: str) -> str:
    return f"{known.path}.{name}" if known.path else name


def _lines(outline: str) -> Iterator[tuple[int, str, list[str]]]:
    """Of each name before a colon: how far in it stands, itself, and the words that follow it."""
    depth, name = 0, ""
    words: list[str] = []
    for line in outline.splitlines():
        head, colon, rest = line.rpartition(":")
        if not colon:
            words += rest.split()
            continue
        if name:
            yield depth, name, words
        depth, name, words = len(head) - len(head.lstrip()), head.strip(), rest.split()
    yield depth, name, words


_CODES_BY_KIND = {name: frozenset(codes) for _, name, codes in _lines(_CODES)}
CODES = frozenset[str]().union(*_CODES_BY_KIND.values())
"""Every documented code, of whatever kind."""

STUDY = _read(_STUDY, _CODES_BY_KIND)
"""A study, with all that is known to be in it."""
