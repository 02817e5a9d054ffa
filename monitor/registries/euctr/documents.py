"""Proof that what came is a whole trial, and its canonical form. Pure.

A document holds all country records of a trial: `{"eudract_number": …, "countries": {"DE": {"lines": …, "groups": …}},
"results": …}`. It is proven only where the summary names the countries, and the record of each one is there, says that
it is of this trial and this country, and is whole. Lists without order are sorted; left out are the notice above a
record, translations, who to write to, and the address. Two downloads in another order are the same bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from monitor.errors import AnswerTooLarge, AnswerUnreadable
from monitor.model import Document, Json
from monitor.registries.euctr.agreed import Agreed
from monitor.registries.euctr.ids import KEY
from monitor.registries.euctr.lines import CountryText, country_texts, plain_lines
from monitor.registries.euctr.products import take_sponsors
from monitor.registries.euctr.summary import MOST_COUNTRIES, Summary, summaries
from monitor.text import one_line

RECORD_CAP = 2 * 1024 * 1024
"""Bytes of one country's record; the largest real one here is 60 kB."""
DOCUMENT_CAP = 16 * 1024 * 1024
_THIRD = "3RD"
_NEEDED = "AE"
"""Sections that every record has. Its last line shows that it is whole; outside the EEA, also section H or N does."""
_GROUPS = ("sponsors", "products", "placebos", "networks", "meddra")
_NESTED = ("substances", "support")
_COUNTRY = re.compile(f"[A-Z]{{2}}|{_THIRD}")
_RESULTS = 200


def text_of(raw: bytes) -> str:
    """A download as text. Raise AnswerUnreadable for HTML, for what is not UTF-8, and for nothing."""
    if not raw.strip():
        raise AnswerUnreadable("nothing at all came", raw=raw)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", raw):
        raise AnswerUnreadable("an HTML page came instead of text", raw=raw)
    try:
        if b"\0" in raw:  # as in UTF-16, of which letters without accents are UTF-8 as well
            raise ValueError(raw[:1])
        return raw.decode("utf-8-sig")
    except ValueError as error:
        raise AnswerUnreadable("what came is not UTF-8", raw=raw) from error


def summary_of(trial_id: str, raw: bytes) -> Summary | None:
    """What the summary in a download says of *trial_id*; None where it does not list the trial."""
    try:
        return summaries(plain_lines(text_of(raw))).get(trial_id)
    except ValueError as error:
        raise AnswerUnreadable(f"the summary of {trial_id} is not understood: {error}", raw=raw) from error


def country_record(trial_id: str, country: str, raw: bytes) -> CountryText:
    """The one record of *country* in a download. Raise AnswerUnreadable unless it is proven to be there, and whole."""
    found = [text for text in country_texts(plain_lines(text_of(raw))) if _country_of(text) == country]
    if len(found) != 1:
        many = "no record" if not found else f"{len(found)} records"
        raise AnswerUnreadable(f"what came holds {many} of {trial_id} for {country}", raw=raw)
    if found[0].trial_ids != {trial_id}:
        named = ", ".join(sorted(found[0].trial_ids))[:60]
        raise AnswerUnreadable(f"the record for {country} is of “{named}”, not of {trial_id}", raw=raw)
    sections = found[0].sections
    is_ended = found[0].is_ended or (country == _THIRD and not {"H", "N"}.isdisjoint(sections))
    if not is_ended or not all(letter in sections for letter in _NEEDED):
        raise AnswerUnreadable(
            f"the record for {country} is cut short: it has the sections {sections or 'none'}", raw=raw
        )
    return found[0]


def _country_of(text: CountryText) -> str | None:
    """Which country's record it is, by the address that it gives for itself."""
    found = re.search("/trial/[0-9-]+/([A-Za-z]{2}|3[Rr][Dd])/?$", text.link)
    return found[1].upper() if found else None


def document_of(trial_id: str, records: Mapping[str, CountryText], results: str | None) -> Document:
    """The document of a trial, of all its countries' records."""
    tree: dict[str, Any] = {
        "eudract_number": trial_id,
        "countries": {country: _record(text) for country, text in records.items()},
    }
    if results:
        tree["results"] = results[:_RESULTS]
    return _document(trial_id, tree)


