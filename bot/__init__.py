"""Starts, wires, listens, talks: command line, settings, bootstrap, service loops, command dispatcher, conversation."""
