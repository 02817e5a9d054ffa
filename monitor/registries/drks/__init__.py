"""DRKS, the German Clinical Trials Register, through the file of all its trials that it makes anew every day.

adapter    the port `monitor.ports.Registry`, and what it declares
ids        what a registration number looks like
rhythm     when the file may be newer than the one that was seen, and of which day it is
download   asks for the file, and decides whether what came is one
keeping    has the file ready for the next process
bulk       goes through the file, record by record; what it holds, and whether it can be whole
splitting  cuts a stream of JSON into the objects that it consists of
documents  proof that a record is the one asked for; the canonical form
languages  which of two languages a text is read in
record     what a document says
places     its countries by their names
codes      its codes as ours, with its own words
drift      what a document holds that its schema does not
known      that schema, from fields.txt
settings   its keys in config.toml
"""
