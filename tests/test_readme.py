"""README keeps its word: commands, settings and rooms are those of the program."""

import re
from pathlib import Path

from aggregator.cli import main
from aggregator.config import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme_and_the_other_way_round() -> None:
    named = set(re.findall(r"`aggregator ([a-z]+)", README))
    assert named == set(main.commands)


def test_every_setting_is_in_the_readme_and_the_other_way_round() -> None:
    named = set(re.findall(r"AGGREGATOR_([A-Z_]+)", README))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_room_of_the_picture_exists() -> None:
    picture = README.split("## Picture")[1].split("## Words")[0]
    rooms = re.findall(r"`([a-z_]+(?:/[a-z_]*)*(?:\.py)?)`", picture)
    assert len(rooms) > 10
    missing = [
        room for room in rooms if not (ROOT / "aggregator" / room.removeprefix("aggregator/")).exists()
    ]
    assert missing == [] or missing == ["seeds/", "feeds/"]


def test_make_commands_in_the_readme_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_test_that_a_promise_names_exists() -> None:
    promises = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/)?(test_\w+\.py|browser/)`", promises))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).exists()] == []
