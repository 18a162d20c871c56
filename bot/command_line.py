"""What all commands share: their options, and how a command ends."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings_path import SETTINGS_FILE

SettingsPath = Annotated[Path, typer.Option("--settings", "-s", help="设置文件。", envvar="WENSHENG_SETTINGS")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]
DEFAULT_SETTINGS = Path(SETTINGS_FILE)


def finish(work: Coroutine[Any, Any, int]) -> None:
    """Do the work and end with its code; every known fault ends as one sentence."""
    from bot.faults import KNOWN_FAULTS, sentence_of

    try:
        code = asyncio.run(work)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stdout = None  # nothing is left to flush into
        code = 0
    except KNOWN_FAULTS as fault:
        typer.secho(sentence_of(fault), err=True, fg="red")
        code = 1
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)
