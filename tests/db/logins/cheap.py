"""Hashes that cost nothing, and accounts for tests."""

from uuid import UUID

from argon2 import PasswordHasher

from db.database import Database
from db.logins.accounts import Account, load_account
from db.logins.passwords import Passwords
from tests.db.sql import value

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
GOOD = "violet tractor hums 9 quietly"
BETTER = "granite otter waltzes by noon"


def add_account(
    database: Database, role: str = "supporter", email: str = "olga@shop.example"
) -> Account:
    """Make an operator who has a password."""
    user_id: UUID = value(
        database,
        "INSERT INTO users (email, full_name, role, hashed_password)"
        " VALUES (%(email)s, 'Olga', %(role)s, %(hashed)s) RETURNING user_id",
        email=email, role=role, hashed=CHEAP.hash(GOOD),
    )  # fmt: skip
    return reload(database, user_id)


def reload(database: Database, user_id: UUID) -> Account:
    account = load_account(database, user_id)
    assert account is not None
    return account
