"""`monitor check` where nothing moved, without what only other passes need.

It may read the configuration, make the quiet pass of `monitor.watching.quiet`, and print what came of it as the command
line would. It gives up before it has printed or written anything: for a configuration that is wrong, or is not known
to be applied (`monitor.operate.applied`), for PostgreSQL, for a proxy, and wherever that pass does. The command line
then does everything, and says whatever there is to say; the answers that the registry gave are handed to it.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from monitor.clock import utc_now
from monitor.config import Config, find, load
from monitor.errors import MonitorError
from monitor.http.asking import registry_headers, user_agent
from monitor.http.network import Network
from monitor.http.once import PlainSession
from monitor.http.response import AskedBefore
from monitor.http.urls import checked_base_url
from monitor.model.checked import MANY, CheckSummary
from monitor.operate.applied import basis_of
from monitor.registries.clinicaltrials_gov.plain import PlainClient
from monitor.registries.clinicaltrials_gov.settings import ClinicalTrialsGovSettings
from monitor.registries.clinicaltrials_gov.version import KEY
from monitor.streams import write_in_utf8
from monitor.vault import Vault, key_file
from monitor.views.checks import closing_parts_of
from monitor.views.json.checks import checked_json, summary_json
from monitor.views.json.lines import json_line
from monitor.watching.quiet import QuietPass, quiet_pass

LONGEST_LINE = 120
"""Columns of a pipe: rich breaks longer lines."""
_SPEAK_TO_RICH = {"COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"}
_ODD_IN_AN_ADDRESS = set("?#%")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether all is done; if not, what a registry was *asked* meanwhile."""

    is_done: bool
    asked: AskedBefore = field(default_factory=AskedBefore)


def check_quietly(file: str | None, environ: Mapping[str, str], *, as_json: bool) -> Attempt:
    """Check all that is watched, and print what came of it, if nothing moved. *file* is a configuration's name."""
    started = monotonic()
    try:
        config = load(find(Path(file) if file else None, environ, Path.cwd()), environ)
        made, asked = _pass(config)
    except (MonitorError, OSError):
        return Attempt(is_done=False)
    if made is None:
        return Attempt(is_done=False, asked=asked)
    summary = CheckSummary(asked=len(made.checked), requests=len(asked.requests))
    summary.bytes = sum(len(one.answer.body) for one in asked.requests)
    for checked in made.checked:
        summary.count(checked)
    _write(made, summary, started, environ, as_json=as_json)
    return Attempt(is_done=True, asked=asked)


def _pass(config: Config) -> tuple[QuietPass | None, AskedBefore]:
    """What came of a quiet pass, None where one cannot be made; and what was asked for it."""
    file = config.store.url.removeprefix("sqlite:///")
    is_plain_file = file not in (config.store.url, ":memory:") and not set(file) & _ODD_IN_AN_ADDRESS
    settings = config.registries[KEY]
    base_url = checked_base_url(settings.base_url)
    network = Network(config.network.ca_bundle, config.network.proxy).checked()
    if not is_plain_file or network.proxy_to_registry(urlsplit(base_url)):
        return None, AskedBefore()
    with PlainSession(
        base_url,
        always=registry_headers(user_agent(settings.user_agent, settings.contact)),
        trust=network.trust,
        requests_per_second=settings.requests_per_second,
    ) as session:
        client = PlainClient(base_url, session)
        made = quiet_pass(
            file,
            client,
            clock=utc_now,
            full_check_every=config.schedule.full_check_every,
            asks_history=isinstance(settings, ClinicalTrialsGovSettings) and settings.history,
            basis=basis_of(config, Vault.open(key=config.secret_key or None, file=key_file(config.store.url))),
        )
    return made, session.asked


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
