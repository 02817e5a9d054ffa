"""The EU Clinical Trials Register (EUCTR), through its text downloads and its feed of the last seven days.

adapter    the port `monitor.ports.Registry`, and what it declares
ids        what a EudraCT number looks like
settings   its keys in config.toml
client     makes one request each, and says what the registry refuses
feed       what the feed of the last seven days names, and how far it reaches
summary    which countries have a record of a trial
lines      a country's record in text form, read line by line
documents  proof that what came is a whole trial; its canonical form
agreed     what most countries say, and what one says otherwise
record     what a document says
statuses   how a trial stands in each country, and as a whole
products   what is tried, and against what
drift      what a document holds that is not known here
codes      the register's words with their codes, and countries with their names
"""
