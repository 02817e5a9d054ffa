"""A digest as a mail: a line a trial to skim, and below each what else changed there. Pure.

Mail programs show no more than some 100 kB of a page, so it is bounded: details go first, then the least significant
trials. What is left out is counted, and each trial links to its registry, and to its page where anybody may read that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.changes.netting import Net
from monitor.channels.channel import Digest, Envelope
from monitor.channels.digests import (
    MOST_UNCHECKED,
    Section,
    covered,
    interval,
    is_reason,
    is_whole,
    name_of,
    nothing_happened,
    sections,
    seen,
    subject,
    summed,
    unchecked,
)
from monitor.channels.email import mime
from monitor.channels.email.alert import MOST_NOTE, Alert
from monitor.channels.email.configured import MailSender
from monitor.channels.email.foot import why_told
from monitor.channels.email.typesetting import clickable
from monitor.language.texts import Texts, texts_of
from monitor.model import Change, Timing
from monitor.render.headlines import heading, heading_line, new_trial, quoted_reason
from monitor.render.nets import sentence, steps_in_words
from monitor.render.sentences import adding_up, not_shown_yet, timing_words
from monitor.render.values import Line
from monitor.render.worddiff import DiffOp
from monitor.text import one_line, safe_cut

LARGEST = 90_000
"""Bytes of the page: Gmail cuts what is beyond 102 kB."""
MOST_DETAILS = 6
MOST_DETAILS_OF_MANY, MANY = 3, 12
"""Details of a trial where there are more than MANY: they are skimmed."""
MOST_ID = 40
MOST_TITLE = 60
MOST_SENTENCE = 220
MOST_BEYOND = 60
_WITHIN_A_DAY = ("daily", "quiet hours")
_A_FRAME, _A_TRIAL, _A_PAGE, _A_DETAIL, _A_BACKGROUND, _AN_UNCHECKED = 13_000, 520, 220, 640, 200, 70
"""Bytes that one takes in the page besides its words, in round numbers."""
_OF_DETAILS = 6
"""One part in so many of the room is kept for details, which trials without end would take up."""


@dataclass(frozen=True, slots=True)
class _Detail:
    """A change on one line; *beyond* is what the line does not say."""

    significance: str
    line: Line
    beyond: str


@dataclass(frozen=True, slots=True)
class _Trial:
    """A trial as it is set: its most significant change, with the reason for that, then others."""

    trial_id: str
    title: str
    url: str
    page: str
    """Of the trial, where anybody may read it; empty where not."""
    registry: str
    seen_on: str
    """Empty where it is plain from the digest's own time."""
    main: _Detail
    reason: str
    background: str
    """What stands around its last event; empty where nothing is told of it."""
    others: Sequence[Net]
    details: Sequence[_Detail] = ()
    """Of the others those that there is room for."""

    @property
    def more(self) -> int:
        """How many changes are left out."""
        return len(self.others) - len(self.details)


def digest_mail(digest: Digest, envelope: Envelope, sender: MailSender) -> bytes:
    """The whole mail, signed. Raise ConfigurationInvalid where nobody could unsubscribe."""
    texts = texts_of(envelope.subscription.language)
    told = sections(digest, texts)
    why = why_told(envelope.subscription, about=envelope.about, texts=texts)
    room = LARGEST - _A_FRAME - _of_words(why, (envelope.subscription.note or "")[:MOST_NOTE])
    alert = Alert("digest", _page(digest, told, room, texts), subject=subject(digest, told, texts), texts=texts)
    marked = [mime.unstructured("X-Monitor-Digest", digest.period)]
    return alert.for_subscriber(envelope, sender, why=why, marked=marked)


def _page(digest: Digest, told: Sequence[Section], room: int, texts: Texts) -> dict[str, Any]:
    coverage = digest.coverage
    missed = list(unchecked(coverage, texts)) if coverage else []
    trials = _trials(told, digest, texts, room - sum(_AN_UNCHECKED + _of_words(what, why) for what, why in missed))
    return {
        "name": name_of(digest, texts),
        "interval": interval(digest, texts),
        "summed": summed(digest, told, texts),
        "nothing": nothing_happened(digest, texts),
        "significance": str(told[0].significance or "") if told else "",
        "trials": trials,
        "untold": len(told) - len(trials),
        "omitted": digest.omitted,
        "covered": covered(coverage, texts) if coverage else "",
        "unchecked": missed,
        "more_unchecked": max(len(coverage.unchecked) - MOST_UNCHECKED, 0) if coverage else 0,
        "is_whole": coverage is None or is_whole(coverage),
    }


