"""`doctor`: what is wrong here, and what to do."""

import json
import os
import sys
from dataclasses import asdict

import click

from aggregator.cli.root import AS_JSON, database_of, main, now, settings_of_environment

COLOURS = {"ok": "green", "note": "yellow", "wrong": "red"}


@main.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """Say what is wrong here and what to do, one line each; exit code 1 where anything is.

    \b
    Example:  aggregator doctor
    It looks at folders, room, database, settings, topics and feeds, and changes nothing.
    """
    from aggregator.doctor import Level, examine

    settings, failed = settings_of_environment(), False
    for finding in examine(settings, database_of(settings), os.environ, now()):
        failed = failed or finding.level is Level.WRONG
        if as_json:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            level = click.style(f"{finding.level:5}", fg=COLOURS[finding.level])
            click.echo(f"{level}  {finding.what}: {' '.join(finding.text.split())}")
    sys.exit(failed)
