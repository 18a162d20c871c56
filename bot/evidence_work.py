"""`wensheng evidence`: what the pages of a case's posts showed when they were read, and whether that can still be proven."""

import os
from collections.abc import Sequence
from pathlib import Path

import typer

from bot.bootstrap import SEAL_FILE, open_house
from bot.faults import StartError
from bot.settings import load_settings
from casework.case import case_by_number
from monitoring.snapshot import Proof, examine, snapshots_of
from prompts import say
from storage.seal import load_or_create_seal

_SUFFIXES = {"html": ".html", "json": ".json", "xml": ".xml", "rss": ".xml", "atom": ".xml"}


async def show_evidence(settings_path: Path, number: str, out: Path | None) -> int:
    """Print each page of a case with its time and hash, and whether its bytes still have that hash. Returns 1 where some have not.

    Args:
        number: of the case, as people say it.
        out: folder that the pages are written to, readable by their owner only; None writes none.

    Raises:
        StartError: no such case, or no page of it was kept.
    """
    settings = load_settings(settings_path)
    async with open_house(settings, index=False) as house, house.database.reading() as session:
        case = await case_by_number(session, number)
        if case is None:
            raise StartError(say("cli.no_such_case", number=number))
        seal = load_or_create_seal(settings.data_dir / SEAL_FILE)
        snapshots = {snapshot.digest: snapshot for _, snapshot in await snapshots_of(session, case.event_id)}
        proofs = [examine(snapshot, seal) for snapshot in snapshots.values()]
    if not proofs:
        raise StartError(say("cli.no_evidence", number=number))
    for proof in proofs:
        typer.echo(_line(proof))
    if out:
        _write(proofs, out)
    return 0 if all(proof.holds or proof.snapshot.sealed is None for proof in proofs) else 1


def _line(proof: Proof) -> str:
    snapshot = proof.snapshot
    verdict = "holds" if proof.holds else "expired" if snapshot.sealed is None else "broken"
    return say(
        f"cli.evidence_{verdict}", at=f"{snapshot.fetched_at:%Y-%m-%d %H:%M:%S}", address=snapshot.address, digest=snapshot.digest,
        size=snapshot.size_bytes,
    )  # fmt: skip


def _write(proofs: Sequence[Proof], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for proof in proofs:
        if proof.body is None:
            continue
        suffix = next((suffix for kind, suffix in _SUFFIXES.items() if kind in proof.snapshot.media_type), ".bin")
        path = out / f"{proof.snapshot.digest[:16]}{suffix}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(proof.body)
        typer.echo(say("cli.evidence_written", path=path))
