"""The static files: read once, served under an address that changes with their content."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort

from aggregator.core.identity import digest
from aggregator.web.answer import Answer

FOLDER = Path(__file__).with_name("static")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"  # the address changes when the file does
AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Assets:
    """Static files by the name they are asked for: with their content's digest in it, and without."""

    addresses: Mapping[str, str]  # "style.css" -> "style.1f2e3d4c.css"
    answers: Mapping[str, Answer]

    def serve(self, name: str) -> Response:
        if name not in self.answers:
            abort(404)
        return self.answers[name].response()


def read_assets() -> Assets:
    """Read the static files."""
    addresses, answers = {}, {}
    for path in sorted(FOLDER.iterdir()):
        body, kind = path.read_bytes(), TYPES[path.suffix]
        addresses[path.name] = f"{path.stem}.{digest(body)[:8]}{path.suffix}"
        answers[path.name] = Answer(body, kind, AN_HOUR)
        answers[addresses[path.name]] = Answer(body, kind, FOREVER)
    return Assets(addresses, answers)
