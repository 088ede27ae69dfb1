"""The command line: one file a verb. Data goes to standard output, messages to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dpm_tui.errors import DpmError, ExitCode, reason_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``dpm-tui`` and return its exit code; errors are messages, never tracebacks."""
    from dpm_tui.cli.parser import parse
    from dpm_tui.shell_commands import remember_place, with_place

    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        if shell := getattr(options, "print_completion", None):
            from dpm_tui.cli.completion import write_completion

            print(write_completion(shell))
            return ExitCode.DONE
        remember_place(options)
        return int(options.run(options))
    except DpmError as error:
        print(with_place(f"dpm-tui: {error}"), file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.STOPPED)
    except BrokenPipeError:
        # The reader closed the pipe, as ``head`` does; at exit Python would report it a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return int(ExitCode.DONE)
    except OSError as error:
        from dpm_tui.file_names import display_name

        name = display_name(error.filename) if isinstance(error.filename, bytes | str) else ""
        print(f"dpm-tui: {name}: {reason_of(error)}", file=sys.stderr)
        return int(ExitCode.FAILED)
