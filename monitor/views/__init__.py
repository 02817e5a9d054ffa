"""The read side: what is known, as commands, pages, feeds, the API and agents show it. Nothing here writes.

    trials  watches  subscriptions  deliveries  holds      what there is, with what belongs to it
    spans      when: `--since monday`, as a span of time
    scope      which trials: a watch, a sponsor, some by their ids
    changes    what changed in them, the newest first
    status     how they stand: a row a watched trial
    sheets     both as columns of cells, for CSV and workbooks
    json       the JSON forms of all of it, for programs

By the index, a page at a time:

    finding    finding_trials    which changes and trials are asked for, as an address names the filters
    changed    pages of changes, with counts beside them; `seen_events` has what stands around each
    trial_page    one_change    trial_sets    one trial, one event, the trials of a sponsor, a condition or a watch
    delivery_log  quarantined  health    for those who look after the service
    cursors    where the next page begins, as a word in an address

A rule is a subscription that can be tried: `rules` finds what it is about, `backtest` and `previews` what it would have
told. `addresses` masks whom a delivery goes to.

`changes` and `status` read a page at a time in a short transaction, and give rows as they are read, so that neither
memory nor who writes feels how much there is. What is damaged is given in its place, with the reason, and harms nothing
else.
"""
