"""Measuring the bot on labelled data: one function per task, JSON lines in and out."""