def _record(text: CountryText) -> dict[str, Json]:
    groups = {name: _sorted(items) for name, items in text.groups.items()}
    return {"lines": text.lines, "groups": {name: items for name, items in groups.items() if items}}


def _sorted(items: list[dict[str, Any]]) -> list[Json]:
    """Items in an order that follows from what they hold, each once."""
    ordered = []
    for item in items:
        whole = {name: _sorted(value) if name in _NESTED else value for name, value in item.items()}
        if kept := {name: value for name, value in whole.items() if value}:
            ordered.append(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))
    return [orjson.loads(one) for one in sorted(set(ordered))]


def _document(trial_id: str, tree: dict[str, Any]) -> Document:
    content = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    if len(content) > DOCUMENT_CAP:
        raise AnswerTooLarge(f"the record has {len(content):,} bytes; more than {DOCUMENT_CAP:,} is not believed")
    agreed = Agreed(tree["countries"])
    title = one_line(agreed.text("A.3.1") or agreed.text("A.3") or "")
    document = Document(
        registry=KEY, trial_id=trial_id, content=content, title=title or None, lead_sponsor=_lead_sponsor(tree)
    )
    return replace(document, probe_digest=document.digest)


def _lead_sponsor(tree: dict[str, Any]) -> str | None:
    """The first sponsor that a country names."""
    groups = (record["groups"].get("sponsors", ()) for _, record in sorted(tree["countries"].items()))
    return next((found[0].name for items in groups if (found := take_sponsors(map(dict, items)))), None)


def kept_document(trial_id: str, raw: bytes) -> Document:
    """The document that *raw* is: a document's own content, or the summary and all country records one after the other.

    Raise AnswerUnreadable where it is not proven to be the whole trial.
    """
    if raw.lstrip()[:1] == b"{":
        return _document(trial_id, _checked(trial_id, raw))
    summary = summary_of(trial_id, raw)
    if summary is None:
        raise AnswerUnreadable(f"it holds no summary that names the countries of {trial_id}")
    records = {country: country_record(trial_id, country, raw) for country in summary.countries}
    return document_of(trial_id, records, summary.results)


def _checked(trial_id: str, raw: bytes) -> dict[str, Any]:
    """The content of a document, if it has the form of one."""
    try:
        tree = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise AnswerUnreadable("it is not proper JSON") from error
    if not isinstance(tree, dict) or not {"eudract_number", "countries"} <= tree.keys():
        raise AnswerUnreadable("it is not the document of a trial")
    if tree["eudract_number"] != trial_id:
        raise AnswerUnreadable(f"it is the record of “{str(tree['eudract_number'])[:40]}”, not of {trial_id}")
    countries, results = tree["countries"], tree.get("results", "-")
    well = isinstance(countries, dict) and 0 < len(countries) <= MOST_COUNTRIES
    if not well or not isinstance(results, str) or tree.keys() - {"eudract_number", "countries", "results"}:
        raise AnswerUnreadable("it is not the document of a trial")
    for country, record in countries.items():
        if not _COUNTRY.fullmatch(country) or not _is_record(record):
            raise AnswerUnreadable(f"the record for “{country[:40]}” has not the form of one")
    return tree


def _is_record(record: Json) -> bool:
    if not isinstance(record, dict) or record.keys() != {"lines", "groups"}:
        return False
    lines, groups = record["lines"], record["groups"]
    if not isinstance(groups, dict) or groups.keys() - set(_GROUPS) or not _is_item(lines, ()):
        return False
    return all(isinstance(items, list) and all(_is_item(item, _NESTED) for item in items) for items in groups.values())


def _is_item(item: Json, nested: tuple[str, ...]) -> bool:
    """Whether it holds texts and lists of texts, and at *nested* lists of such items."""
    return isinstance(item, dict) and all(
        isinstance(value, list) and all(_is_item(part, ()) for part in value)
        if name in nested
        else isinstance(value, str) or (isinstance(value, list) and all(isinstance(text, str) for text in value))
        for name, value in item.items()
    )
