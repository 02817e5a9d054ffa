"""ClinicalTrials.gov, through its API version 2.

adapter    the port `monitor.ports.Registry`, and what it declares
ids        what a registration number looks like
version    how the version of all its data is asked for
probed     what a probe asks for, and what it sees
plain      both, by the standard library alone, for passes in which nothing moved
client     makes one request each, and decides whether the registry as a whole refuses
reading    what an answer says, or why it says nothing
learned    what the registry was found to accept: remembered, never asked twice
batches    many trials in few requests; one bad record never spoils its batch
listing    goes through pages, and decides whether a listing can be believed
essie      the registry's query language: what people type is searched for, never interpreted
searching  which trials a search covers
sponsored  whose trials a listing shows
sponsors   which sponsors a name may mean
sweeping   the whole registry, page by page
documents  proof that an answer is the record asked for; the canonical form
trees      what lies where in a record, and how it is written
record     what a document says; taking, details: how its values are read
differing  what two documents say, read only where they differ
history    the versions that a record had before
classic    the pages that people saved before June 2024
drift      what a document holds that is not documented
known      the documented fields and codes, from fields.txt and codes.txt
codes      the registry's codes with their words
settings   its keys in config.toml
"""
