"""GET /studies: its parameters, and the trials that match them. Pure.

The sandbox refuses with 400 what it does not support, rather than give a different answer than the registry.
"""

import base64
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.databuild import DataBuild
from monitor.sandbox.clinicaltrials_gov.editions import Edition
from monitor.sandbox.clinicaltrials_gov.essie import ENUMS, ExpressionUnreadable, Predicate, parse
from monitor.sandbox.clinicaltrials_gov.pieces import PIECES, Node, find_node
from monitor.sandbox.clinicaltrials_gov.projection import Projection

TRIAL_ID = re.compile(r"[Nn][Cc][Tt]0*([1-9]\d{0,7})")
ONLY_TRIAL_IDS = re.compile(r"[\s,]*(?:[Nn][Cc][Tt]0*[1-9]\d{0,7}[\s,]*)+")
FIELD = re.compile(r"[a-zA-Z][a-zA-Z0-9\-. ]*|@query")
SORT = re.compile(r"([a-zA-Z][a-zA-Z0-9\-. ]*|@relevance)(?::(asc|desc))?")
DEFAULT_PAGE, LARGEST_PAGE = 10, 1000
LEGACY = "legacy"
OVERALL_STATUS = "protocolSection.statusModule.overallStatus"

SEARCHES: dict[str, tuple[str, tuple[str, ...]]] = {
    "query.cond": ("Conditions or disease", ("Condition", "Keyword", "BriefTitle", "ConditionMeshTerm")),
    "query.term": (
        "Other terms",
        ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId", "BriefTitle", "OfficialTitle", "Acronym", "Condition",
         "Keyword", "InterventionName", "LeadSponsorName", "CollaboratorName", "BriefSummary"),
    ),
    "query.locn": ("Location terms", ("LocationFacility", "LocationCity", "LocationState", "LocationCountry")),
    "query.titles": ("Title / acronym", ("BriefTitle", "OfficialTitle", "Acronym")),
    "query.intr": ("Intervention / treatment", ("InterventionName", "InterventionOtherName", "ArmGroupLabel")),
    "query.outc": ("Outcome measure", ("PrimaryOutcomeMeasure", "SecondaryOutcomeMeasure", "OtherOutcomeMeasure")),
    "query.spons": ("Sponsor / collaborator", ("LeadSponsorName", "CollaboratorName", "OrgFullName")),
    "query.lead": ("Lead sponsor", ("LeadSponsorName",)),
    "query.id": ("Study IDs", ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId", "Acronym")),
}  # fmt: skip
FILTERS = ("overallStatus", "ids", "advanced")
OTHERS = ("format", "markupFormat", "fields", "sort", "countTotal", "pageSize", "pageToken")
NOT_OFFERED = {
    "query.patient",
    "filter.geo",
    "filter.synonyms",
    "postFilter.geo",
    "postFilter.synonyms",
    "aggFilters",
    "geoDecay",
}
KNOWN = {*SEARCHES, *OTHERS, *(f"{kind}.{name}" for kind in ("filter", "postFilter") for name in FILTERS)}


class Refused(Exception):
    """The request is answered with 400 and these words. Never leaves the API's own module."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """One `sort` item."""

    node: Node
    falling: bool


@dataclass(frozen=True)
class StudiesQuery:
    """The parsed parameters of a request for /studies."""

    key: str
    """Equal for requests that mean the same trials in the same order."""
    trial_ids: Sequence[str] | None
    """Only these, canonical ids or aliases; None for all."""
    predicates: Sequence[Predicate]
    sorting: Sequence[Sorting]
    projection: Projection | None
    page_size: int
    offset: int
    count_total: bool


def read_studies_query(query: Mapping[str, str]) -> StudiesQuery:
    """Parse the parameters of a request for /studies. Raise Refused with the registry's words."""
    for name in query:
        check_parameter(name)
    check_format(query, offered=("json",))
    searched = {name: text for name, text in query.items() if name in SEARCHES and text.strip()}
    only_ids = [text for text in searched.values() if ONLY_TRIAL_IDS.fullmatch(text)]
    filters = {} if only_ids else {name: text for name, text in query.items() if "ilter." in name}
    ids = [part for text in only_ids for part in re.split(r"[\s,]+", text) if part] or listed_ids(filters)
    predicates = [
        *(search_predicate(name, text) for name, text in searched.items() if text not in only_ids),
        *filter_predicates(filters),
    ]
    token = query.get("pageToken", "")
    return StudiesQuery(
        key=repr(sorted((*searched.items(), *filters.items(), ("sort", query.get("sort", ""))))),
        trial_ids=ids,
        predicates=predicates,
        sorting=read_sorting(query.get("sort", "")),
        projection=read_fields(query),
        page_size=min(read_number(query, "pageSize") or DEFAULT_PAGE, LARGEST_PAGE),
        offset=read_page_token(token) if token else 0,
        count_total=read_flag(query, "countTotal") and not token,
    )


