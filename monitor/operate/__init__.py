"""What the person who runs it needs: a copy of everything, an examination of everything, and a way in and out.

backup      a copy while others write, and its restoration
doctor      everything that can be wrong, each with its remedy
transfer    an export, an import, and the lists of trials that other programs keep
configured  watches and subscriptions as config.toml has them
shipped     the files that come with the program and are no code
"""
