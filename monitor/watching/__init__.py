"""Find out what is new at a registry: which trials the watches cover, and what came of each. One pass is `patrol`.

    patrol        a whole pass over one registry, from the question for its version to the alerts that are owed
    quiet         a pass in which nothing is new, without what the others need
    schedule      when a pass is due, and when a trial is read in full
    versions      asks for the version of the registry's data, and decides whether to believe it
    builds        what the dates of data builds prove
    discover      which trials the watches cover: who joins, who is new, who leaves
    sharing       what moved, listed once for the watches of many sponsors
    listings      since when to list, whether to believe it, and who joins by it
    sweep         reads a whole registry from end to end
    check         trials in batches: reads those that moved, and verifies the others
    calendar      what time changes of a trial that nobody edited
    intake        commits a batch of answers with all that it causes
    plausibility  whether a record can be what came after the last one
    verification  whether an answer proves how a trial stands now
    accept        takes a quarantined answer for the record, because the operator says so
    context       what these steps are given
    stored        what the store knows of the trials in a batch
    effect        what one answer comes to, compared with what is stored
    damage        what to do about a trial whose last snapshot is damaged

Nothing here talks to a recipient, and no transaction is open while a registry is asked.
"""
