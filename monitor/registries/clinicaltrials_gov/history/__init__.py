"""The versions that a record of ClinicalTrials.gov had before, from the interface behind its site.

asking   which versions there are, and one of them: a request each, where robots.txt allows it
content  the document that becomes of one
record   what such a document says, and what no version can say
saved    a file that somebody saved, as a record or a version
markup   its texts, which are HTML, as the API writes them

Surprising facts of that interface, which is not documented and may change or go at any time:

* It lies beside the API, at /api/int, and answers 403 for a version that there is not.
* `date` of a version is the day on which the sponsor submitted it. The day on which it was posted stands in the version
  itself, and is days later; for one with results, it may be most of a year.
* A version has no derivedSection. Its publications of the type DERIVED, which the registry attaches, are those of
  today, and not of its time.
* Its long texts are HTML, where those of the API are Markdown.
"""
