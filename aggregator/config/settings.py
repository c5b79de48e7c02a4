"""How it runs: the environment, read once into one frozen value."""

import difflib
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AnyHttpUrl, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from aggregator.errors import ConfigError

Network = IPv4Network | IPv6Network

PREFIX = "AGGREGATOR_"
HERE = (".localhost", ".local", ".internal", ".lan", ".test", ".invalid")  # names that mean nothing elsewhere
# Names of the contract that this version does not read yet; setting them is no mistake.
LATER = frozenset("RETENTION_DAYS TRUSTED_PROXIES ADMIN_TOKEN ADMIN_TOKEN_FILE LOG_FORMAT".split())


class Settings(BaseSettings):
    """How the program runs: `AGGREGATOR_*` in the environment, each with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = ""  # empty: SQLite in data_dir
    feeds_dir: Path = Path("feeds")
    seeds_dir: Path = Path("seeds")
    base_url: AnyHttpUrl | None = None  # None: http://127.0.0.1:<port>, and the pages say so
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    refresh_minutes: float = Field(default=30, ge=1, le=24 * 60)
    host_spacing_seconds: float = Field(default=1, ge=0, le=60)
    title: str = Field(default="aggregator", min_length=1, max_length=100)
    timezone: str = "UTC"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    hub_url: AnyHttpUrl | None = None  # None: nobody is told when a feed changes
    robots: Literal["disallow", "allow"] = "disallow"

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {value!r}; names look like 'Europe/Berlin'") from error
        return value

    @property
    def public_url(self) -> str:
        """Return the address our links are built on, without a slash at its end."""
        return str(self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def hub(self) -> str | None:
        """Return the address of our hub, as feeds name it."""
        return str(self.hub_url) if self.hub_url else None

    @property
    def is_reachable(self) -> bool:
        """Tell whether our links lead where others can reach us, not into this machine or its network."""
        host = (self.base_url.host or "").strip("[]") if self.base_url else ""
        try:
            return ip_address(host).is_global
        except ValueError:
            return "." in host and not host.endswith(HERE)

    @property
    def refresh_every(self) -> timedelta:
        return timedelta(minutes=self.refresh_minutes)


def read_settings() -> Settings:
    """Read the environment; raises ConfigError that names every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        reasons = "; ".join(
            f"{PREFIX}{e['loc'][0]}".upper() + f": {str(e['msg']).removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise ConfigError("environment", reasons) from error


def unknown_settings(environment: Mapping[str, str]) -> tuple[ConfigError, ...]:
    """Return a mistake for each variable that looks like one of ours and is none, with what was meant."""
    known = {name.upper() for name in Settings.model_fields}
    ours = (name.removeprefix(PREFIX) for name in sorted(environment) if name.startswith(PREFIX))
    return tuple(
        ConfigError("environment", f"unknown variable {PREFIX}{name}{_meant(name, known)}")
        for name in ours
        if name not in known | LATER
    )


def _meant(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {PREFIX}{near[0]}?" if near else ""
