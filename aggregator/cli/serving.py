"""`web`: pages and feeds alone, beside a process that refreshes."""

import signal

import click

from aggregator.cli.root import main, now, settings_of_environment, site_of, start_logging_of, store_of
from aggregator.ending import end_on


@main.command()
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes, where granian is."
)
def web(workers: int) -> None:
    """Serve pages and feeds alone; another process refreshes.

    \b
    Example:  aggregator web
    With granian (pip install aggregator[server]) feeds cost a third; without it, waitress serves.
    """
    end_on(signal.SIGTERM, signal.SIGINT)
    from aggregator.serving import has_granian, serve_with_granian, serve_with_waitress
    from aggregator.web import create_app, web_settings

    settings = settings_of_environment()
    start_logging_of(settings)
    with store_of(settings) as store:  # opened here first: what is wrong is said once, not by every worker
        if not has_granian():
            app = create_app(store, site_of(settings), web_settings(settings), now)
            serve_with_waitress(app, settings.host, settings.port)
            return
    serve_with_granian(settings.host, settings.port, workers)
