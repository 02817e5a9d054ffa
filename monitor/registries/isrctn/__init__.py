"""ISRCTN, through its XML API.

adapter    the port `monitor.ports.FetchedRegistry`, and what it declares
ids        what a registration number looks like
settings   its keys in config.toml
client     makes one request each, and says what an answer is not
listing    which trials were edited since a day, or are found, in as few requests as it takes
searching  which trials a search covers
markup     XML as trees, without what could do harm, and without people
documents  proof that an answer is the record asked for; the canonical form
record     what a document says; details: more of it; taking: how its values are read
stating    how a trial stands on a day
edited     what was edited since a moment; fetching: trials one by one, where they did not come already
drift      what a document holds that is not known
"""
