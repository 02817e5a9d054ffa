"""What a change can be about. Pure."""

from enum import StrEnum


class Topic(StrEnum):
    """What a change is about: people subscribe to topics."""

    STATUS = "status"
    ENROLLMENT = "enrollment"
    DATES = "dates"
    SPONSOR = "sponsor"
    OUTCOMES = "outcomes"
    DESIGN = "design"
    ARMS = "arms"
    ELIGIBILITY = "eligibility"
    SITES = "sites"
    RESULTS = "results"
    DOCUMENTS = "documents"
    CONDITIONS = "conditions"
    DESCRIPTION = "description"
    EXPANDED_ACCESS = "expanded_access"
    OVERSIGHT = "oversight"
    SHARING = "sharing"
    REFERENCES = "references"
    IDENTITY = "identity"
    TITLE = "title"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"


TIMED = frozenset((Topic.OUTCOMES, Topic.ARMS, Topic.ELIGIBILITY, Topic.ENROLLMENT))
"""Topics of which a sentence says when in the trial's life the change was posted."""
