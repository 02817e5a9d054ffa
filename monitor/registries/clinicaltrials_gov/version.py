"""How ClinicalTrials.gov is asked for the version of all its data. Pure, and light: most passes ask no more."""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import Json

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


def version_stated(stated: "Json") -> tuple[str | None, str | None]:
    """The stamp of the data and the version of the API, either None where it is not said in a known form."""
    said = stated if isinstance(stated, dict) else {"apiVersion": None}
    stamp, api_version = said.get("dataTimestamp"), said.get("apiVersion", "")
    is_stamp = isinstance(stamp, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,24}", stamp)
    return stamp if is_stamp else None, api_version if isinstance(api_version, str) else None


def usable_etag(etag: str) -> str | None:
    """The ETag if it can be sent back: it comes from outside and goes into a header."""
    return etag if re.fullmatch(r'(W/)?"[!#-~]{1,200}"', etag) else None
