"""Grouping: entries that report one event become a story."""

from aggregator.core.stories.engine import Engine, group_all

__all__ = ["Engine", "group_all"]
