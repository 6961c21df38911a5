"""Entry point of `prepaid`.

Exit status: 0 done, 1 an expectation failed, 2 usage, 3 reverted, 4 environment missing or broken (and bugs),
5 refused by the wallet's policy; 130 interrupted or told to end, 141 the reader of a pipe went away.
PREPAID_DEBUG=1 adds a traceback. Imports nothing at module level, so that an interrupt while Python loads is
met here too.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run `prepaid` with `args` (default: the process's own) and return the exit status."""
    try:
        if args is None:
            import signal

            # Told to end, it ends as after Ctrl-C: nodes that it started go with it.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        from cli.run import run

        status = run(list(sys.argv[1:] if args is None else args))
    except KeyboardInterrupt:
        # Before the language is known, or a second time while the first is being told.
        print("interrupted", file=sys.stderr)
        status = 130
    if args is None:
        # Nothing is left to do, so an interrupt from here on ends the process without a word.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return status


if __name__ == "__main__":
    sys.exit(main())
