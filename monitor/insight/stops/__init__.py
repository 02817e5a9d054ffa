"""Why a trial stopped, from the sentence that its sponsor gave.

    text -> folding -> denials, languages -> patterns + features -> weights -> reading -> classes, groups, words

`reading.read_reason` is what others call. What can be read stands in patterns.toml, denials.toml and languages.toml;
what was learnt, in weights.xz.
"""
