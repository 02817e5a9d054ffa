"""`monitor check` where nothing is new, without what only other passes need.

It may read the configuration, make the quiet pass of `monitor.watching.quiet`, and print what came of it as the command
line would. It gives up before it has printed or written anything: for a configuration that is wrong, or whose watches
and subscriptions may have to be applied, for PostgreSQL, for a proxy, and wherever that pass does. The command line
then does everything, and says whatever there is to say; an answer that the registry gave is handed to it.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from monitor.clock import utc_now
from monitor.config import Config, find, load
from monitor.errors import MonitorError
from monitor.http.asking import registry_headers, user_agent
from monitor.http.network import Network
from monitor.http.once import ask_once
from monitor.http.response import Asked
from monitor.http.urls import checked_base_url
from monitor.model.checked import MANY, CheckSummary
from monitor.registries.clinicaltrials_gov.version import KEY, SMALL, is_as_before, version_question
from monitor.streams import write_in_utf8
from monitor.views.checks import closing_parts_of
from monitor.views.json.checks import checked_json, summary_json
from monitor.views.json.lines import json_line
from monitor.watching.quiet import Question, QuietPass, quiet_pass

LONGEST_LINE = 120
"""Columns of a pipe: rich breaks longer lines."""
_SPEAK_TO_RICH = {"COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"}
_ODD_IN_AN_ADDRESS = set("?#%")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether all is done; if not, what a registry was *asked* meanwhile."""

    is_done: bool
    asked: Asked | None = None


def check_quietly(file: str | None, environ: Mapping[str, str], *, as_json: bool) -> Attempt:
    """Check all that is watched, and print what came of it, if nothing is new. *file* is a configuration's name."""
    started = monotonic()
    try:
        config = load(find(Path(file) if file else None, environ, Path.cwd()), environ)
        made = _pass(config)
    except (MonitorError, OSError):
        return Attempt(is_done=False)
    if not isinstance(made, QuietPass):
        return Attempt(is_done=False, asked=made)
    summary = CheckSummary(asked=len(made.checked), requests=1, bytes=len(made.asked.answer.body))
    for checked in made.checked:
        summary.count(checked)
    _write(made, summary, started, environ, as_json=as_json)
    return Attempt(is_done=True)


def _pass(config: Config) -> QuietPass | Asked | None:
    file = config.store.url.removeprefix("sqlite:///")
    is_plain_file = file not in (config.store.url, ":memory:") and not set(file) & _ODD_IN_AN_ADDRESS
    is_to_be_applied = config.watch or config.subscription or config.operator.addresses
    question = _question(config)
    if question is None or is_to_be_applied or not is_plain_file:
        return None
    return quiet_pass(file, question, clock=utc_now, full_check_every=config.schedule.full_check_every)


def _question(config: Config) -> Question | None:
    """How the default registry is asked; None where that is by way of a proxy."""
    settings = config.registries[KEY]
    base_url = checked_base_url(settings.base_url)
    network = Network(config.network.ca_bundle, config.network.proxy).checked()
    if network.proxy_to_registry(urlsplit(base_url)):
        return None

    def ask(etag: str) -> Asked | None:
        url, headers = version_question(base_url, etag)
        always = registry_headers(user_agent(settings.user_agent, settings.contact))
        return ask_once(url, always=always, headers=headers, trust=network.trust, cap=SMALL)

    return Question(KEY, ask, is_as_before)


def _write(
    made: QuietPass, summary: CheckSummary, started: float, environ: Mapping[str, str], *, as_json: bool
) -> None:
    if as_json:
        write_in_utf8(sys.stdout)
        sys.stdout.writelines(json_line(checked_json(checked)) for checked in made.checked)
        summary.seconds = monotonic() - started
        sys.stdout.write(json_line(summary_json(summary)))
        return
    summary.seconds = monotonic() - started
    line = " · ".join(closing_parts_of(summary))
    asked = MANY if made.is_searched else summary.asked
    has_lines = any(checked.is_worth_a_line(asked) for checked in made.checked)
    if has_lines or len(line) > LONGEST_LINE or sys.stdout.isatty() or _SPEAK_TO_RICH & set(environ):
        _write_by_rich(made, summary)
    else:
        sys.stdout.write(f"{line}\n")


def _write_by_rich(made: QuietPass, summary: CheckSummary) -> None:
    from monitor.cli.checked import write_summary, writer  # colour, and titles that fill lines, need rich

    show = writer(summary.asked, finds_more=made.is_searched, as_json=False)
    for checked in made.checked:
        show(checked)
    write_summary(summary, as_json=False)
