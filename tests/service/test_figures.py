"""What is built on the figures of the service: its alerts and its dashboard name nothing that is not there."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from monitor.storage.store import Store
from monitor.web.machines.metrics import Metrics
from tests.program import WITHDRAWN_LATER, Clock
from tests.service.processes import Serving
from tests.service.workers import Workers

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus-rules.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
TARGETS = [target for panel in DASHBOARD["panels"] for target in panel["targets"]]
OF_JOBS = re.compile(r"monitor_(workers|jobs_[a-z_]+)")
"""Figures that PostgreSQL alone has."""
SPANS = re.compile(r"[0-9]+[smhd]")
WORDS = {"absent", "avg", "by", "delta", "increase", "max", "min", "rate", "sum", "time"}
"""What of the query language is used."""

Series = dict[str, list[dict[str, str]]]


def series_of(text: str) -> Series:
    """The labels of each series, by its name."""
    found: Series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def missing(expression: str, series: Series) -> Iterator[str]:
    """What an expression names that is not there: a metric, a label, a label's value, or another word."""
    names = re.findall(r"monitor_[a-z_]+", expression)
    yield from (name for name in names if name not in series)
    there = {label for name in names for labels in series.get(name, ()) for label in labels}
    for grouped in re.findall(r"\bby \(([^)]*)\)", expression):
        yield from (label for label in re.split(r",\s*", grouped) if label not in there)
    for name, matchers in re.findall(r"(monitor_[a-z_]+)\{([^}]*)\}", expression):
        wanted = dict(re.findall(r'([a-z_]+)="([^"]*)"', matchers))
        if not any(wanted.items() <= labels.items() for labels in series.get(name, ())):
            yield f"{name}{{{matchers}}}"
    rest = re.sub(r"\{[^}]*\}|monitor_[a-z_]+|\bby \([^)]*\)", " ", expression)
    yield from set(re.findall(r"[a-z]+", SPANS.sub("", rest))) - WORDS


def shown(text: str) -> set[str]:
    """The labels that a text for people inserts, as Prometheus and as Grafana write it."""
    return {one or other for one, other in re.findall(r"\$labels\.([a-z_]+)|\{\{([a-z_]+)\}\}", text)}


def test_every_metric_and_label_that_alerts_and_dashboard_name_is_there_from_the_start(quick_serving: Serving) -> None:
    """Asked of a process that has found no change, lost no delivery and had no trouble."""
    quick_serving.configure(f'[[watch]]\ntrials = ["{WITHDRAWN_LATER}"]\n')
    served = quick_serving.start()
    line = served.says("registry checked")
    series = series_of(served.asked("/metrics")[1])

    expressions = [rule["expr"] for rule in RULES] + [target["expr"] for target in TARGETS]
    expressions = [each for each in expressions if not OF_JOBS.search(each)]
    assert [(expression, found) for expression in expressions for found in missing(expression, series)] == []
    assert (line["watched"], line["verified"]) == (1, 1)


def test_a_name_that_is_not_there_is_found() -> None:
    series = {"monitor_checks_total": [{"registry": "a.org", "result": "held"}]}

    assert list(missing('sum by (registry) (rate(monitor_checks_total{result="held"}[5m])) > 0', series)) == []
    assert list(missing("monitor_check_total", series)) == ["monitor_check_total"]
    assert list(missing("sum by (regisrty) (monitor_checks_total)", series)) == ["regisrty"]
    assert list(missing('monitor_checks_total{result="hold"}', series)) == ['monitor_checks_total{result="hold"}']
    assert list(missing("maximum(monitor_checks_total)", series)) == ["maximum"]


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        said = rule["annotations"]
        kept = {
            label for grouped in re.findall(r"\bby \(([^)]*)\)", rule["expr"]) for label in re.split(r",\s*", grouped)
        }
        assert set(said) == {"summary", "description"}, rule["alert"]
        assert all(shown(text) <= kept for text in said.values()), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_every_panel_says_what_it_shows_and_stands_beside_the_others() -> None:
    places = set()
    for panel in DASHBOARD["panels"]:
        assert panel["title"]
        assert panel["description"]
        at = panel["gridPos"]
        covers = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not covers & places, panel["title"]
        places |= covers
        for target in panel["targets"]:
            assert shown(target["legendFormat"]) <= set(re.findall(r"[a-z]+", target["expr"]))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_a_quiet_pass_says_in_one_line_how_many_trials_it_vouches_for(quick_workers: Workers) -> None:
    watched = quick_workers.outbox.sandbox.trial_ids()
    quick_workers.outbox.watch(*watched, "NCT00000009")
    quick_workers.tick()
    quick_workers.pass_time(timedelta(hours=2), every=timedelta(hours=1))

    first, *quiet = [line for line in quick_workers.lines() if line["event"] == "registry checked"]
    assert (first["trials"], first["watched"]) == (len(watched) + 1, len(watched) + 1)
    assert quiet
    for line in quiet:
        assert line["changed"] == 0
        assert (line["watched"], line["verified"]) == (len(watched) + 1, len(watched))
        assert line["registry_version"].startswith("2026-11-20T")


def test_what_alerts_name_of_jobs_is_there_on_postgresql(postgres_url: str) -> None:
    pytest.importorskip("procrastinate")
    with closing(Store.open(postgres_url)) as store:
        figures = Metrics(store, registries=list, active=lambda: True, clock=Clock()).text().decode()

    there = {family.name for family in text_string_to_metric_families(figures)}
    named = {each[0] for rule in RULES for each in re.finditer(OF_JOBS, rule["expr"])}
    assert len(named) == 3
    assert named - there == set()
