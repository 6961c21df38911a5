"""Four stories through the library's public API, short enough to copy; beside them, three under Brownie."""
