"""``dpm-tui serve DIR``: the app in a browser."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from importlib.util import find_spec
from urllib.parse import urlsplit

from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.errors import DpmError, ExitCode, UsageError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate

_HOST, _PORT = "127.0.0.1", 8321
_PASSWORD_VARIABLE = "DPM_TUI_PASSWORD"
_LEAST_LETTERS = 8
_MOST_BYTES = 4096


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR and the options of a server."""
    add_folder(parser)
    parser.add_argument("--host", metavar="HOST", default=_HOST, help=translate("cli.host_help"))
    parser.add_argument("--port", metavar="PORT", type=int, default=_PORT, help=translate("cli.port_help"))
    parser.add_argument("--public-url", metavar="URL", default="", help=translate("cli.public_url_help"))
    parser.add_argument(
        "--password-file", metavar="FILE", default="", help=translate("cli.password_file_help")
    )


def run(options: argparse.Namespace) -> int:
    """Serve until a signal comes; return the exit code."""
    layout = find_layout(options)
    if not 0 <= options.port <= 65535:
        raise UsageError("bad_port", port=str(options.port))
    if find_spec("textual_serve") is None:
        raise DpmError("serve_missing")
    # It brings a web server, which no other verb needs.
    from dpm_tui.web.access import Access
    from dpm_tui.web.origins import Origins, is_loopback, reachable_host
    from dpm_tui.web.page_session import session_command
    from dpm_tui.web.server import PageServer
    from dpm_tui.web.serving import serve_pages

    access = Access(_read_password(options, needed=not is_loopback(options.host)))
    origins = Origins(options.host, _public_url(options.public_url))
    language = options.language
    server = PageServer(layout.root, lambda cell: session_command(layout, language, cell), access, origins)

    def ready(port: int) -> None:
        base = origins.public or f"http://{_bracketed(reachable_host(options.host))}:{port}"
        print(f"{base}/?token={access.token}", flush=True, file=sys.__stdout__)
        print(translate("cli.serving"), file=sys.stderr)

    serve_pages(server, options.host, options.port, ready)
    return ExitCode.DONE


def _public_url(url: str) -> str:
    """Return the address of a reverse proxy; raises UsageError for one that no browser could open."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise UsageError("bad_public_url", url=display_name(url))
    return url.rstrip("/")


def _read_password(options: argparse.Namespace, *, needed: bool) -> str:
    """Return the password of the file, of the environment, or, where one is ``needed``, of a question.

    It is empty where none is needed nor given. Raises UsageError for one that is too short, and where
    nobody can be asked.
    """
    # Nothing that is started from here has any use for it.
    password = os.environ.pop(_PASSWORD_VARIABLE, "")
    if options.password_file:
        password = _first_line(options.password_file)
    elif not password and needed:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("password_needed", host=display_name(options.host))
        password = getpass.getpass(translate("cli.ask_password"), stream=sys.stderr)
    if (password or needed or options.password_file) and len(password) < _LEAST_LETTERS:
        raise UsageError("password_short", least=_LEAST_LETTERS)
    return password


def _first_line(name: str) -> str:
    try:
        with open(name, "rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise DpmError("password_unreadable", path=display_name(name), reason=reason_of(error)) from error
    return content.partition(b"\n")[0].strip(b"\r").decode("utf-8", "surrogateescape")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
