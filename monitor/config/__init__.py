"""`config.toml` and `MONITOR_*` variables as one frozen object. It reads files, and touches nothing else.

    defaults  <-  config.toml  <-  MONITOR_STORE__URL=…  or  MONITOR_STORE__URL_FILE=/run/secrets/url

    keys        the keys, as a tree of sections         loading      the file and the variables, laid over each other
    places      finding one's way in that tree          complaints   what is wrong, in one line each

What a section is, and how a value is read, is in `monitor.settings`.

A new key is one attribute in `keys` and its lines in config.toml. Its description is what a person reads after
"expected" when the value is wrong, so every key has one. An unknown key is an error, as is an unknown variable: a
typing mistake must never silently leave a default in place. Every error is one line, and never holds a secret: a key
with `shown=False` is never shown, and a `secret` is refused in the file.

Every process begins with this, so it loads little: tests/config/test_modules.py lists it.
"""

from monitor.config.keys import Config, SubscriptionSettings
from monitor.config.loading import find, load

__all__ = ["Config", "SubscriptionSettings", "find", "load"]
