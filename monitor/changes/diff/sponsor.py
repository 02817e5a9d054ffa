"""Who leads, supports and answers for a trial. Pure."""

from collections.abc import Iterator, Sequence

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import by_likeness, cancel
from monitor.changes.diff.wording import change_sentence, code_words
from monitor.changes.spelling import respelled
from monitor.model import Difference, ResponsibleParty, Sponsor
from monitor.text import fold_name, natural_list, quote


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell the lead sponsor, the collaborators and the responsible party."""
    yield from _lead(pair)
    yield from _collaborators(pair)
    yield from _responsible_party(pair)


def _lead(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.lead_sponsor, pair.after.lead_sponsor
    if _identity(before) == _identity(after):
        return
    if before and after and before.kind == after.kind and respelled(before.name, after.name):
        summary = f"Lead sponsor is only spelled otherwise: {quote(after.name)}, formerly {quote(before.name)}."
        yield pair.difference("lead_sponsor", "sponsor.respelled", before=before, after=after, summary=summary)
        return
    if before and after and _is_renamed(before, after):
        summary = f"Lead sponsor goes by another name: {quote(after.name)}, formerly {quote(before.name)}."
        yield pair.difference("lead_sponsor", "sponsor.respelled", before=before, after=after, summary=summary)
        return
    if before and after and (fold_name(before.name) == fold_name(after.name) or respelled(before.name, after.name)):
        summary = f"Lead sponsor {_reclassed(before, after)}."
    else:
        summary = change_sentence(
            "Lead sponsor", quote(before.name) if before else None, quote(after.name) if after else None
        )
    yield pair.difference("lead_sponsor", "sponsor.lead", before=before, after=after, summary=summary)


def _identity(sponsor: Sponsor | None) -> tuple[str, str | None] | None:
    return (fold_name(sponsor.name), sponsor.kind) if sponsor else None


def _is_renamed(before: Sponsor, after: Sponsor) -> bool:
    """Whether the registry knows both as one organisation."""
    return before.key is not None and before.key == after.key and before.kind == after.kind


def _reclassed(before: Sponsor, after: Sponsor) -> str:
    return f"{quote(after.name)} is now classed as {code_words(after.kind)}, formerly {code_words(before.kind)}"


def _collaborators(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.collaborators, pair.after.collaborators
    gone, come = cancel(before, after, _identity)
    if not gone and not come:
        return
    alike = by_likeness(gone, come, _same_spelling, least=1.0)
    if alike.gone or alike.come:
        kind, summary = "sponsor.collaborators", _collaborators_summary(alike.gone, alike.come)
    else:
        names = natural_list([f"{quote(new.name, 50)}, formerly {quote(old.name, 50)}" for old, new in alike.pairs], 2)
        kind, summary = "sponsor.respelled", f"Collaborators are only spelled otherwise: {names}."
    yield pair.difference("collaborators", kind, before=before, after=after, summary=summary)


def _same_spelling(before: Sponsor, after: Sponsor) -> float:
    return float(_is_renamed(before, after) or (before.kind == after.kind and respelled(before.name, after.name)))


def _collaborators_summary(gone: Sequence[Sponsor], come: Sequence[Sponsor]) -> str:
    former = {fold_name(sponsor.name): sponsor for sponsor in gone}
    reclassed = [(former.pop(fold_name(new.name)), new) for new in come if fold_name(new.name) in former]
    names = {fold_name(new.name) for _, new in reclassed}
    told = [
        f"{word} {natural_list([quote(sponsor.name, 50) for sponsor in sponsors])}"
        for word, sponsors in (
            ("added", [new for new in come if fold_name(new.name) not in names]),
            ("removed", list(former.values())),
        )
        if sponsors
    ]
    told += [_reclassed(old, new) for old, new in reclassed[:1]]
    return f"Collaborators changed: {'; '.join(told)}."


def _responsible_party(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.responsible_party, pair.after.responsible_party
    if _members(before) == _members(after):
        return
    old, new = _party(before), _party(after)
    if before and after and _is_respelled(before, after):
        summary = f"The responsible party is only spelled otherwise: {new}."
        yield pair.difference("responsible_party", "sponsor.respelled", before=before, after=after, summary=summary)
        return
    if old == new:
        summary = f"Details of the responsible party {new} changed." if new else "Responsible party changed."
    else:
        summary = change_sentence("Responsible party", old, new)
    yield pair.difference("responsible_party", "sponsor.responsible_party", before=before, after=after, summary=summary)


def _is_respelled(before: ResponsibleParty, after: ResponsibleParty) -> bool:
    names = ((before.name, after.name), (before.title, after.title), (before.affiliation, after.affiliation))
    return before.type == after.type and all(
        fold_name(old) == fold_name(new) or respelled(old, new) for old, new in names
    )


def _members(party: ResponsibleParty | None) -> tuple[str | None, ...]:
    party = party or ResponsibleParty()
    return (party.type, fold_name(party.name), fold_name(party.title), fold_name(party.affiliation))


def _party(party: ResponsibleParty | None) -> str | None:
    """The person and the role, or the role alone where the sponsor itself answers."""
    if not party:
        return None
    role = code_words(party.type)
    return f"{quote(party.name, 50)} ({role})" if party.name else f"the {role}"
