"""The doctor: what is wrong here, and what to do about it; looks and changes nothing.

findings     what an examination says
machine      folders, room, clock, secrets
database     the database as it lies there
following    topics, feeds, documents, and whether anybody refreshes
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from aggregator.config import Settings, unknown_settings
from aggregator.doctor.database import examine_database
from aggregator.doctor.findings import Finding, Level, wrong
from aggregator.doctor.following import examine_configuration, examine_sources
from aggregator.doctor.machine import examine_machine
from aggregator.store.checkup import Address, file_of, looked_at

__all__ = ["Finding", "Level", "examine"]


def examine(
    settings: Settings, url: Address, environment: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    """Look at everything, from the ground up; what stands on something broken is not looked at."""
    database = file_of(url)
    yield from (wrong("settings", str(mistake)) for mistake in unknown_settings(environment))
    yield from examine_machine(settings, database, now)
    yield from examine_configuration(settings)
    broken = False
    for finding in examine_database(url, database, now):
        broken = broken or (finding.level is Level.WRONG and finding.what in ("database", "schema"))
        yield finding
    if broken:
        return
    with looked_at(url) as store:
        if store is not None:
            yield from examine_sources(store, settings, now)
