"""`aggregator` with a tick of a second instead of a minute, so that tests need not wait for the next one."""

from datetime import timedelta

from aggregator import service
from aggregator.cli import main

service.TICK = timedelta(seconds=1)
if __name__ == "__main__":  # its parser children import this file too
    main(prog_name="aggregator")
