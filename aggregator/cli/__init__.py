"""The command line: the only room that knows all others, reads the clock and the environment.

Imports stand inside the commands, so that `aggregator --help` costs no more than click.
"""

from aggregator.cli import collections, doctor, followed, keeping, refreshing, serving, stories
from aggregator.cli.root import main

__all__ = ["collections", "doctor", "followed", "keeping", "main", "refreshing", "serving", "stories"]
