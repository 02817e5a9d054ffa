"""Fixtures for every test, each kind in a module of its own."""

pytest_plugins = ["tests.databases", "tests.program", "tests.outbox"]
