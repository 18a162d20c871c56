"""`python -m bot` is the same as `wensheng`."""

from bot.cli import main

main()
