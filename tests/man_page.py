"""The manual page, made from the grammar of the command line, in each language.

``python -m tests.man_page`` writes the pages in ``docs/man`` anew.
"""

from __future__ import annotations

import os

from argparse_manpage.manpage import Manpage

from dpm_tui import __version__
from dpm_tui.cli.argparse_words import translate_argparse
from dpm_tui.cli.whole_parser import build_whole_parser
from dpm_tui.errors import ExitCode
from dpm_tui.locale import set_language, translate
from tests.support.pages import ROOT

PAGES = {"en": ROOT / "docs/man/dpm-tui.1", "zh_CN": ROOT / "docs/man/zh_CN/dpm-tui.1"}
"""Language -> its page, as it lies below ``share/man/man1`` or ``share/man/LANGUAGE/man1`` when installed."""
_NO_WRAPPING = "10000"
"""Columns: whatever shows the page wraps it."""
_SYNOPSIS = ".B dpm-tui\n[OPTION...] [DIR]\n.br\n.B dpm-tui\nVERB [OPTION...] DIR"


def make_page(language: str) -> str:
    """Return the manual page in a language, the same wherever it is made."""
    os.environ["COLUMNS"] = _NO_WRAPPING
    set_language(language)
    translate_argparse()
    about = {"manual_title": translate("cli.man_title"), "description": translate("cli.man_name")}
    parser = build_whole_parser(repeat=False)
    page = Manpage(
        parser,
        _data={"project_name": "dpm-tui", "version": __version__, "date": " ", **about},
        format="single-commands-section",
    )
    page.add_section("synopsis", "=", _SYNOPSIS)
    codes = ((code.value, translate(f"cli.man_exit_{code.name.lower()}")) for code in ExitCode)
    page.add_section(
        translate("cli.man_exit"), "=", "\n".join(f".TP\n.B {code}\n{_safe(text)}" for code, text in codes)
    )
    for name in ("files", "more"):
        page.add_section(translate(f"cli.man_{name}"), "=", _safe(translate(f"cli.man_{name}_text")))
    set_language("en")
    return str(page)


def _safe(text: str) -> str:
    """Return a text whose hyphens can be copied from the page."""
    return text.replace("-", r"\-")


def main() -> None:
    """Write the pages."""
    for language, path in PAGES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
