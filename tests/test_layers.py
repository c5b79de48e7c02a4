"""The floors of the house: imports point down, also inside functions; core imports nothing impure."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "aggregator"

FLOORS = {
    "aggregator.errors": 1,
    "aggregator.model": 2,
    "aggregator.logs": 2,
    "aggregator.core": 3,
    "aggregator.config": 4,
    "aggregator.store": 4,
    "aggregator.fetch": 4,
    "aggregator.folder": 4,
    "aggregator.parsers": 4,
    "aggregator.steps": 5,
    "aggregator.schedule": 5,
    "aggregator.ending": 4,
    "aggregator.machine": 5,
    "aggregator.board": 5,
    "aggregator.member": 6,
    "aggregator.web.wsgi": 9,  # a command line of its own, for other servers
    "aggregator.web": 5,
    "aggregator.pipeline": 6,
    "aggregator.serving": 6,
    "aggregator.service": 7,
    "aggregator.doctor": 7,
    "aggregator.cli": 8,
    "aggregator.__main__": 9,
}
ROOM_OF = {  # one library, one room
    "feedparser": ("aggregator.core.parse",),
    "feedgen": ("aggregator.core.render",),
    "lxml": ("aggregator.core",),
    "sqlalchemy": ("aggregator.store",),
    "alembic": ("aggregator.store",),
    "apscheduler": ("aggregator.schedule",),
    "flask": ("aggregator.web",),
    "werkzeug": ("aggregator.web",),
    "prometheus_client": ("aggregator.web.metrics",),
    "waitress": ("aggregator.serving",),
    "granian": ("aggregator.serving",),
    "httptools": ("aggregator.fetch.http",),
    "click": ("aggregator.cli",),
}
IMPURE = {"asyncio", "http", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket"}
IMPURE |= {"sqlite3", "subprocess", "tempfile", "threading", "time", "urllib.request"}
PURE_ROOMS = ("aggregator.core", "aggregator.model", "aggregator.errors")


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(path: Path) -> set[str]:
    """Return every module that a file imports anywhere, except for annotations only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and getattr(test.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(test)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor(module: str) -> int | None:
    return next((FLOORS[room] for room in FLOORS if module == room or module.startswith(room + ".")), None)


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


@pytest.mark.parametrize("module", sorted(set(modules()) - {"aggregator"}))
def test_every_module_has_a_floor_and_imports_only_from_lower_ones(module: str) -> None:
    mine = floor(module)
    assert mine is not None, f"{module} has no floor in this table"
    room = next(r for r in FLOORS if module == r or module.startswith(r + "."))
    for imported in imports(modules()[module]):
        theirs = floor(imported)
        if theirs is None or within(imported, (room,)):
            continue
        assert theirs < mine, f"{module} (floor {mine}) imports {imported} (floor {theirs})"


@pytest.mark.parametrize("module", sorted(m for m in modules() if within(m, PURE_ROOMS)))
def test_pure_rooms_import_nothing_that_touches_the_world(module: str) -> None:
    impure = {name for name in imports(modules()[module]) if within(name, tuple(IMPURE))}
    assert not impure


@pytest.mark.parametrize("library", ROOM_OF)
def test_a_library_is_used_in_one_room(library: str) -> None:
    users = {module for module, path in modules().items() if within_any(imports(path), library)}
    assert users, f"nobody uses {library}: drop the row or the dependency"
    strangers = {module for module in users if not within(module, ROOM_OF[library])}
    assert not strangers


def within_any(imported: set[str], library: str) -> bool:
    return any(within(name, (library,)) for name in imported)


HEAVY = {"numpy", "flask", "sqlalchemy", "aiohttp", "pydantic", "lxml"}
HELP = f"""
import sys
sys.argv = ["aggregator", "--help"]
try:
    import aggregator.cli
    aggregator.cli.main()
except SystemExit:
    print(sorted({HEAVY} & set(sys.modules)))
"""


def test_help_imports_none_of_the_heavy_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
