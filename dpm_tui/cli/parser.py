"""The grammar of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module

from dpm_tui import __version__
from dpm_tui.cli import app
from dpm_tui.locale import set_language, translate

VERBS = ("scan", "review", "report", "clean", "bin", "decisions", "status", "stop", "doctor", "demo")
"""Each is a module of this package with ``add_arguments`` and ``run``, imported when a verb is used."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; ``run`` among them is the function to call.

    The first word decides between a verb and a folder for the app; ``./scan`` is a folder. Exits with
    code 2 on wrong usage.
    """
    first = next((word for word in arguments if not word.startswith("-")), "")
    if "--language" in arguments[:-1]:
        set_language(arguments[list(arguments).index("--language") + 1])
    options = (_verb_parser() if first in VERBS else _app_parser()).parse_args(arguments)
    if options.language:
        set_language(options.language)
    return options


def _app_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dpm-tui",
        description=translate("cli.app_help"),
        epilog=translate("cli.verbs_help", verbs=" ".join(VERBS)),
    )
    parser.add_argument("--version", action="version", version=f"dpm-tui {__version__}")
    _add_common(parser)
    app.add_arguments(parser)
    parser.set_defaults(run=app.run)
    return parser


def _verb_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dpm-tui")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for name in VERBS:
        module = import_module(f"dpm_tui.cli.{name}")
        text = translate(f"cli.{name}_help")
        verb = verbs.add_parser(name, help=text, description=text)
        _add_common(verb)
        module.add_arguments(verb)
        verb.set_defaults(run=module.run)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", metavar="DIR", default="", help=translate("cli.state_help"))
    parser.add_argument(
        "--language", choices=("auto", "en", "zh_CN"), default="", help=translate("cli.language_help")
    )
