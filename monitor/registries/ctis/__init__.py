"""CTIS, the EU's register of clinical trials, through the interface of its public portal.

adapter      the port `monitor.ports.Registry`, and what it declares
ids          what an EU CT number looks like
client       makes one request each, and says what an answer is
rows         what a row of a search tells, and whether it moved
listing      what moved since a version: two searches, the newest rows first
fetching     whole records, one a request
searching    which trials a search covers
documents    proof that an answer is the record asked for; noise: what is left out of it
legacy       records of the portal before June 2024, in the form of today
record       what a document says; statuses, identifiers, days, trees: how its values are read
drift        what a document holds that is not known
codes        the registry's codes with its words
settings     its keys in config.toml
"""
