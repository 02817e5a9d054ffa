"""Which registries files alone feed: their keys, the forms of their ids, and their pages. Pure.

Every id of sixteen weekly exports matches exactly one of these forms. Expressions are compiled when a text holds the
letters that their ids begin with: most programs that start never see one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

LONGEST_TEXT = 10_000
PORTAL = "https://trialsearch.who.int/Trial2.aspx?TrialID="
"""Where a trial's page is at the portal, for registries whose own pages are not found by the id."""

_GAP = r"[\s:#\u2010-\u2015-]{0,3}"
_SLASH = r"\s{0,3}(?:[/\-_ ]|%2F)\s{0,3}"
_END = r"(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True)
class Source:
    """A registry that files feed. *forms* are how its ids are written, and the one way in which they are kept."""

    key: str
    name: str
    example_id: str
    begins: tuple[str, ...]
    """Letters of which some stand in every one of its ids, in lower case."""
    forms: tuple[tuple[str, str], ...]
    own_page: str | None = None
    """Its page of a trial, {} standing for the id; None where it is not found by that."""
    prefix: str = ""
    """What the portal writes before the id."""
    upper: bool = True
    """Whether letters in what an id varies in are capitals."""

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        if self.own_page:
            return self.own_page.format(trial_id)
        return PORTAL + quote(self.prefix + trial_id, safe="/")

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, in its order, as often as it does."""
        lower = _in_lower_case(text)
        if not any(each in lower for each in self.begins):
            return []
        return [trial_id for _, trial_id in sorted(self._found(text))]

    def identify(self, text: str) -> str | None:
        """The one trial id that *text* names; None where it names none or several."""
        found = set(self.ids_in(text)) if len(text) <= LONGEST_TEXT else set()
        return found.pop() if len(found) == 1 else None

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        for form, kept in self.forms:
            for match in _compiled(form).finditer(text):
                parts = [part.upper() if self.upper else part.lower() for part in match.groups("")]
                yield match.start(), kept.format(*parts)


_in_lower_case = lru_cache(maxsize=2)(str.lower)
"""One text is asked about for all registries, one after the other."""


@lru_cache(maxsize=64)
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<![0-9A-Za-z]){form}{_END}")


SOURCES = (
    Source(
        "anzctr.org.au",
        "ANZCTR",
        "ACTRN12605000001606",
        ("ctr",),
        ((rf"(?:ACTRN|ANZCTR){_GAP}(126[0-9]{{11}})p?", "ACTRN{}"),),
        "https://www.anzctr.org.au/{}.aspx",
    ),
    Source(
        "chictr.org.cn",
        "ChiCTR",
        "ChiCTR2500000001",
        ("chictr",),
        (
            (rf"ChiCTR{_GAP}([0-9]{{10}})", "ChiCTR{}"),
            (rf"ChiCTR{_GAP}([A-Z]{{2,5}}){_GAP}([0-9]{{8}})", "ChiCTR-{}-{}"),
        ),
    ),
    Source("cris.nih.go.kr", "CRiS", "KCT0000001", ("kct",), ((rf"KCT{_GAP}([0-9]{{7}})", "KCT{}"),)),
    Source(
        "ctri.nic.in",
        "CTRI",
        "CTRI/2025/01/000001",
        ("ctri",),
        ((rf"CTRI{_SLASH}([0-9]{{4}}){_SLASH}([0-9]{{2,3}}){_SLASH}([0-9]{{6}})", "CTRI/{}/{}/{}"),),
    ),
    Source(
        "irct.behdasht.gov.ir",
        "IRCT",
        "IRCT20250101000001N1",
        ("irct",),
        ((rf"IRCT{_GAP}([0-9]{{8,14}}N[0-9]{{1,3}})", "IRCT{}"),),
    ),
    Source(
        "itmctr.ccebtcm.org.cn",
        "ITMCTR",
        "ITMCTR2025000001",
        ("itmctr",),
        ((rf"ITMCTR{_GAP}([0-9]{{10}})", "ITMCTR{}"),),
    ),
    Source(
        "jrct.mhlw.go.jp",
        "jRCT",
        "jRCTs031250001",
        ("jrct",),
        ((rf"jRCT{_GAP}([a-z]?)[\s-]?([0-9]{{9,10}})", "jRCT{}{}"),),
        "https://jrct.mhlw.go.jp/en-latest-detail/{}",
        prefix="JPRN-",
        upper=False,
    ),
    Source(
        "umin.ac.jp",
        "UMIN-CTR",
        "UMIN000000001",
        ("umin",),
        ((rf"UMIN{_GAP}(?:CTR)?{_GAP}(?:ID)?{_GAP}([0-9]{{9}})", "UMIN{}"),),
        prefix="JPRN-",
    ),
    Source(
        "clinicaltrials.jp",
        "JapicCTI",
        "JapicCTI-250001",
        ("japic",),
        ((rf"Japic[\s-]*CTI{_GAP}([0-9]{{6}})(?:[\s(]{{0,3}}(?:en|ja)\)?)?", "JapicCTI-{}"),),
        prefix="JPRN-",
    ),
    Source(
        "jmacct.med.or.jp",
        "JMA-IIA",
        "JMA-IIA00001",
        ("jma",),
        ((r"JMA[\s-]*IIA[\s-]*([0-9]{5})", "JMA-IIA{}"),),
        prefix="JPRN-",
    ),
    Source("lbctr.moph.gov.lb", "LBCTR", "LBCTR2025010001", ("lbctr",), ((rf"LBCTR{_GAP}([0-9]{{10}})", "LBCTR{}"),)),
    Source(
        "onderzoekmetmensen.nl",
        "OMON",
        "NL-OMON10001",
        ("omon",),
        ((rf"NL[\s-]{{0,3}}OMON{_GAP}([0-9]{{4,6}})", "NL-OMON{}"),),
    ),
    Source(
        "trialregister.nl",
        "NTR",
        "NL1001",
        ("ntr", "nl"),
        (
            (rf"NTR{_GAP}([0-9]{{1,5}})", "NTR{}"),
            (r"NL([0-9]{4,5})(?![.\s-]?[0-9])", "NL{}"),
            # Apart, it may be a post code: NL-1105 AZ.
            (r"NL[\s:#-]([0-9]{4})(?![.\s-]?[0-9]|\s?[A-Z]{2}(?![A-Z]))", "NL{}"),
            (r"\ANL([0-9]{1,3})\Z", "NL{}"),
        ),
    ),
    Source(
        "pactr.samrc.ac.za",
        "PACTR",
        "PACTR202501000000001",
        ("pactr",),
        ((rf"PACTR{_GAP}([0-9]{{15,16}})", "PACTR{}"),),
    ),
    Source(
        "ensaiosclinicos.gov.br",
        "ReBEC",
        "RBR-1a2b3c4",
        ("rbr",),
        ((r"RBR[\s\u2010-\u2015-]{0,3}([0-9][0-9a-z]{5,7})", "RBR-{}"),),
        "https://ensaiosclinicos.gov.br/rg/{}",
        upper=False,
    ),
    Source(
        "ensayosclinicos-repec.ins.gob.pe",
        "REPEC",
        "PER-001-25",
        ("per",),
        ((r"PER[\s-]{0,3}([0-9]{3})-([0-9]{2})", "PER-{}-{}"),),
    ),
    Source(
        "rpcec.sld.cu",
        "RPCEC",
        "RPCEC00000001",
        ("rpcec",),
        ((rf"RPCEC{_GAP}([0-9]{{8}})", "RPCEC{}"),),
        "https://rpcec.sld.cu/en/trials/{}-En",
    ),
    Source(
        "slctr.lk",
        "SLCTR",
        "SLCTR/2025/001",
        ("slctr",),
        ((rf"SLCTR{_SLASH}([0-9]{{4}}){_SLASH}([0-9]{{3}})", "SLCTR/{}/{}"),),
    ),
    Source(
        "thaiclinicaltrials.org",
        "TCTR",
        "TCTR20250101001",
        ("tctr",),
        ((rf"TCTR{_GAP}([0-9]{{11}})", "TCTR{}"),),
        "https://www.thaiclinicaltrials.org/show/{}",
    ),
)
"""By their keys, the hosts of their pages."""
