"""What is followed (files in feeds/) and how it runs (the environment), read once into frozen values."""

from aggregator.config.corrections import read_corrections, write_corrections
from aggregator.config.publishers import read_publishers
from aggregator.config.settings import Settings, read_settings, unknown_settings
from aggregator.config.topics import read_topic, read_topics, write_topic

__all__ = [
    "Settings",
    "read_corrections",
    "read_publishers",
    "read_settings",
    "read_topic",
    "read_topics",
    "unknown_settings",
    "write_corrections",
    "write_topic",
]
