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
_SHORTEST_ROW = 3
_WORDS_ENOUGH = 4
"""So many different words, however common, are not guessed first."""

_ROWS = (
    *(
        "qwertyuiop",
        "qwertzuiop",
        "azertyuiop",
        "asdfghjkl",
        "qsdfghjklm",
        "zxcvbnm",
        "yxcvbnm",
        "wxcvbn",
        "1234567890",
    ),
    *("abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"),
    *("qazwsxedcrfvtgbyhnujm", "zaq1xsw2cde3vfr4bgt5", "a1b2c3d4e5f6g7h8i9j0", "1a2b3c4d5e6f7g8h9i0j", "147258369"),
)
_WORDS = (
    "administrator password passwort passwd passphrase contrasena motdepasse administration superuser operator "
    "changeme letmein welcome willkommen bienvenue iloveyou sunshine princess football baseball basketball superman "
    "batman spiderman starwars pokemon minecraft dragon monkey master shadow michael jennifer jessica charlie jordan "
    "thomas robert daniel hunter killer trustno ashley bailey passw0rd secret default system server database postgres "
    "oracle root admin user guest test demo hello login access internet computer samsung google facebook microsoft "
    "windows apple whatever freedom forever flower cheese summer winter spring autumn monday january february march "
    "april june july august september october november december london paris berlin liverpool chelsea arsenal "
    "barcelona registry monitor trials trial clinical hospital medicine health love god jesus baby angel ihateyou "
    "loveyou loveme fuckyou fuckme asshole nothing matrix thunder cookie pepper ginger buster tigger chocolate mustang "
    "ferrari mercedes porsche harley corvette yankees cowboys eagles steelers lakers rangers hockey soccer golf tennis "
    "guitar music rockstar metallica nirvana slipknot blink eminem naruto pikachu zelda sonic mario halo skywalker "
    "gandalf merlin wizard phoenix tiger lion eagle wolf bear panther cobra viper diamond silver golden purple orange "
    "yellow blue green black white sweet cherry banana peanut butter kitty puppy bella lucy molly maggie sophie "
    "anthony william richard joseph matthew andrew joshua christopher nicholas alexander elizabeth samantha amanda "
    "melissa nicole stephanie victoria patricia maria carlos jose juan david john james george peter paul mark martin "
    "simon sergey natasha india pakistan canada america england france germany australia russia china japan brazil "
    "mexico newyork texas california florida school student teacher doctor nurse family friend mother father sister "
    "brother happy lucky smile peace power money dollar million business company office work job boss manager staff "
    "public private security secure temp temporary change first last best good cool little pass word code key lock "
    "open safe three four five seven eight nine"
)
_FAMOUS = ("correct horse battery staple", "to be or not to be", "may the force be with you", "let me in")
_COMMON = tuple(sorted(set(_WORDS.split()), key=len, reverse=True))
_LOOKALIKES = str.maketrans("013457@$!|", "oleastasil")
_SHIFTED = str.maketrans("!@#$%^&*()", "1234567890")
"""What the keys of digits give with shift."""


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
    # As it is typed; with digits read as the letters that they look like; and without shift: what leaves least counts.
    readings = (spelled, spelled.translate(_LOOKALIKES), spelled.translate(_SHIFTED))
    return any(_says_little(text, name) for text in readings)


def _says_little(text: str, name: str) -> bool:
    for phrase in _FAMOUS:
        text = text.replace(phrase, " ").replace(phrase.replace(" ", ""), " ")
    found = set()
    for word in (fold_name(name), *_COMMON):
        if len(word) > 1 and word in text:
            found.add(word)
            text = text.replace(word, " ")
    for row in _ROWS:
        for way in (row, row[::-1]):
            text = _without_row(text, way)
    rest = "".join(sign for sign in text if sign.isalnum())
    is_little = len(rest) < _LEAST_LEFT or len(set(rest)) < _LEAST_DIFFERENT
    return is_little and len(found) < _WORDS_ENOUGH


def _without_row(text: str, row: str) -> str:
    for length in range(len(row), _SHORTEST_ROW - 1, -1):
        for start in range(len(row) - length + 1):
            text = text.replace(row[start : start + length], " ")
    return text