def check_parameter(name: str) -> None:
    """Refuse a parameter that the registry does not know, or that is not offered here."""
    if name in NOT_OFFERED:
        raise Refused(f"Parameter `{name}` is not offered by the sandbox")
    if name not in KNOWN:
        raise Refused(f"`{name}` is unknown parameter")


def check_format(query: Mapping[str, str], *, offered: Sequence[str]) -> None:
    """Refuse any format but JSON, and any markup but the registry's two."""
    if query.get("format", "json") not in offered:
        raise Refused(f"Format `{query['format']}` is not offered by the sandbox, only `json`")
    if query.get("markupFormat", "markdown") not in ("markdown", LEGACY):
        raise Refused("Parameter `markupFormat` has incorrect format")


def canonical_id(text: str) -> str | None:
    """A trial id in its usual form; None where it cannot be one."""
    found = TRIAL_ID.fullmatch(text)
    return f"NCT{int(found[1]):08}" if found else None


def split_list(text: str) -> list[str]:
    """The items of a comma- or pipe-separated list."""
    return re.split(r"[,|]", text)


def listed_ids(filters: Mapping[str, str]) -> list[str] | None:
    """The canonical ids that `filter.ids` lists; None where it is absent. One bad item refuses all."""
    for name in ("filter.ids", "postFilter.ids"):
        if name in filters:
            ids = [canonical_id(item.strip()) for item in split_list(filters[name])]
            if None in ids:
                raise Refused(f"Item {ids.index(None) + 1} in parameter `{name}` has incorrect format")
            return [trial_id for trial_id in ids if trial_id]
    return None


def search_predicate(name: str, text: str) -> Predicate:
    """What a `query.*` parameter wants of a study."""
    label, areas = SEARCHES[name]
    try:
        return parse(text, [PIECES[area].path for area in areas])
    except ExpressionUnreadable as error:
        raise Refused(f"Error parsing query in {label}: {error}") from None


def filter_predicates(filters: Mapping[str, str]) -> list[Predicate]:
    """What the filters other than that by id want of a study."""
    predicates: list[Predicate] = []
    for name, text in filters.items():
        if name.endswith(".overallStatus"):
            predicates.append(status_predicate(split_list(text)))
        if name.endswith(".advanced"):
            try:
                predicates.append(parse(text, [PIECES[area].path for area in SEARCHES["query.term"][1]]))
            except ExpressionUnreadable as error:
                raise Refused(f"Error parsing query in advanced filter: {error}") from None
    return predicates


def status_predicate(statuses: Sequence[str]) -> Predicate:
    """The trial has one of these overall statuses."""
    for status in statuses:
        if status not in ENUMS[OVERALL_STATUS]:
            raise Refused(f"Invalid value in parameter `overallStatus`: `{status}`")
    return lambda values: any(status in statuses for status in values(OVERALL_STATUS))


def read_fields(query: Mapping[str, str]) -> Projection | None:
    """The projection that `fields` asks for; None for everything."""
    if "fields" not in query:
        return None
    nodes = []
    for number, name in enumerate(split_list(query["fields"]), 1):
        if not FIELD.fullmatch(name):
            raise Refused(f"Item {number} in parameter `fields` has incorrect format")
        node = find_node(name)
        if node is None:
            raise Refused(f"Parameter 'fields' contains invalid field name: '{name}'")
        nodes.append(node)
    return Projection(nodes)


