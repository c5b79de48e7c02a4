"""Texts in tables: the same on every database."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class Text(TypeDecorator[str]):
    """A text, ordered by its code points whatever language a server of PostgreSQL was set up for.

    PostgreSQL keeps no NUL. It means nothing in any text: another character in its place loses nothing.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length  # characters at most; None: any number

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        made = sa.String(self.length, collation) if self.length else sa.Text(collation=collation)
        return dialect.type_descriptor(made)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[str | None], str | None] | None:
        return _without_nul if dialect.name == "postgresql" else None


def _without_nul(value: str | None) -> str | None:
    return value.replace("\0", "\ufffd") if value else value
