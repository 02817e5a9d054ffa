"""The registries that the WHO's portal (ICTRP) collects and that are not asked here: files alone feed them.

One adapter a registry, with its own ids and pages, and one form of document for all: what a row of an export says.

adapter    the adapters, one class a registry
sources    which registries they are: their keys, ids and pages
columns    the columns of an export by their folded names, and which are left out
texts      texts, dates and ages as exports and spreadsheets write them, put right
phases     phases in the many ways in which they are written
statuses   what the portal's words for the status mean, which is little
documents  a row becomes a document; proof that a document is the record that it should be
record     what a document says
settings   none: nothing is asked
"""
