"""Ask for the file of all trials, and decide whether what came is one.

The file has no name in its folder, so it goes with the process, however that ends; what is found to be one is kept:
see `monitor.registries.drks.keeping`.
"""

import tempfile
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from monitor.errors import AnswerTooLarge, AnswerUnreadable, RegistryUnreachable, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.http.response import Response, status_in_words
from monitor.registries.drks import bulk
from monitor.registries.drks.bulk import Contents
from monitor.registries.remedies import with_remedy
from monitor.text import one_line

SIZE_CAP = 512 * 1024 * 1024
"""Bytes; the real one has 18 million."""
DEADLINE = 900.0
"""Seconds."""
REMEDY = 'check the network, or registries."drks.de".base_url in config.toml'


@dataclass(frozen=True, slots=True)
class BulkFile:
    """A file of all trials that was found to be one."""

    file: BinaryIO
    name: str
    """What the registry calls it; empty where it does not say."""
    contents: Contents

    def close(self) -> None:
        """Remove it."""
        self.file.close()


def download(session: PoliteSession, base_url: str) -> BulkFile:
    """The file as it is now, by one request.

    Raise a RegistryError where there is none, or what came is something else.
    """
    try:
        file: BinaryIO = tempfile.TemporaryFile(prefix="monitor-drks-")  # noqa: SIM115
    except OSError as error:
        raise RegistryUnreachable(f"there is no room for the file of drks.de: {error.strerror}") from error
    try:
        answer = _asked(session, f"{base_url}/en/download/all-json", file)
        return BulkFile(file, _name_in(answer), _contents(file))
    except BaseException:
        file.close()
        raise


def _asked(session: PoliteSession, url: str, file: BinaryIO) -> Response:
    try:
        answer = session.download(url, file, size_cap=SIZE_CAP, deadline=DEADLINE)
    except RegistryUnreachable as error:
        raise with_remedy(error, "drks.de") from error
    if answer.status == HTTPStatus.OK:
        return answer
    words = f"drks.de answers {status_in_words(answer.status)} instead of its file of all trials; {REMEDY}"
    if 400 <= answer.status <= 499:
        raise RequestRefused(words, status=answer.status)
    raise AnswerUnreadable(words, raw=bulk.beginning(file))


def _contents(file: BinaryIO) -> Contents:
    try:
        return bulk.contents(file)
    except AnswerUnreadable as error:
        kind = AnswerTooLarge if isinstance(error, AnswerTooLarge) else AnswerUnreadable
        raise kind(f"what drks.de gave as its file of all trials is not believed: {error}", raw=error.raw) from error


def _name_in(answer: Response) -> str:
    return one_line(answer.headers.get("Content-Disposition", ""))[:200]
