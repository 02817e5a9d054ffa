"""Edits of a study as ClinicalTrials.gov serves it: what a sponsor changes there, for the sandbox to publish."""

from collections.abc import Callable
from typing import Any

Study = dict[str, Any]
Edit = Callable[[Study], None]

DELETED = object()
"""What stands for a member that is to be removed."""


def edited(**changes: Any) -> Edit:
    """`statusModule__overallStatus="COMPLETED"` changes what lies there; DELETED removes it.

    Paths begin in the protocol section; `top__hasResults` is beside it.
    """

    def edit(study: Study) -> None:
        for path, value in changes.items():
            *parents, name = path.split("__")
            node = study if parents[:1] == ["top"] else study["protocolSection"]
            for parent in parents[1:] if parents[:1] == ["top"] else parents:
                node = node[parent]
            if value is DELETED:
                del node[name]
            else:
                node[name] = value

    return edit


def together(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(study: Study) -> None:
        for each in edits:
            each(study)

    return edit


def verified_in(month: str) -> Edit:
    """The record is verified anew: without that, some edits are not seen before it is read in full."""
    return edited(statusModule__statusVerifiedDate=month)


def verified_a_year_later(study: Study) -> None:
    """The same, whenever it was verified before."""
    year, _ = study["protocolSection"]["statusModule"]["statusVerifiedDate"].split("-")[:2]
    verified_in(f"{int(year) + 1}-01")(study)


def status_becomes(code: str, why: str | None = None) -> Edit:
    def edit(study: Study) -> None:
        module = study["protocolSection"]["statusModule"]
        module["overallStatus"] = code
        module.pop("whyStopped", None)
        if why:
            module["whyStopped"] = why

    return edit


def led_by(name: str) -> Edit:
    return lambda study: study["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"].update(name=name)


def titled(title: str) -> Edit:
    return edited(identificationModule__briefTitle=title)


def named(acronym: str) -> Edit:
    return edited(identificationModule__acronym=acronym)
