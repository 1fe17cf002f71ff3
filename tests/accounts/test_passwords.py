"""Passwords at rest and secrets that travel."""
import pytest
from argon2 import PasswordHasher

from portal.accounts import passwords
from portal.accounts.tokens import digest, new_secret


def test_a_hash_is_argon2id_and_never_the_same() -> None:
    first, second = passwords.hash_password("x"), passwords.hash_password("x")
    assert first.startswith("$argon2id$") and first != second


@pytest.mark.parametrize("other", ["Paraguas ", "paraguas", " Paraguas", "Paraguas\u0301", "", "Paragua"])
def test_every_byte_counts(other: str) -> None:
    kept = passwords.hash_password("Paraguas")
    assert passwords.matches(kept, "Paraguas") and not passwords.matches(kept, other)


def test_nothing_matches_where_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_NOBODY", passwords.hash_password("guessed"))
    assert not passwords.matches(None, "guessed") and not passwords.matches("", "guessed")
    assert not passwords.matches("not a hash", "guessed")


def test_old_parameters_are_noticed() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not passwords.outdated(passwords.hash_password("x"))


def test_secrets_are_long_different_and_kept_by_their_hash() -> None:
    made = {new_secret() for _n in range(100)}
    assert len(made) == 100 and min(map(len, made)) >= 43
    assert digest("a") != digest("b") and len(digest("a")) == 64
