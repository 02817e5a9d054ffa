"""One made-up trial as the pages of the former site showed it, in every layout; the markup is that of its years."""

TRIAL = "NCT91000101"
TITLE = "Warm Compresses After Knee Replacement"
OFFICIAL = "A Trial of Warm Compresses & Rest After Knee Replacement (WARM)"
REASON = "Slow accrual (two sites) and no funds"

_TOOLBAR = (
    "<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id='wm-ipp-base'><h1>Wayback</h1><table><tr><td>Study Type:</td>"
    "<td>Observational</td></tr></table></div><!-- END WAYBACK TOOLBAR INSERT -->"
)
_ARCHIVED = (
    "<!--\n     FILE ARCHIVED ON 04:05:06 Mar 09, 2019 AND RETRIEVED FROM THE\n"
    "     INTERNET ARCHIVE ON 10:11:12 Jan 02, 2025.\n-->"
)


def term(words: str) -> str:
    return f'<span class="term" data-term="{words}">{words} <i class="fa"></i></span>'


def _info(label: str, value: str, name: str = "studyInfo") -> str:
    return f'<tr><td headers="{name}ColTitle">{label}</td><td headers="{name}ColData">{value}</td></tr>'


def details(
    status: str = f"Terminated\n <br>({REASON})", *, tab: str = "full-text", body: str | None = None, trial: str = TRIAL
) -> str:
    """Study Details as from 2017 to 2024."""
    tabs = "".join(
        f'<li id="{name}"{" class=current" if name == tab else ""}>{words}</li>'
        for name, words in (("full-text", "Study Details"), ("tabular", "Tabular View"), ("results", "Has Results"))
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{TITLE}</title></head><body>
<div id="main-content"><h1 class="tr-h1 ct-sans-serif tr-solo_record">{TITLE}</h1>
<div class="w3-col m5"><table><tr><td>ClinicalTrials.gov Identifier: {trial}</td></tr><tr><td>
<div class="tr-status tr-not-recruiting-colors">{term("Recruitment Status")} :
 {status}
 <div>{term("First Posted")} : March 5, 2015</div><div>{term("Results First Posted")} : May 6, 2018</div>
 <div>{term("Last Update Posted")} : February 1, 2019</div></div></td></tr></table></div>
<div class="tr-info-title">Sponsor:</div><div class="tr-info-text" id="sponsor"> Hospital of Évora </div>
<div class="tr-info-title">Collaborators:</div><div class="tr-info-text" id="sponsor1">Heat Ltd.</div>
<div class="tr-info-text" id="sponsor2">University of Bergen</div>
<div class="tr-info-title">Information provided by (Responsible Party):</div>
<div class="tr-info-text" id="responsibleparty">Jane Roe, Hospital of Évora</div>
<div id="tabs"><ul id="tab-links">{tabs}</ul></div>
<div id="tab-body">{body if body is not None else _details_body()}</div></div></body></html>"""


def _details_body() -> str:
    skipped = '<div class="tr-dropdown"><a>Outcome Measures</a></div>'
    return f"""<div class="ct-header2"><a id="studydesc"></a>Study Description</div>{skipped}
<div class="ct-body3">Brief Summary:</div><div class="ct-body3 tr-indent2">Do they help?<ul><li>Knees</li></ul></div>
<table class="ct-data_table tr-data_table"><tr><th class="ct-header3">{term("Condition or disease")}</th>
<th class="ct-header3">{term("Intervention/treatment")}</th><th class="ct-header3">{term("Phase")}</th></tr>
<tr><td><span style="display:block">Osteoarthritis, Knee</span><span style="display:block">Pain</span></td>
<td><span style="display:block">Device: warm compress</span></td>
<td><span style="display:block">Phase 2</span><span style="display:block">Phase 3</span></td></tr></table>
<table class="ct-layout_table tr-tableStyle tr-studyInfo"><caption>Layout table for study information</caption><tbody>
{_info(f"{term('Study Type')} :", "Interventional &nbsp;(Clinical Trial)")}
{_info(f"Actual {term('Enrollment')} :", "1,204 participants")}{_info("Allocation:", "Randomized")}
{_info("Intervention Model:", "Parallel Assignment")}{_info("Masking:", "Double (Participant, Investigator)")}
{_info("Primary Purpose:", "Supportive Care")}{_info("Official Title:", OFFICIAL.replace("&", "&amp;"))}
{_info(f"Actual {term('Study Start Date')} :", "April 2015")}
{_info(f"Estimated {term('Primary Completion Date')} :", "June 30, 2020")}
{_info(f"Estimated {term('Study Completion Date')} :", "December 2020")}</tbody></table>
<table class="ct-data_table tr-data_table"><thead><tr><th>{term("Arm")}</th>
<th>{term("Intervention/treatment")}</th></tr></thead><tbody>
<tr><td>Experimental: Warm<div class="tr-indent2">Twice a day</div></td>
<td>Device: warm compress<div class="tr-indent2">40 degrees</div><br></td></tr>
<tr><td>No Intervention: Rest</td><td></td></tr></tbody></table>
<div class="tr-indent3"><div class="ct-body3">{term("Primary Outcome Measures")} :<ol>
<li>Pain [0 to 10] at rest [&nbsp;Time&nbsp;Frame:&nbsp;6 weeks&nbsp;]<br><div class="tr-indent2">On a scale</div></li>
</ol></div><div class="ct-body3">{term("Secondary Outcome Measures")} :<ol><li>Steps a day
[&nbsp;Time&nbsp;Frame:&nbsp;3 months&nbsp;]</li><li>Days in hospital</li></ol></div></div>
<table class="tr-studyInfo"><caption>Layout table for eligibility information</caption><tbody>
{_info("Ages Eligible for Study: &nbsp; ", "18 Years and older &nbsp; (Adult, Older Adult)", "elg")}
{_info("Sexes Eligible for Study: &nbsp; ", "Female", "elg")}
{_info("Accepts Healthy Volunteers: &nbsp; ", "No", "elg")}</tbody></table>
<div class="ct-header3">Criteria</div><div class="tr-indent2"><p>Inclusion Criteria:</p><ul><li>New knee</li></ul></div>
<table class="ct-layout_table"><caption>Layout table for location information</caption><tbody>
<tr><td class="ct-header3" colspan="2">Portugal</td></tr>
<tr><td headers="locName">Ward 3</td><td headers="locStatus">Terminated</td></tr>
<tr><td colspan="2">Évora, Portugal, 7000</td></tr>
<tr><td headers="contactName">Contact: Jane Roe</td><td>555 0101</td></tr>
<tr><td class="ct-header3" colspan="2">United States, Ohio</td></tr>
<tr><td headers="locName">Joint Clinic</td><td headers="locStatus"></td></tr>
<tr><td colspan="2">Dayton, Ohio, United States, 45402</td></tr></tbody></table>
<table class="tr-moreInfo"><tbody>{_info("Responsible Party:", "Jane Roe, Professor", "col")}
{_info("ClinicalTrials.gov Identifier:", f'<a href="/show/{TRIAL}">{TRIAL}</a>', "col")}
{_info("Other Study ID Numbers:", "WARM-1<br>2014-001234-56 ( EudraCT Number )<br>", "col")}
{_info("First Posted:", 'March 5, 2015 &nbsp; <a href="/ct2/keydates">Key Record Dates</a>', "col")}
{_info("Last Verified:", "January 2019", "col")}</tbody></table>"""


def archived(page: str) -> str:
    """A page as the Wayback Machine serves it."""
    return page.replace("<body>", f"<body>{_TOOLBAR}").replace("</html>", "</html>\n" + _ARCHIVED)


def early_details() -> str:
    """The page as until 2017, "Full Text View"."""
    return f"""<html><head><title>{TITLE}</title></head><body><div id="main-content"><h1>{TITLE}</h1>
<div id="trial-info-1" class="floater-50"><div class="not-recruiting-status">
 This study has been terminated.<br/>(Slow accrual)</div>
<div class="info-title">Sponsor:</div><div class="info-text" id="sponsor">Hospital of Évora</div>
<div class="info-title">Collaborator:</div><div class="info-text">Heat Ltd.</div>
<div class="info-title">Information provided by:</div><div class="info-text">Jane Roe</div></div>
<div id="trial-info-2"><div class="identifier">{TRIAL}</div><div class="info-date">First received: March 1, 2015</div>
<div class="info-date">Last updated: June 2, 2016</div><div class="info-date">Last verified: May 2016</div></div>
<ul id="tab-links"><li id="full-text" class="current">Full Text View</li>
<li id="results">No Study Results Posted</li></ul>
<table class="layout_table" summary="Layout table for study information">
<tr><td class="header3">Study Type:</td><td class="body3">Interventional</td></tr>
<tr><td>Study Design:</td><td>Allocation: Randomized<br>Masking: Open Label</td></tr></table>
<table class="layout_table"><tr><td>Enrollment:</td><td>40</td></tr>
<tr><td>Study Start Date:</td><td>April 2015</td></tr>
<tr><td>Estimated Primary Completion Date:</td>
<td>June 2017 (Final data collection date for primary outcome measure)</td></tr></table>
<div class="body3">Primary Outcome Measures:<ul><li>Pain [&nbsp;Time&nbsp;Frame:&nbsp;6 weeks&nbsp;]
[&nbsp;Designated as safety issue:&nbsp;No&nbsp;]</li></ul></div>
<table class="layout_table" summary="Layout table for location information">
<tr><td class="header3" colspan="2">Portugal</td></tr>
<tr><td headers="locName">Ward 3</td><td headers="locStatus"></td></tr>
<tr><td>Évora, Portugal, 7000</td></tr></table></div></body></html>"""


def _row(label: str, value: str | None, note: str = "") -> str:
    cell = '<td class="missing_color">Not Provided</td>' if value is None else f'<td class="body3">{value}</td>'
    return f'<tr><th class="header3">{label}&nbsp;<sup> ICMJE </sup>{note}</th>{cell}</tr>'


def tabular(*, later: bool = True) -> str:
    """Tabular View, of later years or as until 2017."""
    submitted = '<br/><span class="footer">(submitted:&nbsp;January 3, 2019)</span>'
    pain = "Pain [&nbsp;Time&nbsp;Frame:&nbsp;6 weeks&nbsp;]"
    dates = (
        (("First Posted Date", "March 5, 2015"), ("Last Update Posted Date", "February 1, 2019"))
        if later
        else (("First Received Date", "March 5, 2015"), ("Last Updated Date", "February 1, 2019"))
    )
    rows = [
        *(_row(label, value) for label, value in dates),
        _row("Actual Study Start Date" if later else "Start Date", "April 2015"),
        _row("Estimated Primary Completion Date", "June 2020 &nbsp; (Final data collection date)"),
        _row("Current Primary Outcome Measures", f"{pain}<div>On a scale</div>", submitted),
        _row("Original Primary Outcome Measures", f"<ul><li>{pain.replace('6', '12')}</li><li>Steps a day</li></ul>"),
        _row("Current Secondary Outcome Measures", "<ul><li>Steps a day</li></ul>"),
        _row("Original Secondary Outcome Measures", "Same as current"),
        _row("Current Other Pre-specified Outcome Measures", None),
        _row("Brief Title", TITLE),
        _row("Official Title", None),
        _row("Study Phase", "Phase 2<br>Phase 3"),
        _row("Condition", "<ul><li>Osteoarthritis, Knee</li><li>Pain</li></ul>"),
        _row(
            "Study Arms",
            "<ul><li>Experimental: Warm<div>Twice a day</div><div>Intervention: Device: warm</div></li></ul>",
        ),
        _row("Recruitment Status", "Active, not recruiting"),
        _row("Estimated Enrollment" if later else "Enrollment", "40"),
        _row("Ages", "up to 60 Years"),
        _row("Listed Location Countries", "Portugal, &nbsp; Iran, Islamic Republic of"),
        '<tr><th class="header3">Removed Location Countries</th></tr>',
        _row("NCT Number", TRIAL),
        _row("Other Study ID Numbers", "WARM-1, U01AB000001"),
        _row("Study Sponsor", "Hospital of Évora"),
        _row("Collaborators", None),
        _row("Investigators", "<table><tr><td>Principal Investigator:</td><td>Jane Roe</td></tr></table>"),
    ]
    sentence = "This study is ongoing, but not recruiting participants."
    mark = f'<div id="trial-info-1"><div class="recruiting-status">{sentence}</div></div>'
    title = f'<h1 class="tr-h1 tr-solo_record">{TITLE}</h1>' if later else f"<h1>{TITLE}</h1>{mark}"
    return f"""<html><body><div id="main-content">{title}
<ul id="tab-links"><li id="full-text">Full Text View</li><li id="tabular" class="current">Tabular View</li></ul>
<table class="data_table"><tr><th class="header2" colspan="2">Tracking Information</th></tr>{"".join(rows)}</table>
</div></body></html>"""


def text(*, roles: bool = False) -> str:
    """Study Details as a converter saves it; with the headings of outcomes, as browsers do, or without."""
    heads = ("Primary Outcome Measures  :", "Secondary Outcome Measures  :") if roles else ("", "")
    return f"""{TITLE}
![]() |
The safety and scientific validity of this study is the responsibility of the study sponsor and investigators. |
ClinicalTrials.gov Identifier: {TRIAL} |
Recruitment Status :
Terminated
({REASON})
First Posted : March 5, 2015
Last Update Posted : February 1, 2019
|
- Study Details
- No Results Posted
Condition or disease | Intervention/treatment | Phase |
---|---|---|
Pain | Device: warm compress | Phase 2 Phase 3 |
Study Type : | Interventional (Clinical Trial) |
Actual Enrollment : | 1,204 participants |
Official Title: | {OFFICIAL} |
Actual Study Start Date : | April 2015 |
Estimated Primary Completion Date : | June 30, 2020 |

Arm | Intervention/treatment |
---|---|
Experimental: Warm
Twice a day
|
Device: warm compress
40 degrees |
{heads[0]}
- Pain [0 to 10] at rest [ Time Frame: 6 weeks ]
{heads[1]}
- Steps a day [ Time Frame: 3
months ]

Ages Eligible for Study: | 18 Years and older (Adult, Older Adult) |
Inclusion Criteria:
- New knee

To learn more about this study, you or your doctor may contact the study research staff.
Please refer to this study by its ClinicalTrials.gov identifier (NCT number): {TRIAL}
Iran, Islamic Republic of | |
Ward 3 | |
Isfahan, Iran, Islamic Republic of, 81746 |
United States, Ohio | |
Joint Clinic | |
Dayton, Ohio, United States, 45402 |
Principal Investigator: | Jane Roe, MD | Hospital of Évora |
Responsible Party: | Jane Roe |
Other Study ID Numbers: |
WARM-1
Last Verified: | January 2019 |
"""
