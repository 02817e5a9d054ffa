"""What an operator needs: backups, a check of everything, exports and imports.

backup      copy a database while others write to it, and restore it
doctor      check everything that can be wrong, with remedies
transfer    exports, imports, and other programs' lists of trials
configured  apply the watches and subscriptions of config.toml
unusable    say which of these blocks cannot be used
applied     know that applying them would write nothing
shipped     files that come with the program and are not code
"""
