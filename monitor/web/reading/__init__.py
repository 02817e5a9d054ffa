"""What anybody reads: what changed, trials with their snapshots and comparisons, sponsors and conditions.

changes    the first page: what changed; `event_rows` has an event as a row of it
trials     the watched trials, and the search
trial      one trial: `standing` is the head of its page, `timeline` its snapshots
snapshot   one record as it was
compare    two snapshots side by side, as `comparing` sets them
change     one event
terms      sponsors and conditions; watches has watches, and `trial_sets` what their pages have in common
sitemap    what search engines are told

`of_trial` finds the trial that an address names. What is shown comes from `monitor.views`, its words from
`monitor.render`.
"""
