"""A statement that runs again and again, written out once: to bind thirty values anew costs ten times what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable

_Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Written:
    """The statement as one driver takes it. order: the name of each of its places; fixed: the values that never change;
    writers, readers: what turns a value into the driver's and back.
    """

    sql: str
    order: tuple[str, ...]
    fixed: dict[str, Any]
    writers: dict[str, _Converter]
    readers: tuple[_Converter | None, ...]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """For each place."""
        known = self.fixed | {name: _converted(self.writers.get(name), given[name]) for name in given}
        return [known[name] for name in self.order]

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row of the answer as we know it."""
        return tuple(_converted(reader, value) for reader, value in zip(self.readers, row, strict=True))


class Prepared:
    """A statement for Database.look, Database.alone or models.shortcut.ask. postgresql: its form there, if it differs."""

    def __init__(self, statement: Executable, *, postgresql: Executable | None = None) -> None:
        self._statements = {
            "sqlite": statement,
            "postgresql": statement if postgresql is None else postgresql,
        }
        self._written: dict[str, Written] = {}

    def written(self, dialect: Dialect) -> Written:
        """For that driver."""
        if dialect.name not in self._written:
            self._written[dialect.name] = self._write(dialect)
        return self._written[dialect.name]

    def _write(self, dialect: Dialect) -> Written:
        statement: Any = self._statements[dialect.name]
        compiled: Any = statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state(compiled.params)
        own = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        writers = {name: writer for name, writer in {**own, **state.processors}.items() if writer}
        fixed = {
            name: _converted(writers.get(name), value)
            for name, value in state.parameters.items()
            if value is not None
        }
        answers: Any = getattr(statement, "selected_columns", getattr(statement, "exported_columns", ()))
        readers = tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in answers
        )
        return Written(state.statement, tuple(state.positiontup), fixed, writers, readers)


class RunsAlone(Protocol):
    """What models.database.Database does with a statement that is a transaction by itself."""

    async def alone(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Runs and commits it; how many rows it changed."""


def _converted(converter: _Converter | None, value: Any) -> Any:
    return converter(value) if converter else value
