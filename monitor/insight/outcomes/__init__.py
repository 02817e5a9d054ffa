"""What became of a trial's outcomes from one record to the next, and when in its life.

    two lists -> matching (which became which) -> comparing (kind, aspect, does it matter?), with
    wording    one form of letters, spellings, abbreviations and synonyms: terms.toml
    frames     time frames as points in days
    measures   metric, threshold, instrument, composite, population, hypothesis
    timing     before the start, while recruiting, after primary completion, after results

"Outcome change" is the neutral word: a registry can't tell what was declared elsewhere.
"""
