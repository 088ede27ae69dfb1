"""HTML templates: files of markup with sentences of the catalogue in the place of their names."""

from __future__ import annotations

from html import escape
from importlib import resources
from string import Template

from dpm_tui.locale import translate


def read_asset(package: str, name: str) -> str:
    """Return the text of the file ``name`` in the folder ``assets`` of a package."""
    return resources.files(package).joinpath("assets", name).read_text(encoding="utf-8")


def fill_template(package: str, name: str, surface: str, /, **markup: str) -> str:
    """Return the template ``name`` of a package with ``markup`` in it as it is.

    What is not in ``markup`` is a sentence ``<surface>.<name>`` of the catalogue, as escaped text.
    """
    template = Template(read_asset(package, name))
    words = [word for word in template.get_identifiers() if word not in markup]
    return template.substitute({word: escape(translate(f"{surface}.{word}")) for word in words}, **markup)
