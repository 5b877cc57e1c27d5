"""Caps of the page: profiles, and single caps by option and environment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MB = 1_000_000
VARIABLE = "GRAPHKIT_LIMIT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of the page; the defaults are for a machine of one's own.

    Parameters
    ----------
    sequences, letters
        Most records of one job, and letters of one record.
    upload_mb, slide_mb
        Largest body of a request with sequences, and with a table of spots or cells, in 10^6 bytes.
    memory_mb
        What a table may take in memory, by the sizes that its file declares.
    upload_seconds, seconds
        How long an upload and a job may take.
    queue, workers
        Jobs that wait, and processes that work.
    per_minute
        Jobs of one address in a minute.
    keep_minutes, kept
        How long results are kept, and of how many jobs.
    """

    sequences: int = 2_000
    letters: int = 20_000_000
    upload_mb: int = 100
    slide_mb: int = 200
    memory_mb: int = 16_000
    upload_seconds: int = 600
    seconds: int = 3_600
    queue: int = 100
    workers: int = 1
    per_minute: int = 10_000
    keep_minutes: int = 60
    kept: int = 1_000

    def but(self, asked: Sequence[str], environment: Mapping[str, str]) -> Limits:
        """Return these limits with others of the environment, and of options above those.

        Parameters
        ----------
        asked
            ``NAME=NUMBER``, as the option has it.
        environment
            Names in capitals after ``GRAPHKIT_LIMIT_``.

        Raises
        ------
        InputError
            Where there is no such limit, or it is no whole number above 0.

        Examples
        --------
        >>> PUBLIC.but(["queue=5"], {"GRAPHKIT_LIMIT_SECONDS": "90"}).seconds
        90
        """
        given = {
            key.removeprefix(VARIABLE).lower(): text
            for key, text in environment.items()
            if key.startswith(VARIABLE)
        }
        given |= {name: text for name, _, text in (one.partition("=") for one in asked)}
        known: dict[str, Any] = asdict(self)
        for name, text in given.items():
            if name not in known:
                remedy = f"There are {', '.join(known)}."
                raise InputError(f"no limit {name!r}", slot="--limit", remedy=remedy)
            if not (text.isdecimal() and text.isascii() and int(text[:12]) > 0):
                remedy = f"Give a whole number above 0, as {name}={known[name]}."
                raise InputError(f"{name} is {text!r}", slot="--limit", remedy=remedy)
        return replace(self, **{name: int(text[:12]) for name, text in given.items()})


LOCAL = Limits()
PUBLIC = Limits(
    sequences=50,
    letters=100_000,
    upload_mb=2,
    slide_mb=20,
    memory_mb=2_000,
    upload_seconds=30,
    seconds=60,
    queue=20,
    per_minute=20,
    kept=500,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings that a page is opened with.

    Parameters
    ----------
    limits
        Caps.
    model
        Name or folder.
    transcripts
        FASTA that ids select from, where nothing is pasted.
    opened
        Table with results to show.
    hosts
        Names under which the page may be asked for, beside those of this machine.
    """

    limits: Limits = LOCAL
    model: str = "lncloc"
    transcripts: Path | None = None
    opened: Path | None = None
    hosts: tuple[str, ...] = ()
