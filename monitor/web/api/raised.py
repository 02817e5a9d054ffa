"""Whatever is raised while a program is answered, as the problem that it is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from monitor.errors import (
    ConfigurationInvalid,
    MonitorError,
    NameTaken,
    NothingFound,
    RegistryError,
    SponsorUnknown,
    StoreCorrupt,
    StoreError,
    TrialIdInvalid,
)
from monitor.text import sentence
from monitor.web.api import problems
from monitor.web.api.problems import Problem, Wrong, in_api_words, pointer

AGAIN_AFTER = {"Retry-After": "5"}


@contextmanager
def as_problems() -> Iterator[None]:
    """Whatever the program raises, as the problem that it is."""
    try:
        yield
    except RequestValidationError as error:
        raise _invalid(error) from None
    except HTTPException as error:
        raise Problem(problems.MALFORMED, sentence(str(error.detail))) from None
    except MonitorError as error:
        raise problem_of(error) from error


def problem_of(error: MonitorError) -> Problem:
    """What an error of the program is to the program that asked."""
    words = in_api_words(error)
    match error:
        case SponsorUnknown():
            candidates = [{"sponsor": name, "trials": count} for name, count in error.candidates]
            wrong = [Wrong(words, "#/sponsor")]
            return Problem(problems.INVALID, words, errors=wrong, more={"candidates": candidates})
        case NothingFound() | TrialIdInvalid():
            return Problem(problems.NOT_FOUND, words)
        case NameTaken():
            return Problem(problems.INVALID, words, errors=[Wrong(words, "#/name")])
        case ConfigurationInvalid():
            return Problem(problems.INVALID, words)
        case StoreCorrupt():
            return Problem(problems.UNREADABLE, words)
        case StoreError():
            return Problem(problems.NOT_NOW, "The database does not answer. Try again.", headers=AGAIN_AFTER)
        case RegistryError():
            return Problem(problems.REGISTRY_SILENT, words)
    return Problem(problems.INVALID, words)


_PLACES = {"query": "parameter", "path": "parameter", "header": "header", "cookie": "parameter"}


def _invalid(error: RequestValidationError) -> Problem:
    """A line for each value that does not have the shape that it should."""
    wrong = []
    for each in error.errors():
        place, *path = each["loc"]
        said = "It is required" if each["type"] == "missing" else str(each["msg"]).removeprefix("Value error, ")
        words = sentence(said)
        if place == "body":
            steps = [] if each["type"] == "json_invalid" else path
            wrong.append(Wrong(words, pointer(steps)))
        else:
            wrong.append(Wrong(words, str(path[0]), _PLACES.get(str(place), "parameter")))
    return problems.several(wrong)
