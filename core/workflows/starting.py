"""Start the app, and write a launcher for it."""

from core.launch import run, write_shortcut

__all__ = ["run", "write_shortcut"]
