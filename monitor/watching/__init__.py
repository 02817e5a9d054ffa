"""What is new at a registry: which trials the watches cover, and what came of each. One pass is `patrol`.

    patrol      a whole pass over one registry, from the question for its version to what is owed
    versions    the version of the registry's data, and whether it is believed; builds what the order of versions proves
    discover    which trials the watches cover: who joins, who is new, who leaves
    sweep       a whole registry, from end to end
    check       trials in batches: which to read, and which are where they were
    intake      what each answer means, committed with all that it causes
    decision    what that rests on; plausibility, verification what an answer has to pass; accept an operator's word

Nothing here talks to a receiver, and no transaction is open while a registry is asked.
"""
