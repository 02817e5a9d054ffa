"""The read side: what is known, as the command line, an API and pages show it. Nothing here writes.

    trials  watches  subscriptions  deliveries  holds      what there is, with what belongs to it
    spans      when: `--since monday`, as a span of time
    scope      which trials: a watch, a sponsor, some by their ids
    changes    what changed in them, the newest first
    status     how they stand: a row a watched trial
    sheets     both as columns of cells, for CSV and workbooks
    json       the JSON forms of all of it, for programs

`changes` and `status` read a page at a time in a short transaction, and give rows as they are read, so that neither
memory nor who writes feels how much there is. What is damaged is given in its place, with the reason, and harms nothing
else.
"""
