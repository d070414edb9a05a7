"""`python -m copy_that_orch` and the console script `copy-that-orch`."""

from __future__ import annotations

import importlib.util
import sys

_NEEDED = ("click", "rich", "numpy", "PIL", "cv2", "coloraide")  # the extra "images", by the names they are imported by


def main() -> None:
    """Run the command line and exit with its code: 0 done, 1 the work failed, 2 the command was wrong, 130 interrupted.

    Without what the extra `images` installs there is no command line: one line on stderr says so.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        sys.stderr.write(f"copy_that_orch: not installed: {names}; run: pip install 'copy_that_orch[images]'\n")
        sys.exit(2)
    try:
        from copy_that_orch.cli.main import main as command_line  # noqa: PLC0415 -- it loads the agents, and needs the extra
    except KeyboardInterrupt:  # to load them takes a moment
        sys.stderr.write("copy_that_orch: interrupted\n")
        sys.exit(130)
    sys.exit(command_line())


if __name__ == "__main__":
    main()
