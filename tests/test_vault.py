"""Secrets at rest: what the key opens, and what a person reads when it does not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from monitor.errors import ConfigurationInvalid, MonitorError, StoreCorrupt, StoreUnavailable
from monitor.vault import Vault

ADDRESS = "https://hooks.example.org/t/9f3c81d2a7"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "secret.key"


def key() -> str:
    return Fernet.generate_key().decode()


def refusal(vault: Vault, sealed: bytes | None = None) -> MonitorError:
    with pytest.raises(MonitorError) as refused:
        vault.seal(ADDRESS) if sealed is None else vault.unseal(sealed)
    assert "\n" not in str(refused.value)
    return refused.value


def test_what_is_sealed_is_unreadable_until_it_is_unsealed(file: Path) -> None:
    vault = Vault.open(key=None, file=file)

    sealed = vault.seal(ADDRESS)

    assert b"hooks" not in sealed
    assert vault.unseal(sealed) == ADDRESS


def test_the_key_file_is_made_at_the_first_sealing_for_its_owner_alone(file: Path) -> None:
    vault = Vault.open(key=None, file=file)
    assert not file.exists()

    vault.seal(ADDRESS)

    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_the_key_file_serves_the_next_process(file: Path) -> None:
    sealed = Vault.open(key=None, file=file).seal(ADDRESS)

    assert Vault.open(key=None, file=file).unseal(sealed) == ADDRESS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_key_file_that_was_saved_on_windows_serves_too(file: Path, encoding: str) -> None:
    sealed = Vault.open(key=None, file=file).seal("hunter2")
    file.write_bytes(file.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))

    assert Vault.open(key=None, file=file).unseal(sealed) == "hunter2"


def test_processes_that_seal_first_at_once_end_with_one_key(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from monitor.vault import Vault; from cryptography import fernet\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(Vault.open(key=None, file=Path(sys.argv[1])).seal('an address').decode())"
    )
    command = [sys.executable, "-c", program, str(file)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sealed = [process.communicate(timeout=60)[0].strip() for process in processes]

    vault = Vault.open(key=None, file=file)
    assert [vault.unseal(each.encode()) for each in sealed] == ["an address"] * 4
    assert list(file.parent.iterdir()) == [file]


def test_a_given_key_needs_no_file(file: Path) -> None:
    given = key()

    sealed = Vault.open(key=given, file=file).seal(ADDRESS)

    assert Vault.open(key=given, file=file).unseal(sealed) == ADDRESS
    assert not file.exists()


@pytest.mark.parametrize("separator", [",", ", ", "\n"])
def test_the_newest_key_seals_and_every_key_opens(file: Path, separator: str) -> None:
    old, new = key(), key()
    sealed_before = Vault.open(key=old, file=file).seal(ADDRESS)

    both = Vault.open(key=f"{new}{separator}{old}", file=file)

    assert both.unseal(sealed_before) == ADDRESS
    assert Vault.open(key=new, file=file).unseal(both.seal(ADDRESS)) == ADDRESS


def test_a_key_that_does_not_fit_is_named_with_the_remedy(file: Path) -> None:
    sealed = Vault.open(key=None, file=file).seal(ADDRESS)
    held = file.read_text(encoding="utf-8").strip()

    error = refusal(Vault.open(key=key(), file=file), sealed)

    assert isinstance(error, StoreCorrupt)
    assert str(error).startswith("the key in MONITOR_SECRET_KEY does not open what the database holds: give the key")
    file.write_text(key(), encoding="utf-8")
    from_file = refusal(Vault.open(key=None, file=file), sealed)
    assert str(from_file).startswith(f"the key in {file} does not open")
    assert held not in f"{error} {from_file}"


def test_what_was_altered_does_not_open(file: Path) -> None:
    vault = Vault.open(key=key(), file=file)
    sealed = bytearray(vault.seal(ADDRESS))
    sealed[40] ^= 1

    assert isinstance(refusal(vault, bytes(sealed)), StoreCorrupt)


def test_a_lost_key_file_is_not_replaced_when_something_is_to_be_opened(file: Path) -> None:
    """A new key would open nothing, and hide that the old one is needed."""
    sealed = Vault.open(key=None, file=file).seal(ADDRESS)
    file.unlink()

    error = refusal(Vault.open(key=None, file=file), sealed)

    assert str(error).startswith(f"{file}, the key to the secrets in the database, is missing: put it back")
    assert not file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    Vault.open(key=None, file=file).seal(ADDRESS)
    file.chmod(mode)

    error = refusal(Vault.open(key=None, file=file))

    assert isinstance(error, StoreUnavailable)
    assert str(error) == f"{file} can be read by others (mode {mode:o}): chmod 600 {file}"


def test_keys_are_told_apart_without_being_told(file: Path) -> None:
    one, other = key(), key()
    kept = Vault.open(key=None, file=file)
    seen = [
        Vault.open(key=one, file=file),
        Vault.open(key=other, file=file),
        Vault.open(key=f"{one},{other}", file=file),
    ]
    marks = [each.fingerprint() for each in (*seen, kept)]
    kept.seal(ADDRESS)
    marks.append(Vault.open(key=None, file=file).fingerprint())
    file.chmod(0o640)
    marks.append(Vault.open(key=None, file=file).fingerprint())

    assert len(set(marks)) == len(marks)
    assert Vault.open(key=one, file=file).fingerprint() == marks[0]
    assert one.encode() not in marks[0]


@pytest.mark.parametrize("text", ["correct horse", "c2hvcnQ=", ",", "ä" * 44])
def test_a_key_that_is_none_is_refused_without_being_shown(file: Path, text: str) -> None:
    given = refusal(Vault.open(key=text, file=file))
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    kept = refusal(Vault.open(key=None, file=file))

    assert isinstance(given, ConfigurationInvalid)
    assert re.match("MONITOR_SECRET_KEY holds no key: expected 32 random bytes in base64", str(given))
    assert str(kept).startswith(f"{file} holds no key: expected 32 random bytes")
    assert given.__cause__ is None
    assert text == "," or text not in f"{given} {kept}"


def test_an_empty_variable_is_as_good_as_none(file: Path) -> None:
    Vault.open(key="", file=file).seal(ADDRESS)

    assert file.exists()


def test_a_folder_that_cannot_hold_the_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    error = refusal(Vault.open(key=None, file=tmp_path / "data" / "secret.key"))

    assert isinstance(error, StoreUnavailable)
    assert "secret.key cannot be made (" in str(error)
    assert "set MONITOR_SECRET_KEY" in str(error)


def test_a_vault_shows_nothing_of_its_key(file: Path) -> None:
    given = key()
    vault = Vault.open(key=given, file=file)
    vault.seal(ADDRESS)

    assert given not in f"{vault!r} {vault}"


def test_opening_a_vault_loads_no_cryptography(file: Path) -> None:
    """It takes longer than a command that needs no secrets should wait."""
    program = (
        "import sys; from pathlib import Path; from monitor.vault import Vault\n"
        "Vault.open(key=None, file=Path(sys.argv[1])); sys.exit('cryptography' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", program, str(file)], check=True)
