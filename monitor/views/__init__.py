"""The read side: what is known across all trials, as the command line, the API and pages show it. Nothing here writes.

    spans     when: `--since monday`, as a span of time
    scope     which trials: a watch, a sponsor, some by their ids
    changes   what changed in them, the newest first
    status    how they stand: a row a watched trial
    sheets    both as columns of cells, for CSV and workbooks

Everything is read a page at a time in a short transaction, and given as it is read, so that neither memory nor whoever
writes feels how much there is. What is damaged is given in its place, with the reason, and harms nothing else.
"""
