"""`backup` and `restore`: the database as a file, and back from it."""

from pathlib import Path

import click

from aggregator.cli.root import database_of, main, now, settings_of_environment

TARGET = click.Path(path_type=Path)


@main.command()
@click.argument("file", type=TARGET)
@click.option("--force", is_flag=True, help="Replace the file where there is one.")
def backup(file: Path, force: bool) -> None:
    """Write a consistent copy of the database, while the service runs.

    \b
    Example:  aggregator backup /backups/aggregator-$(date +%F).sqlite3
    The file is whole or not there. With PostgreSQL pg_dump writes it. feeds/ and seeds/ are yours to keep.
    """
    from aggregator.store.backup import back_up

    size = back_up(database_of(settings_of_environment()), file, force)
    click.echo(f"Wrote {file}: {size:,} bytes, checked.")


@main.command()
@click.argument("file", type=TARGET)
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which is kept aside.

    \b
    Example:  aggregator restore /backups/aggregator-2026-11-25.sqlite3
    The backup is checked first. Nothing may have the database open: stop the service before.
    """
    from aggregator.store.backup import restore as put_back

    settings = settings_of_environment()
    aside = put_back(database_of(settings), file, settings.data_dir, now())
    click.echo(f"Restored {file}.")
    if aside is not None:
        click.echo(f"The database that was there is kept: {aside}")
