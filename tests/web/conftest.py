"""The scanned album of the commands, shown in pages."""

from tests.cli.conftest import album, scanned_once

__all__ = ("album", "scanned_once")
