"""Export everything as plain JSON files, import it again, and read other programs' lists of trials.

    DIR/export.json                                what this is, and how much of it; says whether it is complete
    DIR/trials/REGISTRY/TRIAL_ID/trial.json        what is known of the trial
    DIR/trials/REGISTRY/TRIAL_ID/snapshot-N.json   a document as the registry gave it, its version, time and SHA-256
    DIR/trials/REGISTRY/TRIAL_ID/events.json       what each snapshot changed
    DIR/watches.jsonl, subscriptions.jsonl, notices.jsonl   one a line
    DIR/archived.jsonl                             pages that were imported, one a line

`shapes` says what is in each file, for both directions; `exporting` writes, `importing` reads, `lists` reads what
others wrote, and `saved_pages` what people saved. The log of deliveries and the quarantine are not in an export: a
backup (`monitor.operate.backup`) has them.

The rule: the same database gives the same bytes, and a file is believed only after it was verified.
"""
