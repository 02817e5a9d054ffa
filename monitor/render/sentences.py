"""What a change says, in the language of who reads it. Pure.

In English it is the sentence that was stored with the change, made when both records were at hand. In another language
it is made of the change's values, which are codes and texts, when it is told: no event holds words of that language,
and one that was stored long ago is told in it too.
"""

from typing import TYPE_CHECKING

from monitor.changes.kinds import KINDS
from monitor.changes.topics import TIMED
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import Worded
from monitor.model import Change, ChangeOrigin, Sum, Timing
from monitor.model.language import ENGLISH
from monitor.render import values
from monitor.render.words import sum_words

if TYPE_CHECKING:
    from monitor.render.told import Told

_LATE = (Timing.AFTER_PRIMARY_COMPLETION, Timing.AFTER_RESULTS)


def sentence(change: Change, texts: Texts = IN_ENGLISH) -> str:
    """The whole of it, with a full stop; what was made for this reader, of several changes, as it was made."""
    if texts.language == ENGLISH or isinstance(change.summary, Worded):
        return texts.said(change.summary)
    parts = _told(change, texts)
    when = [timing_words(change.timing, texts)] if change.timing and change.topic in TIMED else []
    ending = _taken_back(change, texts)
    whole = ", ".join([parts.what, *parts.more, *_by_date(change, texts), *when, *_together(change, texts)])
    return " ".join([f"{whole}.", *ending])


def not_shown_yet(change: Change, *, beside: str = "", texts: Texts = IN_ENGLISH) -> str:
    """The part of the sentence that neither the label, the lines nor *beside* show already; empty if there is none."""
    if texts.language == ENGLISH:
        return values.not_shown_yet(change, beside=beside)
    if isinstance(change.summary, Worded):
        return texts.said(change.summary)
    what, more = _told(change, texts)
    is_late = change.timing in _LATE and change.topic in TIMED
    clauses = [
        *([] if values.lines(change, texts=texts) else [what]),
        *more,
        *_by_date(change, texts),
        *([timing_words(change.timing, texts)] if change.timing and is_late else []),
        *_together(change, texts),
    ]
    clauses = [clause for clause in clauses if clause not in beside]
    joined = ", ".join(clauses)
    rest = [f"{joined[:1].upper()}{joined[1:]}."] if joined else []
    return " ".join([*rest, *(words for words in _taken_back(change, texts) if words not in beside)])


def _told(change: Change, texts: Texts) -> "Told":
    from monitor.render.told_by_kind import told  # it loads the comparison, which reading in English needs not

    return told(change, texts)


def timing_words(timing: Timing, texts: Texts = IN_ENGLISH) -> str:
    """Where in a trial's life a change was posted."""
    words = {
        Timing.BEFORE_START: texts.gettext("before the trial's start"),
        Timing.ENROLLING: texts.gettext("while the trial was under way"),
        Timing.AFTER_PRIMARY_COMPLETION: texts.gettext("after the primary completion date"),
        Timing.AFTER_RESULTS: texts.gettext("after results were submitted"),
    }
    return words[timing]


def adding_up(total: Sum, texts: Texts = IN_ENGLISH) -> str:
    """What several small moves come to, since when."""
    words = texts.gettext("adds up to {sum} since {day}")
    return words.format(sum=sum_words(total, texts), day=texts.written_day(f"{total.since:%Y-%m-%d}"))


def _together(change: Change, texts: Texts) -> list[str]:
    return [adding_up(change.adds_up, texts)] if change.adds_up else []


def _by_date(change: Change, texts: Texts) -> list[str]:
    """That nobody edited the record, where its kind does not say so."""
    kind = KINDS.get(change.kind)
    is_usual = kind is not None and kind.origin is ChangeOrigin.CALENDAR
    if change.origin is not ChangeOrigin.CALENDAR or is_usual:
        return []
    return [texts.gettext("by date, not by edit")]


def _taken_back(change: Change, texts: Texts) -> list[str]:
    return [texts.gettext("This takes back a change that was seen shortly before.")] if change.takes_back else []
