"""The command line: the only room that knows all others, reads the clock and the environment.

Imports stand inside the commands, so that `aggregator --help` costs no more than click.
"""

from aggregator.cli import collections, followed, keeping, refreshing, serving, stories
from aggregator.cli.root import main

__all__ = ["collections", "followed", "keeping", "main", "refreshing", "serving", "stories"]
