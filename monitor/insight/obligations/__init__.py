"""What a sponsor owes and by when, by the public record: the rule, the fields that it read, and how sure that is.

    record -> facts -> law (is it a trial that owes results?) -> results (by when, and how does that stand?)
                    -> updates (what the record itself contradicts)
                    -> trialstracker (the same by the rules of FDAAA TrialsTracker)
    two records     -> evasion (a duty that shrank through an edit)
    other registers -> eu

Arithmetic on public fields, and no legal advice: "by the public record", never "broke the law".
"""
