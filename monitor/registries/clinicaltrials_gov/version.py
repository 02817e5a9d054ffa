"""How ClinicalTrials.gov is asked for the version of all its data. Pure, and light: most passes ask no more."""

from http import HTTPStatus

KEY = "clinicaltrials.gov"
"""The registry's host name."""
SMALL = 64 * 1024
"""Bytes: no honest answer about versions or health is larger."""


def version_question(base_url: str, etag: str | None) -> tuple[str, dict[str, str]]:
    """The address, and the headers that ask for a version other than the one which *etag* names."""
    return f"{base_url}/version", {"If-None-Match": etag} if etag else {}


def is_as_before(status: int, etag: str | None) -> bool:
    """Whether an answer of this status says that *etag* still names the version."""
    return bool(etag) and status == HTTPStatus.NOT_MODIFIED
