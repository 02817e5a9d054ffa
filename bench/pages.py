"""Reading a saved classic page, of the size that the larger ones had: 60 kB, a hundred sites and thirty outcomes."""

from collections.abc import Iterator

from bench.figures import Figure, seconds
from bench.wanted import Wanted
from monitor.registries.clinicaltrials_gov.classic.reading import read_page

READINGS = 15
SITES, OUTCOMES, PARAGRAPHS = 100, 30, 60


def measure(_: Wanted) -> Iterator[Figure]:
    """Processor time within one process, the least of several."""
    page = classic_page().encode()
    yield Figure("classic page: size", len(page) / 1000, "kB")
    yield Figure("classic page: read", min(seconds(lambda: read_page(page)) for _ in range(READINGS)) * 1000, "ms", 50)


def classic_page() -> str:
    """Study Details as from 2017 to 2024."""
    outcomes = "".join(
        f"<li>Pain number {number} [ Time Frame: week {number} ]<div class='tr-indent2'>On a scale.</div></li>"
        for number in range(OUTCOMES)
    )
    sites = "".join(
        f'<tr><td headers="locName">Clinic {number}</td><td headers="locStatus">Completed</td></tr>'
        f'<tr><td style="padding-left:4em">Town {number}, Norway, {number:04}</td></tr>'
        for number in range(SITES)
    )
    summary = f"<p>{'Do warm feet help those who cannot sleep? ' * 15}</p>" * PARAGRAPHS
    return f"""<!DOCTYPE html><html lang="en"><body><div id="main-content"><h1 class="tr-solo_record">Warm Feet</h1>
<table><tr><td>ClinicalTrials.gov Identifier: NCT91000101</td></tr></table>
<div class="tr-status"><span class="term" data-term="Recruitment Status">Recruitment Status</span> : Completed
<div><span class="term" data-term="Last Update Posted">Last Update Posted</span> : February 1, 2019</div></div>
<div class="tr-info-text" id="sponsor">Hospital of Bergen</div>
<ul id="tab-links"><li id="full-text" class="current">Study Details</li></ul>
<div id="tab-body"><div class="ct-header2"><a id="studydesc"></a>Study Description</div>
<div class="ct-body3">Brief Summary:</div><div class="ct-body3 tr-indent2">{summary}</div>
<div class="ct-header2"><a id="outcomemeasures"></a>Outcome Measures</div><div class="tr-indent3"><div class="ct-body3">
<span class="term">Primary Outcome Measures</span> :</div><ol>{outcomes}</ol></div>
<div class="ct-header2"><a id="contactlocation"></a>Contacts and Locations</div>
<table><caption>Layout table for location information</caption><tr><td class="ct-header3" colspan="2">Norway</td></tr>
{sites}</table></div></div></body></html>"""
