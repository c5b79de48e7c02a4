"""Let `python -m aggregator` do what the command `aggregator` does."""

from aggregator.cli import main

main()
