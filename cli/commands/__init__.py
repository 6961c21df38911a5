"""One module a top-level command. Each parses, calls one service and returns a Result."""