def _trial(section: Section, digest: Digest, texts: Texts) -> _Trial:
    """Without its details yet."""
    event, context = section.event, section.context
    first, *others = (*section.standing, *section.folded)
    is_stopped = first.change.field == "overall_status" and not first.is_folded
    reason = quoted_reason(section.changes, room=MOST_SENTENCE, texts=texts) if is_stopped else ""
    return _Trial(
        trial_id=safe_cut(event.trial_id, MOST_ID),
        title=safe_cut(context.title, MOST_TITLE) if context.title != event.trial_id else "",
        url=clickable(context.url),
        page=clickable(context.page),
        registry=one_line(context.registry_name or event.registry) if context.has_siblings else "",
        seen_on="" if digest.period in _WITHIN_A_DAY else texts.written_day(seen(event, digest)[: len("2026-11-22")]),
        main=_detail(first, texts, beside=reason),
        reason=reason,
        background=safe_cut(texts.said(section.background[0].text), MOST_SENTENCE) if section.background else "",
        others=[each for each in others if not (reason and is_reason(each.change))],
    )


def _detail(net: Net, texts: Texts, *, beside: str) -> _Detail:
    """Old → new, and what that does not say; a sentence where it says more, or all."""
    change = net.change
    weight = "taken back" if net.is_folded else str(change.significance)
    line = heading_line(change, texts)
    is_told_in_words = net.is_folded or bool(line.stretches)
    beyond = "" if is_told_in_words else not_shown_yet(change, beside=beside, texts=texts).rstrip(".")
    if is_told_in_words or (beyond and heading(change, texts).startswith(beyond)):
        is_new = change.kind == "trial.new" and not net.is_folded
        told = new_trial(change, texts) if is_new else _without_usual_timing(sentence(net, texts), change, texts)
        return _Detail(weight, Line(stretches=((DiffOp.KEPT, safe_cut(told, MOST_SENTENCE)),)), "")
    clause, together = _clause(_without_usual_timing(beyond, change, texts)), _adding_up(change, texts)
    parts = (clause, steps_in_words(net, texts), "" if together in clause else together)
    return _Detail(weight, line, texts.gettext("; ").join(part for part in parts if part))


def _adding_up(change: Change, texts: Texts) -> str:
    """Why a change is told that is small by itself; empty where that is not why."""
    if (total := change.adds_up) is None:
        return ""
    return adding_up(total, texts)


def _without_usual_timing(text: str, change: Change, texts: Texts) -> str:
    """*text* without when in the trial's life it was, unless that casts doubt on the change."""
    is_usual = change.timing in (Timing.BEFORE_START, Timing.ENROLLING)
    return text.replace(f", {timing_words(change.timing, texts)}", "") if change.timing and is_usual else text


def _clause(text: str) -> str:
    """The first clause of what is too long, in the middle of a line."""
    first = text if len(text) <= MOST_BEYOND else text.partition("; ")[0]
    return safe_cut(first[:1].lower() + first[1:], MOST_BEYOND)


# How much of it there is room for


def _trials(told: Sequence[Section], digest: Digest, texts: Texts, room: int) -> list[_Trial]:
    """As many as there is room for: first the line of each, then the details of the first ones."""
    trials: list[_Trial] = []
    details = room // _OF_DETAILS
    for trial in (_trial(section, digest, texts) for section in told):
        if (size := _size(trial)) > room - details:
            break
        room -= size
        trials.append(trial)
    most = MOST_DETAILS if len(told) <= MANY else MOST_DETAILS_OF_MANY
    for place, trial in enumerate(trials):
        fitting = list(_fitting(trial, most, room, texts))
        room -= sum(map(_size_of_detail, fitting))
        trials[place] = replace(trial, details=fitting)
    return trials


def _fitting(trial: _Trial, most: int, room: int, texts: Texts) -> Iterator[_Detail]:
    for net in trial.others[:most]:
        detail = _detail(net, texts, beside=trial.reason)
        room -= _size_of_detail(detail)
        if room < 0:
            return
        yield detail


def _size(trial: _Trial) -> int:
    """The bytes that a trial takes in the page without its details, no fewer than it does."""
    around = _A_BACKGROUND + _of_words(trial.background) if trial.background else 0
    page = _A_PAGE + _of_words(trial.page) if trial.page else 0
    return _A_TRIAL + page + _of_words(trial.title, trial.url, trial.reason) + around + _size_of_detail(trial.main)


def _size_of_detail(detail: _Detail) -> int:
    line = detail.line
    stretches = (words for _, words in line.stretches)
    return _A_DETAIL + _of_words(line.label, line.before, line.after, detail.beyond, *stretches)


def _of_words(*texts: str) -> int:
    """Bytes of texts as HTML: a sign that must be escaped takes five more."""
    return sum(len(text.encode(errors="replace")) + 5 * sum(map(text.count, "&<>\"'")) for text in texts)
