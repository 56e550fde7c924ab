"""Models that tell something else than the migrations made, one fact each."""

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models import metadata
from db.models.base import user_column

Change = Callable[[MetaData], object]
LONG = "What people like to be called. " * 5 + "It's theirs: 100 % :theirs."


def copy_models(*changes: Change) -> MetaData:
    """Return the models with some changes, and leave the real ones alone."""
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(copy)
    for change in changes:
        change(copy)
    return copy


def check_of(models: MetaData, table: str, name: str) -> CheckConstraint:
    (found,) = (c for c in models.tables[table].constraints if c.name == name)
    assert isinstance(found, CheckConstraint)
    return found


def index_of(models: MetaData, table: str, name: str) -> Index:
    (found,) = (index for index in models.tables[table].indexes if index.name == name)
    return found


def add_a_column(models: MetaData) -> None:
    models.tables["users"].append_column(Column("nickname", Text, comment=LONG))


def drop_a_column(models: MetaData) -> None:
    table = models.tables["users"]
    table._columns.remove(table.c.password_history)


def change_a_comment(models: MetaData) -> None:
    models.tables["users"].c.email.comment = LONG


def change_a_tables_comment(models: MetaData) -> None:
    models.tables["opt_outs"].comment = "People who wrote STOP."


def change_a_type(models: MetaData) -> None:
    models.tables["support_sessions"].c.read_turns.type = BigInteger()


def shorten_names(models: MetaData) -> None:
    models.tables["users"].c.full_name.type = String(50)


def change_a_default(models: MetaData) -> None:
    models.tables["users"].c.is_active.server_default = DefaultClause(text("false"))


def forbid_null(models: MetaData) -> None:
    models.tables["users"].c.email.nullable = False


def change_a_check(models: MetaData) -> None:
    check = check_of(models, "reply_parts", "reply_parts_status_check")
    check.sqltext = text("status <> ' \\:lost 100%'")


def drop_a_check(models: MetaData) -> None:
    check = check_of(models, "userchats", "userchats_metadata_check")
    models.tables["userchats"].constraints.remove(check)


def drop_a_partial_index(models: MetaData) -> None:
    index = index_of(models, "userchats", "userchats_one_active_a_user")
    models.tables["userchats"].indexes.remove(index)


def change_a_partial_index(models: MetaData) -> None:
    index = index_of(models, "reply_parts", "idx_reply_parts_unsettled")
    index.dialect_kwargs["postgresql_where"] = text("status = 'pending'")


def change_an_indexs_options(models: MetaData) -> None:
    index = index_of(models, "userchats", "idx_userchats_search_tsv")
    index.dialect_kwargs["postgresql_with"] = {"fastupdate": "on"}


def change_the_fill_factor(models: MetaData) -> None:
    options = models.tables["userchats"].dialect_kwargs["postgresql_with"]
    models.tables["userchats"].dialect_kwargs["postgresql_with"] = {
        **options,
        "fillfactor": 70,
    }


def keep_rows_of_the_erased(models: MetaData) -> None:
    for constraint in models.tables["user_aliases"].constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            constraint.ondelete = None


def drop_a_unique_constraint(models: MetaData) -> None:
    table = models.tables["reply_parts"]
    (found,) = (c for c in table.constraints if c.name == "reply_parts_message_sid_key")
    assert isinstance(found, UniqueConstraint)
    table.constraints.remove(found)


def add_a_table(models: MetaData) -> None:
    Table(
        "notes",
        models,
        Column(
            "note_id", Integer, Identity(always=True), primary_key=True, comment="It."
        ),
        user_column("user_id", "Whom it is about."),
        Column("told", JSONB, server_default=text("'{}'::jsonb"), comment="What."),
        CheckConstraint("jsonb_typeof(told) = 'object'", name="notes_told_check"),
        Index("idx_notes_user_id", "user_id", postgresql_where=text("told <> '{}'")),
        comment="What operators noted.",
        postgresql_with={"fillfactor": 90},
    )


# What each of them changes.
CHANGES: dict[Change, set[str]] = {
    add_a_column: {"column users.nickname"},
    drop_a_column: {"column users.password_history"},
    change_a_comment: {"column users.email"},
    change_a_tables_comment: {"table opt_outs"},
    change_a_type: {"column support_sessions.read_turns"},
    change_a_default: {"column users.is_active"},
    forbid_null: {"column users.email"},
    change_a_check: {"constraint reply_parts.reply_parts_status_check"},
    drop_a_check: {"constraint userchats.userchats_metadata_check"},
    drop_a_partial_index: {"index userchats_one_active_a_user"},
    change_a_partial_index: {"index idx_reply_parts_unsettled"},
    change_an_indexs_options: {"index idx_userchats_search_tsv"},
    change_the_fill_factor: {"option userchats.fillfactor"},
    keep_rows_of_the_erased: {"constraint user_aliases.user_aliases_user_id_fkey"},
    drop_a_unique_constraint: {"constraint reply_parts.reply_parts_message_sid_key"},
    add_a_table: {
        "table notes", "option notes.fillfactor", "column notes.note_id",
        "column notes.user_id", "column notes.told", "constraint notes.notes_pkey",
        "constraint notes.notes_user_id_fkey", "constraint notes.notes_told_check",
        "index idx_notes_user_id",
    },
}  # fmt: skip