def read_sorting(text: str) -> list[Sorting]:
    """The `sort` items; relevance is taken and means nothing here."""
    sorting = []
    for number, item in enumerate(split_list(text) if text else (), 1):
        found = SORT.fullmatch(item)
        if not found or number > 2:
            raise Refused(f"Item {number} in parameter `sort` has incorrect format")
        if found[1] == "@relevance":
            continue
        node = find_node(found[1])
        if node is None:
            raise Refused(f"Parameter 'sort' contains invalid field name: '{found[1]}'")
        if node.sorts_as is None:
            raise Refused("Unsupported sort field type: text")
        sorting.append(Sorting(node, falling=(found[2] or default_direction(node)) == "desc"))
    return sorting


def default_direction(node: Node) -> str:
    """Dates fall, numbers rise."""
    return "desc" if node.sorts_as == "date" else "asc"


def read_number(query: Mapping[str, str], name: str) -> int:
    """A whole number of at least 0; 0 where it is absent."""
    text = query.get(name, "0")
    if not (text.isascii() and text.isdigit()):
        raise Refused(f"Parameter `{name}` has incorrect format")
    return int(text[:10])


def read_flag(query: Mapping[str, str], name: str) -> bool:
    """True or false; false where it is absent."""
    text = query.get(name, "false")
    if text not in ("true", "false"):
        raise Refused(f"Parameter `{name}` has incorrect format")
    return text == "true"


def page_token(offset: int) -> str:
    """An opaque token for the page that starts here.

    It does not contain the query: the registry, too, accepts it with another query, at the old offset.
    """
    place = offset.to_bytes(6, "big")
    return base64.urlsafe_b64encode(hashlib.blake2b(place, digest_size=24).digest() + place).decode()


def read_page_token(token: str) -> int:
    """The offset behind a token. Raises Refused for a token that was never given."""
    try:
        offset = int.from_bytes(base64.urlsafe_b64decode(token)[24:30], "big")
    except ValueError:
        offset = 0
    if page_token(offset) != token:
        raise Refused("Parameter `pageToken` has incorrect format")
    return offset


class Finder:
    """Finds the trials that match a query, and remembers the last answers, as paging asks for them again and again."""

    REMEMBERED = 16

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[DataBuild, str], Sequence[str]] = OrderedDict()
        self._lock = Lock()

    def find(self, edition: Edition, query: StudiesQuery) -> Sequence[str]:
        """The ids of the trials in this edition that match a query, in its order."""
        if query.trial_ids is None and not query.predicates and not query.sorting:
            return edition.trial_ids()
        key = (edition.build, query.key)
        with self._lock:
            remembered = self._found.get(key)
        if remembered is not None or query.trial_ids is not None:
            return search(edition, query) if remembered is None else remembered
        found = search(edition, query)
        with self._lock:
            self._found[key] = found
            while len(self._found) > self.REMEMBERED:
                self._found.popitem(last=False)
        return found


def search(edition: Edition, query: StudiesQuery) -> Sequence[str]:
    """The ids of the trials that match, in the order of the query, or else in rising order."""
    if query.trial_ids is None:
        candidates: Sequence[str] = edition.trial_ids()
    else:
        resolved = {edition.resolve(trial_id) for trial_id in query.trial_ids}
        candidates = sorted(trial_id for trial_id in resolved if trial_id in edition)
    if query.predicates:
        candidates = [trial_id for trial_id in candidates if matches(values_of(edition, trial_id), query.predicates)]
    for sorting in reversed(query.sorting):
        candidates = sorted_by(edition, candidates, sorting)
    return candidates


def matches(values: Callable[[str], Sequence[Json]], predicates: Sequence[Predicate]) -> bool:
    """Whether a study satisfies all."""
    return all(predicate(values) for predicate in predicates)


def values_of(edition: Edition, trial_id: str) -> Callable[[str], Sequence[Json]]:
    """A reader of all values that a trial has at a path."""

    def values(path: str) -> Sequence[Json]:
        return edition.values(trial_id, path)

    return values


def sorted_by(edition: Edition, trial_ids: Sequence[str], sorting: Sorting) -> list[str]:
    """Trials by one field; those that lack it come last whatever the direction."""
    keyed = [(edition.values(trial_id, sorting.node.path), trial_id) for trial_id in trial_ids]
    having = sorted((pair for pair in keyed if pair[0]), key=lambda pair: pair[0][0], reverse=sorting.falling)
    return [trial_id for _, trial_id in having] + [trial_id for values, trial_id in keyed if not values]
