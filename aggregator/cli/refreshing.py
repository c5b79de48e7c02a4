"""`run`, `work` and `refresh`: the service, its part without pages, and one pass."""

import json
import signal
import sys
from typing import TYPE_CHECKING

import click

from aggregator.cli.printing import show_progress
from aggregator.cli.root import (
    AS_JSON,
    importing,
    main,
    member_of,
    now,
    pipeline_of,
    settings_of_environment,
    start_logging_of,
    store_of,
)
from aggregator.ending import end_on, was_asked_for

if TYPE_CHECKING:
    from aggregator.member import Member
    from aggregator.pipeline import Line, Report
    from aggregator.steps import Progress


@main.command()
def run() -> None:
    """Run the whole service: web and scheduler.

    \b
    Example:  AGGREGATOR_PORT=9000 aggregator run
    """
    end_on(signal.SIGTERM, signal.SIGINT)
    from aggregator.service import serve

    settings = settings_of_environment()
    start_logging_of(settings)
    with store_of(settings) as store:
        store.look_through()  # before a lease is written to it
        with member_of(store) as member:
            serve(settings, pipeline_of(settings, store, member), member, now)


@main.command()
def work() -> None:
    """Read, group and publish without serving pages.

    \b
    Example:  AGGREGATOR_DATABASE_URL=postgresql://desk@db/desk aggregator work
    Any number of them share the feeds; one leads, and another takes over when it dies. `aggregator web`
    serves beside them.
    """
    end_on(signal.SIGTERM, signal.SIGINT)
    from aggregator.service import work as work_until_signal

    settings = settings_of_environment()
    start_logging_of(settings)
    with store_of(settings) as store:
        store.look_through()
        with member_of(store) as member:
            work_until_signal(pipeline_of(settings, store, member), member, now)


@main.command()
@click.option(
    "--now", "everything", is_flag=True, help="Poll feeds that are not due too, still conditionally."
)
@AS_JSON
def refresh(everything: bool, as_json: bool) -> None:
    """Read what is new, group it, publish, exit.

    \b
    Example:  aggregator refresh --now
    Beside `aggregator run` or `work` it polls what nobody else polls, and leaves the rest to who leads.
    Exit code 1 when there was something to read and none of it could be.
    """
    end_on(signal.SIGTERM)
    with importing():
        import aggregator.pipeline  # noqa: F401 # what `_refresh` needs

    settings = settings_of_environment()
    with store_of(settings) as store, member_of(store) as member, show_progress() as progress:
        report = _refresh(pipeline_of(settings, store, member), member, everything, progress)
    _print_report(report, as_json)
    sys.exit(1 if report.nothing_worked else 0)


def _refresh(line: "Line", member: "Member", everything: bool, progress: "Progress") -> "Report":
    """Do one pass, or what another process that leads leaves to do."""
    from aggregator.board import Board
    from aggregator.errors import SupersededError
    from aggregator.pipeline import assist, led, refresh

    lead, board = member.lead(), Board(line.store)
    try:
        if lead.worker != member.worker.id:
            return assist(line, lead.worker, now(), everything, progress)
        report = refresh(led(line, lead), now(), everything, progress)
        board.worked()
        return report
    except SupersededError:
        raise
    except Exception as error:
        if not was_asked_for():
            board.failed(error, now())
        raise
    finally:
        line.poller.close()


def _print_report(report: "Report", as_json: bool) -> None:
    problems = [str(problem) for problem in report.problems]
    if as_json:
        figures = {"seeds": report.seeds, "polled": report.polled, "new": report.intake.new}
        figures |= {"changed": report.intake.changed, "grouped": report.grouped, "stories": report.told}
        figures |= {"documents": report.rendered}
        click.echo(json.dumps(figures | {"leader": report.leader, "problems": problems}))
        return
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    click.echo(str(report))
