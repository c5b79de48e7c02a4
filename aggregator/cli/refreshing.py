"""`run` and `refresh`: the service, and one pass."""

import json
import sys
from typing import TYPE_CHECKING

import click

from aggregator.cli.printing import show_progress
from aggregator.cli.root import (
    AS_JSON,
    importing,
    main,
    now,
    pipeline_of,
    settings_of_environment,
    start_logging_of,
    store_of,
)

if TYPE_CHECKING:
    from aggregator.pipeline import Report


@main.command()
def run() -> None:
    """Run the whole service: web and scheduler.

    \b
    Example:  AGGREGATOR_PORT=9000 aggregator run
    """
    from aggregator.service import serve

    settings = settings_of_environment()
    start_logging_of(settings)
    with store_of(settings) as store:
        serve(settings, store, pipeline_of(settings, store), now)


@main.command()
@click.option(
    "--now", "everything", is_flag=True, help="Poll feeds that are not due too, still conditionally."
)
@AS_JSON
def refresh(everything: bool, as_json: bool) -> None:
    """Read what is new, group it, publish, exit.

    \b
    Example:  aggregator refresh --now
    Exit code 1 when there was something to read and none of it could be.
    """
    with importing():
        from aggregator.pipeline import refresh as refresh_once

    settings = settings_of_environment()
    with store_of(settings) as store, show_progress() as progress:
        pipeline = pipeline_of(settings, store)
        try:
            report = refresh_once(pipeline, now(), everything, progress)
        finally:
            pipeline.poller.close()
    _print_report(report, as_json)
    sys.exit(1 if report.nothing_worked else 0)


def _print_report(report: "Report", as_json: bool) -> None:
    problems = [str(problem) for problem in report.problems]
    if as_json:
        figures = {"seeds": report.seeds, "polled": report.polled, "new": report.intake.new}
        figures |= {"changed": report.intake.changed, "grouped": report.grouped, "stories": report.told}
        click.echo(json.dumps(figures | {"documents": report.rendered, "problems": problems}))
        return
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    click.echo(str(report))
