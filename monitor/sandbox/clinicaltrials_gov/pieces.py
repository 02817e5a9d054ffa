"""The study data structure: every field's path, its piece name, and what sorts by it. Pure.

ClinicalTrials.gov names each node of a study twice: by its path (`protocolSection.statusModule.overallStatus`) and by
a piece name of its own (`OverallStatus`), which `fields`, `sort` and AREA[…] accept. The tree below is that naming.
Below the modules of the results section only paths are known here, and any path is taken.
"""

from dataclasses import dataclass

TREE = """
protocolSection ProtocolSection
 identificationModule IdentificationModule
  nctId NCTId
  nctIdAliases NCTIdAlias
  orgStudyIdInfo OrgStudyIdInfo
   id OrgStudyId
   type OrgStudyIdType
   link OrgStudyIdLink
  secondaryIdInfos SecondaryIdInfo
   id SecondaryId
   type SecondaryIdType
   domain SecondaryIdDomain
   link SecondaryIdLink
  briefTitle BriefTitle
  officialTitle OfficialTitle
  acronym Acronym
  organization Organization
   fullName OrgFullName
   class OrgClass
 statusModule StatusModule
  statusVerifiedDate StatusVerifiedDate date
  overallStatus OverallStatus
  lastKnownStatus LastKnownStatus
  delayedPosting DelayedPosting
  whyStopped WhyStopped
  expandedAccessInfo ExpandedAccessInfo
   hasExpandedAccess HasExpandedAccess
   nctId ExpandedAccessNCTId
   statusForNctId ExpandedAccessStatusForNCTId
  startDateStruct StartDateStruct
   date StartDate date
   type StartDateType
  primaryCompletionDateStruct PrimaryCompletionDateStruct
   date PrimaryCompletionDate date
   type PrimaryCompletionDateType
  completionDateStruct CompletionDateStruct
   date CompletionDate date
   type CompletionDateType
  studyFirstSubmitDate StudyFirstSubmitDate date
  studyFirstSubmitQcDate StudyFirstSubmitQCDate date
  studyFirstPostDateStruct StudyFirstPostDateStruct
   date StudyFirstPostDate date
   type StudyFirstPostDateType
  resultsWaived ResultsWaived
  resultsFirstSubmitDate ResultsFirstSubmitDate date
  resultsFirstSubmitQcDate ResultsFirstSubmitQCDate date
  resultsFirstPostDateStruct ResultsFirstPostDateStruct
   date ResultsFirstPostDate date
   type ResultsFirstPostDateType
  dispFirstSubmitDate DispFirstSubmitDate date
  dispFirstSubmitQcDate DispFirstSubmitQCDate date
  dispFirstPostDateStruct DispFirstPostDateStruct
   date DispFirstPostDate date
   type DispFirstPostDateType
  lastUpdateSubmitDate LastUpdateSubmitDate date
  lastUpdatePostDateStruct LastUpdatePostDateStruct
   date LastUpdatePostDate date
   type LastUpdatePostDateType
 sponsorCollaboratorsModule SponsorCollaboratorsModule
  responsibleParty ResponsibleParty
   type ResponsiblePartyType
   investigatorFullName ResponsiblePartyInvestigatorFullName
   investigatorTitle ResponsiblePartyInvestigatorTitle
   investigatorAffiliation ResponsiblePartyInvestigatorAffiliation
   oldNameTitle ResponsiblePartyOldNameTitle
   oldOrganization ResponsiblePartyOldOrganization
  leadSponsor LeadSponsor
   name LeadSponsorName
   class LeadSponsorClass
  collaborators Collaborator
   name CollaboratorName
   class CollaboratorClass
 oversightModule OversightModule
  oversightHasDmc OversightHasDMC
  isFdaRegulatedDrug IsFDARegulatedDrug
  isFdaRegulatedDevice IsFDARegulatedDevice
  isUnapprovedDevice IsUnapprovedDevice
  isPpsd IsPPSD
  isUsExport IsUSExport
  fdaaa801Violation FDAAA801Violation
 descriptionModule DescriptionModule
  briefSummary BriefSummary
  detailedDescription DetailedDescription
 conditionsModule ConditionsModule
  conditions Condition
  keywords Keyword
 designModule DesignModule
  studyType StudyType
  nPtrsToThisExpAccNctId NPtrsToThisExpAccNCTId number
  expandedAccessTypes ExpandedAccessTypes
   individual ExpAccTypeIndividual
   intermediate ExpAccTypeIntermediate
   treatment ExpAccTypeTreatment
  patientRegistry PatientRegistry
  targetDuration TargetDuration
  phases Phase
  designInfo DesignInfo
   allocation DesignAllocation
   interventionModel DesignInterventionModel
   interventionModelDescription DesignInterventionModelDescription
   primaryPurpose DesignPrimaryPurpose
   observationalModel DesignObservationalModel
   timePerspective DesignTimePerspective
   maskingInfo DesignMaskingInfo
    masking DesignMasking
    maskingDescription DesignMaskingDescription
    whoMasked DesignWhoMasked
  bioSpec BioSpec
   retention BioSpecRetention
   description BioSpecDescription
  enrollmentInfo EnrollmentInfo
   count EnrollmentCount number
   type EnrollmentType
 armsInterventionsModule ArmsInterventionsModule
  armGroups ArmGroup
   label ArmGroupLabel
   type ArmGroupType
   description ArmGroupDescription
   interventionNames ArmGroupInterventionName
  interventions Intervention
   type InterventionType
   name InterventionName
   description InterventionDescription
   armGroupLabels InterventionArmGroupLabel
   otherNames InterventionOtherName
 outcomesModule OutcomesModule
  primaryOutcomes PrimaryOutcome
   measure PrimaryOutcomeMeasure
   description PrimaryOutcomeDescription
   timeFrame PrimaryOutcomeTimeFrame
  secondaryOutcomes SecondaryOutcome
   measure SecondaryOutcomeMeasure
   description SecondaryOutcomeDescription
   timeFrame SecondaryOutcomeTimeFrame
  otherOutcomes OtherOutcome
   measure OtherOutcomeMeasure
   description OtherOutcomeDescription
   timeFrame OtherOutcomeTimeFrame
 eligibilityModule EligibilityModule
  eligibilityCriteria EligibilityCriteria
  healthyVolunteers HealthyVolunteers
  sex Sex
  genderBased GenderBased
  genderDescription GenderDescription
  minimumAge MinimumAge
  maximumAge MaximumAge
  stdAges StdAge
  studyPopulation StudyPopulation
  samplingMethod SamplingMethod
 contactsLocationsModule ContactsLocationsModule
  centralContacts CentralContact
   name CentralContactName
   role CentralContactRole
   phone CentralContactPhone
   phoneExt CentralContactPhoneExt
   email CentralContactEMail
  overallOfficials OverallOfficial
   name OverallOfficialName
   affiliation OverallOfficialAffiliation
   role OverallOfficialRole
  locations Location
   facility LocationFacility
   status LocationStatus
   city LocationCity
   state LocationState
   zip LocationZip
   country LocationCountry
   countryCode LocationCountryCode
   contacts LocationContact
    name LocationContactName
    role LocationContactRole
    phone LocationContactPhone
    phoneExt LocationContactPhoneExt
    email LocationContactEMail
   geoPoint LocationGeoPoint
    lat LocationLat
    lon LocationLon
 referencesModule ReferencesModule
  references Reference
   pmid ReferencePMID
   type ReferenceType
   citation ReferenceCitation
   retractions Retraction
    pmid RetractionPMID
    source RetractionSource
  seeAlsoLinks SeeAlsoLink
   label SeeAlsoLinkLabel
   url SeeAlsoLinkURL
  availIpds AvailIPD
   id AvailIPDId
   type AvailIPDType
   url AvailIPDURL
   comment AvailIPDComment
 ipdSharingStatementModule IPDSharingStatementModule
  ipdSharing IPDSharing
  description IPDSharingDescription
  infoTypes IPDSharingInfoType
  timeFrame IPDSharingTimeFrame
  accessCriteria IPDSharingAccessCriteria
  url IPDSharingURL
resultsSection ResultsSection
 participantFlowModule ParticipantFlowModule
 baselineCharacteristicsModule BaselineCharacteristicsModule
 outcomeMeasuresModule OutcomeMeasuresModule
 adverseEventsModule AdverseEventsModule
 moreInfoModule MoreInfoModule
annotationSection AnnotationSection
 annotationModule AnnotationModule
  unpostedAnnotation UnpostedAnnotation
   unpostedResponsibleParty UnpostedResponsibleParty
   unpostedEvents UnpostedEvent
    type UnpostedEventType
    date UnpostedEventDate date
    dateUnknown UnpostedEventDateUnknown
  violationAnnotation ViolationAnnotation
   violationEvents ViolationEvent
    type ViolationEventType
    description ViolationEventDescription
    creationDate ViolationEventCreationDate date
    issuedDate ViolationEventIssuedDate date
    releaseDate ViolationEventReleaseDate date
    postedDate ViolationEventPostedDate date
documentSection DocumentSection
 largeDocumentModule LargeDocumentModule
  noSap LargeDocNoSAP
  largeDocs LargeDoc
   typeAbbrev LargeDocTypeAbbrev
   hasProtocol LargeDocHasProtocol
   hasSap LargeDocHasSAP
   hasIcf LargeDocHasICF
   label LargeDocLabel
   date LargeDocDate date
   uploadDate LargeDocUploadDate date
   filename LargeDocFilename
   size LargeDocSize number
derivedSection DerivedSection
 miscInfoModule MiscInfoModule
  versionHolder VersionHolder date
  removedCountries RemovedCountry
  submissionTracking SubmissionTracking
   estimatedResultsFirstSubmitDate EstimatedResultsFirstSubmitDate date
   firstMcpInfo FirstMCPInfo
    postDateStruct FirstMCPPostDateStruct
     date FirstMCPPostDate date
     type FirstMCPPostDateType
   submissionInfos SubmissionInfo
    releaseDate SubmissionReleaseDate date
    unreleaseDate SubmissionUnreleaseDate date
    unreleaseDateUnknown SubmissionUnreleaseDateUnknown
    resetDate SubmissionResetDate date
    mcpReleaseN SubmissionMCPReleaseN number
 conditionBrowseModule ConditionBrowseModule
  meshes ConditionMesh
   id ConditionMeshId
   term ConditionMeshTerm
  ancestors ConditionAncestor
   id ConditionAncestorId
   term ConditionAncestorTerm
 interventionBrowseModule InterventionBrowseModule
  meshes InterventionMesh
   id InterventionMeshId
   term InterventionMeshTerm
  ancestors InterventionAncestor
   id InterventionAncestorId
   term InterventionAncestorTerm
hasResults HasResults
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a study. *sorts_as* is `date`, `number`, or None for all that does not sort."""

    path: str
    piece: str
    sorts_as: str | None


def read_tree(tree: str) -> list[Node]:
    """The nodes of an indented tree, each line: name, piece name, and what it sorts as."""
    nodes = []
    above: list[str] = []
    for line in filter(None, tree.splitlines()):
        depth = len(line) - len(line.lstrip())
        name, piece, *sorts_as = line.split()
        above[depth:] = [name]
        nodes.append(Node(".".join(above), piece, sorts_as[0] if sorts_as else None))
    return nodes


NODES = {node.path: node for node in read_tree(TREE)}
PIECES = {node.piece: node for node in NODES.values()}


def find_node(name: str) -> Node | None:
    """The node that a piece name or a path means; None where there is no such field."""
    known = PIECES.get(name) or NODES.get(name)
    if known or not name.startswith("resultsSection."):
        return known
    above, _, below = name.rpartition(".")
    return Node(name, below, None) if find_node(above) else None


def path_of(name: str) -> str:
    """The path that a piece name stands for; anything else as it is."""
    node = PIECES.get(name)
    return node.path if node else name
