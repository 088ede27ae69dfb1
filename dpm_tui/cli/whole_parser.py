"""The whole grammar in one parser, with every verb: what completions and the manual page are made from."""

from __future__ import annotations

import argparse
from importlib import import_module

from dpm_tui.cli.parser import VERBS, add_common_options, add_completion_option
from dpm_tui.cli.verbs import app
from dpm_tui.locale import translate


def build_whole_parser(*, repeat: bool = True) -> argparse.ArgumentParser:
    """Return the parser of the app with that of each verb below it; it is not meant to parse.

    The folder that the app takes in place of a verb is no argument of it. Verbs ``repeat`` the options that
    every command line knows.
    """
    parser = argparse.ArgumentParser("dpm-tui", description=translate("cli.app_help"))
    add_common_options(parser)
    app.add_options(parser)
    add_completion_option(parser)
    verbs = parser.add_subparsers(title=translate("cli.verbs_title"), metavar=translate("cli.verbs_metavar"))
    for verb in VERBS:
        about = translate(f"cli.{verb}_help")
        one = verbs.add_parser(verb, prog=f"dpm-tui {verb}", description=about, help=about)
        if repeat:
            add_common_options(one)
        import_module(f"dpm_tui.cli.verbs.{verb}").add_arguments(one)
    return parser
