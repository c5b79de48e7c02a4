"""Tables and bars on a terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from aggregator.steps import Progress


def print_rows(rows: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """Print rows with the same keys as a table, or as JSON; `nothing` where there are none."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        click.echo(nothing)
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None)
        for place, key in enumerate(rows[0]):
            # What a row is called is copied from here: it stands whole, on one line.
            table.add_column(key.capitalize(), no_wrap=place == 0, overflow="fold")
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        Console().print(table)


@contextmanager
def show_progress() -> "Iterator[Progress]":
    """Show a bar for each thing being done, where somebody looks at a terminal."""
    from aggregator.steps import silent

    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        known: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = bars.add_task(what, total=total)
            bars.update(known[what], completed=done, total=total)

        yield show
