"""Which passwords are refused. Pure.

What counts is what remains of a password once common words, rows of a keyboard, the user's own name and this program's
are taken out of it: where that is little, or of few different characters, it is among the first that are guessed. There
is no rule on capitals and digits, and no password expires (OWASP ASVS 5.0, 6.2).
"""

import secrets

from monitor.errors import ConfigurationInvalid
from monitor.text import fold_name

SHORTEST = 12
LONGEST = 1000
_LEAST_LEFT = 6
_LEAST_DIFFERENT = 5
_SHORTEST_ROW = 4

_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
_WORDS = (
    "correct horse battery staple to be or not to be administrator password passwort passwd passphrase contrasena "
    "motdepasse administration superuser operator changeme letmein welcome willkommen bienvenue iloveyou sunshine "
    "princess football baseball basketball superman batman spiderman starwars pokemon minecraft dragon monkey master "
    "shadow michael jennifer jessica charlie jordan thomas robert daniel hunter killer trustno ashley bailey passw0rd "
    "secret default system server database postgres oracle root admin user guest test demo hello login access internet "
    "computer samsung google facebook microsoft windows apple whatever freedom forever flower cheese summer winter "
    "spring autumn monday january february march april june july august september october november december london "
    "paris berlin liverpool chelsea arsenal barcelona registry monitor trials trial clinical hospital medicine health "
    "the and for you love god baby angel qaz wsx edc zaq xsw"
)
_COMMON = tuple(sorted(set(_WORDS.split()), key=len, reverse=True))
_LOOKALIKES = str.maketrans("013457@$!|", "oleastasil")


def check_password(password: str, name: str) -> None:
    """Raise ConfigurationInvalid, which repeats nothing of it, for a password that this user may not have."""
    if len(password) < SHORTEST:
        raise ConfigurationInvalid(f"the password is too short: give {SHORTEST} characters or more, such as four words")
    if len(password) > LONGEST:
        raise ConfigurationInvalid(f"the password is too long: give at most {LONGEST:,} characters")
    if fold_name(password) == fold_name(name):
        raise ConfigurationInvalid("the password is the name: choose another")
    if _is_common(password, name):
        raise ConfigurationInvalid(
            "the password is too common: it is made of names, common words or rows of keys; choose another, such as "
            "four words that have nothing to do with each other"
        )


def generated_password() -> str:
    """A password that nobody guesses: 24 characters in groups that can be read out, 115 bit."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(6)) for _ in range(4))


def _is_common(password: str, name: str) -> bool:
    spelled = fold_name(password)
    # As it is typed, and with digits read as the letters that they look like: the one that leaves less counts.
    return any(_says_little(_rest(text, name)) for text in (spelled, spelled.translate(_LOOKALIKES)))


def _says_little(rest: str) -> bool:
    return len(rest) < _LEAST_LEFT or len(set(rest)) < _LEAST_DIFFERENT


def _rest(text: str, name: str) -> str:
    """The letters and digits that remain without words that everybody knows."""
    for word in (fold_name(name), *_COMMON):
        if len(word) > 1:
            text = text.replace(word, " ")
    for row in _ROWS:
        for way in (row, row[::-1]):
            text = _without_row(text, way)
    return "".join(sign for sign in text if sign.isalnum())


def _without_row(text: str, row: str) -> str:
    for length in range(len(row), _SHORTEST_ROW - 1, -1):
        for start in range(len(row) - length + 1):
            text = text.replace(row[start : start + length], " ")
    return text
