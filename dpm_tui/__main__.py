"""``python -m dpm_tui``: the same as the command ``dpm-tui``."""

import sys

from dpm_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
