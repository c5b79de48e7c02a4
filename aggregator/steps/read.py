"""Read seeds: documents that are new or changed become entries in the store."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator.core.seeds import read_seed
from aggregator.errors import AggregatorError, DocumentError
from aggregator.folder import FolderItem, read_folder
from aggregator.model import Intake, SeedRead
from aggregator.steps import Progress, silent
from aggregator.store import Store


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step brought in."""

    tried: int = 0
    intake: Intake = field(default_factory=Intake)
    problems: tuple[AggregatorError, ...] = ()
