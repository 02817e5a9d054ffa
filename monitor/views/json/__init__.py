"""The JSON forms that programs read: functions from values to JSON, for commands, pages, an API and agents alike. Pure.

    trials     a snapshot, a record, a history, a comparison, what changed, how a trial stands
    watches    a watch, its trials, what was added, the sponsors that a name may mean
    checks     a checked trial, what a check came to, what is held, quarantined or drifted
    alerts     a subscription, a delivery with its attempts, a sample
    served     the log of deliveries, a look, a notice: what pages, an API and agents have and no command
    operating  a backup, a restore, an export, an import, a finding of the doctor

Other people's scripts read these: a key keeps its name, its place and its meaning, and new ones come last. Times are in
UTC and end in Z. Only `Change.as_json` is elsewhere: it stands with the model, because it is also what is stored and
what webhooks carry.
"""
