"""What `monitor subscriptions backtest` shows: a row for each event that would have been told, and sums below. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from rich.console import Group, RenderableType
from rich.text import Text

from monitor.cli.render.styles import BADGE_WIDTH, DIM, LABEL, NOTICE, TRIAL, badge
from monitor.cli.render.subscribed import about
from monitor.cli.render.tables import ID_WIDTH, NO_NAMES, TableColumn, stretches
from monitor.cli.render.text import styled
from monitor.model import Filters, Significance
from monitor.render.rhythms import rhythm_words
from monitor.text import counted, first_few, natural_list, one_line, sentence
from monitor.views.backtest import Backtest, Neighbour
from monitor.views.backtest_words import mails, rate, total
from monitor.views.tallying import Told

_BARS, _PLAIN_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
"""The first is for nothing at all; the others are for encodings without such blocks."""
_BESIDE_THE_BARS = 45
"""Characters."""
_NAMED = 5
_SILENT_WIDTH = len(" administrative ")


def sent_tables(
    found: Backtest, *, limit: int, width: int, names: Mapping[str, str] = NO_NAMES
) -> Iterator[RenderableType]:
    """The newest rows, in consecutive tables; *names* are of registries, where trials of several are known."""
    told = [(sent.at, each) for sent in found.sent[:limit] for each in sent.told]
    silent = any(each.significance is Significance.ADMINISTRATIVE for _, each in told)
    columns = (
        TableColumn("Day", 10),
        TableColumn("Trial", max(ID_WIDTH, *map(len, names.values())) if names else _longest_id(told)),
        TableColumn("How much", _SILENT_WIDTH if silent else BADGE_WIDTH),
        TableColumn("What", share=1),
    )
    rows = ([Text(f"{at:%Y-%m-%d}"), *_cells(each, names)] for at, each in told)
    return iter(stretches(columns, islice(rows, limit), width=width))


def _longest_id(told: Sequence[tuple[object, Told]]) -> int:
    return min(ID_WIDTH, max((len(each.trial_id) for _, each in told), default=0)) or ID_WIDTH


def _cells(each: Told, names: Mapping[str, str]) -> list[RenderableType]:
    trial = styled(each.trial_id, TRIAL)
    registry = [styled(one_line(names.get(each.registry, each.registry)), DIM)] if names else []
    more = f" (and {counted(each.changes - 1, 'more change')})" if each.changes > 1 else ""
    return [Group(trial, *registry), badge(each.significance), styled(f"{one_line(each.gist)}{more}")]


def backtest_lines(found: Backtest, *, limit: int, width: int, encoding: str) -> Iterator[Text]:
    """What is said below the table."""
    noun = noun_of(found)
    if len(found.sent) > limit:
        more = len(found.sent) - limit
        yield styled(f"… and {counted(more, f'earlier {noun}')}: --limit shows more rows, and --json all", DIM)
    if found.sent:
        yield Text()
        yield styled(_bars(found, width, encoding))
    yield styled(sentence(total(found) + (f", {_how(found)}" if found.begins else "")), LABEL)
    if said := rate(found):
        yield styled(" ".join(map(sentence, said)))
    yield from _of_trials(found)
    if found.untold:
        filters = found.rule.subscription.filters
        left = [f"{count:,} {_REASONS[reason](filters)}" for reason, count in found.untold.items()]
        yield styled(f"Changes that are not told: {'; '.join(left)}.")
    besides = [_beside(word, each, found) for word, each in _neighbours(found) if each]
    if besides:
        yield styled(" ".join(besides))
    if found.unreadable:
        yield styled(f"{counted(found.unreadable, 'event')} cannot be read: monitor doctor says what to do.", NOTICE)
    if not found.rule.subscription.id:
        yield styled(f"Nothing was made or sent: without --dry-run, {_address(found)} hears of it from now on.", DIM)


def noun_of(found: Backtest) -> str:
    """What a message is called where it goes."""
    return "mail" if found.rule.subscription.endpoint.channel == "email" else "message"


def _address(found: Backtest) -> str:
    return one_line(found.rule.subscription.endpoint.shown)


def _bars(found: Backtest, width: int, encoding: str) -> str:
    """A bar a month, as many of the last as there is room for."""
    months = list(found.by_month)[-max(12, width - _BESIDE_THE_BARS) :]
    line = sparkline([found.by_month[month] for month in months], encoding)
    most = max(found.by_month[month] for month in months)
    return f"{noun_of(found).capitalize()}s a month, {months[0]} {line} {months[-1]}, {most:,} at most"


def sparkline(counts: Sequence[int], encoding: str) -> str:
    """A bar for each number, as high as it is large; the lowest is for 0 alone."""
    try:
        _BARS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        bars = _PLAIN_BARS
    else:
        bars = _BARS
    most, steps = max(counts, default=0), len(_BARS) - 1
    return "".join(bars[-(-count * steps // most) if count else 0] for count in counts)


def _how(found: Backtest) -> str:
    rhythm = found.rule.subscription.rhythm
    return "each sent at once" if rhythm.is_immediate else f"sent {rhythm_words(rhythm)}"


def _of_trials(found: Backtest) -> Iterator[Text]:
    """Which trials that is of, since when anything is kept of them, and what is not known."""
    rule = found.rule
    what = rule.looked_for or about(rule.subscription) or "nothing any more"
    seen = (
        f"{counted(found.trials, 'trial')} with {counted(found.changes, 'change')} from {found.since:%Y-%m-%d} to now"
    )
    yield styled(f"About {one_line(what)}: {seen}.", DIM)
    if rule.looked_for:
        yield styled(
            f"No watch looks for {one_line(rule.looked_for)} yet: others than those kept here are not known.", NOTICE
        )
    if rule.unread:
        named = natural_list([trial_id for _, trial_id in rule.unread], _NAMED)
        yield styled(f"Nothing is kept yet of {named}: a first check takes what is compared from then on.", NOTICE)


def _neighbours(found: Backtest) -> tuple[tuple[str, Neighbour | None], ...]:
    return ("Looser", found.looser), ("Stricter", found.stricter)


def _beside(word: str, each: Neighbour, found: Backtest) -> str:
    differs = each.messages - len(found.sent)
    by = f", {abs(differs):,} {'more' if differs > 0 else 'fewer'}" if differs else ", the same"
    return f"{word}, --min-significance {each.min_significance}: {mails(found, each.messages)}{by}."


def _not_named(filters: Filters) -> str:
    of = [f"about {natural_list(sorted(filters.topics), len(filters.topics))}"] if filters.topics else []
    of += [f"of the kinds {first_few(sorted(filters.kinds))}"] if filters.kinds else []
    return f"not {' or '.join(of)}"


_REASONS: Mapping[str, Callable[[Filters], str]] = {
    "another_watch": lambda _: "about another watch",
    "without": lambda filters: f"of kinds that are not wanted: {first_few(sorted(filters.without))}",
    "topics_and_kinds": _not_named,
    "significance": lambda filters: f"below {filters.min_significance}",
    "percent": lambda filters: f"of enrollment by less than {filters.min_percent:g} %",
    "days": lambda filters: f"of dates by fewer than {counted(filters.min_days or 0, 'day')}",
    "held": lambda _: "held back with many alike",
    "folded": lambda _: "reverted within the settle window",
    "discarded": lambda _: "discarded with many alike",
}
"""What is said behind the number of changes, by reason."""
