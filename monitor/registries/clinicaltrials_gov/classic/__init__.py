"""The pages of ClinicalTrials.gov that people saved before the site was rebuilt in June 2024.

pages      which page it is, the encoding of its text, and what to save instead where it is none that can be read
labels     what stands beside what on a page, and what we call it
markup     the text of elements
details    the page as HTML: the header, and the view "Study Details" (formerly "Full Text View")
tabular    the view "Tabular View", which also has the outcomes as they were first registered
texts      the page as plain text
values     the pieces that all of them have: a status with its reason, an outcome, an arm
content    the document that becomes of it: canonical JSON under the one key `classicPage`, in the page's own words
record     what such a document says, and on what it is silent

A page says less than a record of the API, and says it in other words: only what both can say is compared.
"""
