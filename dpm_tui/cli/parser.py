"""The grammar of the command line."""

from __future__ import annotations

import argparse
import difflib
import os
import shlex
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import pairwise

from dpm_tui.cli.argparse_words import translate_argparse
from dpm_tui.cli.verbs import app
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import insist_on, set_language, translate

VERBS = (
    "scan", "review", "report", "find", "clean", "bin", "decisions", "status", "stop", "serve", "doctor",
    "demo",
)  # fmt: skip
"""Each is a module of this package with ``add_arguments`` and ``run``, imported when a verb is used."""
_WITH_VALUE = ("--state", "--language", "--with", "--without", "--protect")
"""Options that may stand before a verb and take a word, which is no verb then."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; ``run`` among them is the function to call.

    The first word that is no option decides between a verb and a folder for the app; ``./scan`` is a folder.
    Options may stand before and behind every word. Exits with code 2 on wrong usage; raises UsageError for
    words that make no sense together.
    """
    rest = list(arguments)
    if language := _value_of("--language", rest):
        set_language(language)
    if any(_is_empty(*words) for words in pairwise(["", *arguments])):
        raise UsageError("empty_argument")
    translate_argparse()
    place = next(_words(rest), -1)
    verb = rest.pop(place) if place >= 0 and rest[place] in VERBS else ""
    parser = _verb_parser(verb) if verb else _app_parser()
    options, extra = parser.parse_known_intermixed_args(rest)
    if not verb and place >= 0 and not os.path.lexists(rest[place]) and _verb_like(rest[place]):
        raise _not_understood(rest, place)
    if extra:
        if not verb and not any(word.startswith("-") for word in extra):
            raise _not_understood(rest, place)
        parser.error(translate("usage.unrecognized") % shlex.join(extra))
    if options.language:
        insist_on(options.language)
    return options


def _words(arguments: Sequence[str]) -> Iterator[int]:
    """Yield the places of what is no option, up to ``--``: nothing behind that is a verb."""
    skip = False
    for place, word in enumerate(arguments):
        if word == "--":
            return
        if not skip and not word.startswith("-"):
            yield place
        skip = not skip and word in _WITH_VALUE


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """Return the value of an option on a command line that is not parsed yet."""
    for word, following in pairwise([*arguments, ""]):
        if word == option:
            return following
        if word.startswith(option + "="):
            return word.partition("=")[2]
    return ""


def _verb_like(word: str) -> str:
    """Return the verb that a word may be a misspelling of, empty if there is none."""
    return "" if "/" in word else next(iter(difflib.get_close_matches(word, VERBS, 1, 0.7)), "")


def _not_understood(arguments: Sequence[str], place: int) -> UsageError:
    """Return the error for words of which the first should be a verb, with the line that may be meant."""
    if verb := _verb_like(arguments[place]):
        meant = ["dpm-tui", verb, *arguments[:place], *arguments[place + 1 :]]
        line = display_name(shlex.join(meant))
        return UsageError("verb_slip", word=display_name(arguments[place]), line=line)
    return UsageError("verb_unknown", words=display_name(shlex.join(arguments)), verbs=" ".join(VERBS))


def _is_empty(before: str, word: str) -> bool:
    """Return whether a word names nothing, as an unset variable does; only a filter may be empty."""
    option, equals, value = word.partition("=")
    if not word.startswith("--") or not equals:
        option, value = before, word
    return not value and option != "--filter"


def _app_parser() -> argparse.ArgumentParser:
    parser = _new_parser(
        "dpm-tui", translate("cli.app_help"), translate("cli.verbs_help", verbs=" ".join(VERBS))
    )
    app.add_arguments(parser)
    add_completion_option(parser)
    parser.set_defaults(run=app.run)
    return _fix_usage(parser)


def _verb_parser(verb: str) -> argparse.ArgumentParser:
    module = import_module(f"dpm_tui.cli.verbs.{verb}")
    parser = _new_parser(f"dpm-tui {verb}", translate(f"cli.{verb}_help"))
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)
    return _fix_usage(parser)


def _new_parser(prog: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    """Return a parser with the options of every command line."""
    parser = argparse.ArgumentParser(prog=prog, description=description, epilog=epilog)
    add_common_options(parser)
    return parser


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command line knows."""
    parser.add_argument("--version", action=_Version, nargs=0, help=translate("usage.version"))
    parser.add_argument("--state", metavar="DIR", default="", help=translate("cli.state_help"))
    parser.add_argument("--shared-bin", action="store_true", help=translate("cli.shared_bin_help"))
    parser.add_argument(
        "--language", choices=("auto", "en", "zh_CN"), default="", help=translate("cli.language_help")
    )


def add_completion_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that prints what completes command lines in a shell."""
    shells = ("bash", "zsh", "tcsh")
    parser.add_argument("--print-completion", choices=shells, help=translate("cli.completion_help"))


class _Version(argparse.Action):
    """Prints what this was built from, which is read only then, and ends."""

    def __call__(self, parser: argparse.ArgumentParser, *ignored: object) -> None:
        from dpm_tui.cli.build_facts import list_build_facts

        print("\n".join(list_build_facts()))
        parser.exit()


def _fix_usage(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return the parser with its usage line: argparse would cut a translated heading wrongly."""
    parser.usage = parser.format_usage().removeprefix(translate("usage.usage")).rstrip()
    return parser
