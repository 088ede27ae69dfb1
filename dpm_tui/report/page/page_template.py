"""The page template: its parts that never change, with words of the catalogue and a strict policy.

No name is ever part of the page's markup but as escaped text, and none is part of its script: what the script
shows comes as JSON, and it sets nothing but texts and attributes. A browser runs no other script, and fetches
nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json

from dpm_tui.html_template import read_asset
from dpm_tui.locale import translate

_SCRIPTS = ("pictures.js", "selection.js", "group_view.js", "controls.js")
"""In the order in which they build on each other."""
_WORDS = (
    "kept", "goes", "stays", "better", "worse", "alike", "differs", "flip", "flipped", "no_picture",
    "shown", "nothing_shown", "theme_auto", "theme_light", "theme_dark",
)  # fmt: skip
"""Sentences that the script says."""
_VALUES = {name: f"{{{name}}}" for name in ("first", "last", "total", "path", "other")}
"""The values in these sentences, which the script fills in."""
_IN_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def style_text() -> str:
    """Return the style sheet."""
    return read_asset(__package__, "page.css")


def script_text() -> str:
    """Return the script."""
    return "".join(read_asset(__package__, name) for name in _SCRIPTS)


def policy_text() -> str:
    """Return the content security policy: our script and style, pictures in the page, and nothing else."""
    script, style = _hash(script_text()), _hash(style_text())
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def data_block(name: str, value: object) -> str:
    """Return a value as a block of JSON that the script finds by its class; no markup can be in it."""
    text = json.dumps(value, separators=(",", ":")).translate(_IN_MARKUP)
    return f'<script type="application/json" class="{name}">{text}</script>\n'


def script_words() -> dict[str, str]:
    """Return what the script says, by the names of the sentences."""
    return {word: translate(f"report.{word}", **_VALUES) for word in _WORDS}


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
