"""Prints the DDL of the models, for `[models] command` of driftless. Connects to nothing.

Change the import to where your own `Base` (or `db.metadata`) is.
"""

import sys

from sqlalchemy import create_mock_engine
from sqlalchemy.dialects.postgresql.base import PGDialect

from models import Base

# Named parameters, because the usual style would double every % in a comment.
DIALECT = PGDialect(paramstyle="named")


def show(statement, *_arguments, **_options):
    print(str(statement.compile(dialect=DIALECT)).strip() + ";\n")


sys.stdout.reconfigure(encoding="utf-8")
Base.metadata.create_all(create_mock_engine("postgresql://", show), checkfirst=False)
