"""`make migration NAME=…`: writes the change from the last migration to the present tables, to be read and corrected."""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from models.migrations import alembic_config


def main(name: str) -> None:
    """Brings an empty database to the last migration and compares it with the tables."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
        command.revision(alembic_config(connection), name, autogenerate=True)


if __name__ == "__main__":
    main(sys.argv[1])
