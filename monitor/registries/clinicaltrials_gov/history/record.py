"""What a version says, by the parser of records, and on what it is silent. Pure; raises for none that was proven.

Two versions are compared in all that both say. Against a record of the API, long texts are compared without their
marks, because the ones are HTML and the others Markdown, and what posted results say is not compared at all.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import orjson

from monitor.model import Document, Json, Record
from monitor.ports import Oddity
from monitor.registries.clinicaltrials_gov import drift
from monitor.registries.clinicaltrials_gov.differing import differing_trees, sections_in
from monitor.registries.clinicaltrials_gov.history.content import study_in
from monitor.registries.clinicaltrials_gov.history.markup import as_text
from monitor.registries.clinicaltrials_gov.record import PATHS, record_of
from monitor.registries.taking import Node

_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "brief_summary": PATHS["brief_summary"],
        "detailed_description": PATHS["detailed_description"],
        "intervention_model_description": PATHS["intervention_model_description"],
        "masking_description": PATHS["masking_description"],
        "biospecimen_description": PATHS["biospecimen_description"],
        "study_population": PATHS["study_population"],
        "gender_description": PATHS["gender_description"],
        "eligibility_criteria": PATHS["eligibility_criteria"],
        "ipd_description": PATHS["ipd_description"],
        "ipd_time_frame": PATHS["ipd_time_frame"],
        "ipd_access_criteria": PATHS["ipd_access_criteria"],
        "arms.description": f"{PATHS['arms']}.description",
        "interventions.description": f"{PATHS['interventions']}.description",
        "primary_outcomes.description": f"{PATHS['primary_outcomes']}.description",
        "secondary_outcomes.description": f"{PATHS['secondary_outcomes']}.description",
        "other_outcomes.description": f"{PATHS['other_outcomes']}.description",
    }
)
"""The fields, or parts of them, that hold markup, and where they are."""

_NEVER_SAID = frozenset(("rest", "submissions", "results_comments_post_date"))
"""What stands in the derived section, and what nobody knows of that a version may have otherwise."""
_SAID_IN = MappingProxyType(
    {
        "annotationSection": ("violation_events", "unposted_responsible_party"),
        "documentSection": ("documents", "no_sap"),
        "resultsSection": ("results",),
    }
)
"""What a version is silent on if it has not the section: some versions are served without theirs."""

_TREES = ("annotationSection", "resultsSection")
"""Sections in which any text may hold markup."""
_CONVERTED = frozenset((*_TEXTS, "results", "violation_events"))


def parse_version(document: Document) -> Record:
    """What the document of a version says."""
    study = orjson.loads(document.content)["study"]
    return _record_of(document, study, study)


def parse_versions(before: Document, after: Document) -> tuple[Record, Record]:
    """What two versions say, read only where they differ, as `differing` does it with records."""
    studies = study_in(before.content), study_in(after.content)
    trees = differing_trees(*studies)
    if trees is None:
        return parse_version(before), parse_version(after)
    old, new = (sections_in(each) for each in studies)
    return _record_of(before, trees[0], old), _record_of(after, trees[1], new)


def _record_of(document: Document, study: Node, sections: Container[str]) -> Record:
    """What a study, or a part of one that has these sections in all, says."""
    silent = _NEVER_SAID.union(name for section, names in _SAID_IN.items() if section not in sections for name in names)
    for path in _TEXTS.values():
        _convert_at(study, path.split("."))
    for section in _TREES:
        if section in study:
            study[section] = _converted(study[section])
    record = record_of(document, study)
    return replace(record, silent=silent, converted=_CONVERTED)


def unknown_in(document: Document) -> Sequence[Oddity]:
    """What a version holds that is not among the documented fields and codes."""
    return drift.unknown(orjson.dumps(orjson.loads(document.content)["study"]))


def _convert_at(study: Json, steps: Sequence[str]) -> None:
    """Make the texts at a path what the API would write, also in each item of a list on the way."""
    for node in _nodes_at([study], steps[:-1]):
        if isinstance(text := node.get(steps[-1]), str):
            node[steps[-1]] = as_text(text)


def _nodes_at(nodes: list[Json], steps: Sequence[str]) -> Iterator[dict[str, Any]]:
    for step in steps:
        below = [node.get(step) for node in nodes if isinstance(node, dict)]
        nodes = [each for node in below for each in (node if isinstance(node, list) else [node])]
    yield from (node for node in nodes if isinstance(node, dict))


def _converted(tree: Json) -> Json:
    """The same tree with its texts converted. It can be written, so it is at most 254 levels deep."""
    kind = type(tree)
    if kind is str:
        return as_text(tree)
    if kind is list:
        return [_converted(each) for each in tree]
    if kind is dict:
        return {name: _converted(each) for name, each in tree.items()}
    return tree
