"""Settings: ``config.toml``, written whole at each change; unknown keys are kept."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import tomli_w

from dpm_tui.catalog.formats import EXTENSIONS
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.errors import DamagedError, UsageError
from dpm_tui.file_names import display_name, is_safe_path
from dpm_tui.review.rules.presets import check_name, clean_words
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.regular_file import read_regular
from dpm_tui.state.path_map import PathMap

_EARLIER_EXTENSIONS = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "apng", "bmp", "dib", "webp", "tif", "tiff", "gif", "avif"}
    | {"heic", "heif", "hif"}
)
"""What version 0.1 wrote where nobody had chosen any."""
CHOICES: dict[str, tuple[str, ...]] = {
    "model": ("auto", "photo", "illustration"),
    "device": ("auto", "cpu", "cuda", "mps"),
    "language": ("auto", "en", "zh_CN"),
    "theme": ("ansi", "dark", "light", "contrast"),
    "colour": ("auto", "truecolor", "256", "16", "mono", "ascii"),
    "pictures": ("auto", "pixels", "quadrants", "blocks"),
    "companions": ("ask", "together", "never"),
    "other_disks": ("bin", "copy", "refuse"),
}
_MAX_BYTES = 1 << 20
_MOST_ROOTS = 16
"""Other roots: each decoder holds all of them open."""
RANGES: dict[str, tuple[float, float]] = {
    "threshold": (0.0, 1.0),
    "workers": (0, 64),
    "memory": (0, 1 << 20),
    "workers_local": (0, 256),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set; each field is a key of ``config.toml``.

    ``workers`` 0 means one decoder per core. ``memory`` is what all decoders together may take, in
    MiB, 0 for half of the RAM: where it is short, fewer decoders run. ``other_roots`` are folders elsewhere,
    by their full paths, whose pictures are compared with those of the root. ``protected`` are folders below
    the root, or full paths in another root, whose files are never marked for removal. ``companions`` says
    whether sidecars, RAW twins and Live Photo movies move with their picture. ``keep_metadata`` says
    whether date, place, rating and keywords that only a removed copy has go into the side file of the kept
    picture. ``other_disks`` says where a file on another file system than the root's goes: to a recycle bin
    over there, as a verified copy to the root's, or nowhere. ``inspect`` says whether copies are looked at
    once more at full size before a rule may remove one. ``quick`` says whether the preview that a camera
    stored in a JPEG may be read instead of the picture. ``scheduler`` is the address of a Dask scheduler
    whose nodes do the work of a scan, ``path_map`` says where they see folders of this computer, each
    ``/here=/there``. Where there is no scheduler, ``workers_local`` nodes are started on this computer, none
    for 0. ``keeper`` are the words of the rule in force (see ``rules.criteria``), ``presets`` those of the
    rules that the user has saved, by name.
    """

    model: str = "auto"
    threshold: float = 0.6
    extensions: tuple[str, ...] = EXTENSIONS
    workers: int = 0
    device: str = "auto"
    confirm: bool = True
    stop_at_first_error: bool = False
    show_errors: bool = True
    bell: bool = True
    language: str = "auto"
    theme: str = "ansi"
    colour: str = "auto"
    pictures: str = "auto"
    mouse: bool = True
    finds: bool = True
    other_roots: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    companions: str = "ask"
    keep_metadata: bool = False
    other_disks: str = "bin"
    inspect: bool = True
    quick: bool = False
    memory: int = 0
    scheduler: str = ""
    path_map: tuple[str, ...] = ()
    workers_local: int = 0
    keeper: tuple[str, ...] = ("best",)
    presets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def asks_cluster(self) -> bool:
        """Whether nodes do the work of a scan."""
        return bool(self.scheduler or self.workers_local)

    @property
    def other_folders(self) -> tuple[bytes, ...]:
        """The other roots as paths of the file system."""
        return tuple(map(os.fsencode, self.other_roots))


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration with the unknown keys of its file, so that saving loses no key."""

    config: Config = field(default_factory=Config)
    unknown: dict[str, Any] = field(default_factory=dict)


def check_config(config: Config) -> Config:
    """Return ``config`` if every value is allowed; raises UsageError naming the first that is not."""
    for name, choices in CHOICES.items():
        value = getattr(config, name)
        if value not in choices:
            shown = display_name(value)
            raise UsageError("setting_choice", name=name, value=shown, choices=", ".join(choices))
    for name, (low, high) in RANGES.items():
        value = getattr(config, name)
        if not low <= value <= high:
            raise UsageError("setting_range", name=name, value=value, low=low, high=high)
    cleaned = dict.fromkeys(extension.lower().lstrip(".") for extension in config.extensions)
    cleaned.pop("", None)
    if not cleaned:
        raise UsageError("setting_extensions")
    for folder in config.protected:
        if ".." in folder.split("/"):
            raise UsageError("setting_folder", name="protected", value=display_name(folder))
    others = tuple(dict.fromkeys(folder.rstrip("/") for folder in config.other_roots))
    for folder in others:
        if not folder.startswith("/") or not is_safe_path(os.fsencode(folder)):
            raise UsageError("setting_root", name="other_roots", value=display_name(folder))
    if len(others) > _MOST_ROOTS:
        raise UsageError("setting_roots", name="other_roots", count=len(others), most=_MOST_ROOTS)
    PathMap.parse(config.path_map)
    presets = {
        check_name(name): _clean_rule(f"presets.{name}", words) for name, words in config.presets.items()
    }
    return replace(
        config,
        extensions=tuple(cleaned),
        other_roots=others,
        keeper=_clean_rule("keeper", config.keeper),
        presets=presets,
    )


def load_settings(path: Where) -> Settings:
    """Return the settings at ``path``; a missing file means the defaults.

    Raises UsageError naming the file and the key that cannot be used, DamagedError if it is no file or no
    TOML.
    """
    try:
        table = tomllib.loads(read_regular(path, _MAX_BYTES).decode("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (ValueError, RecursionError) as error:
        reason = display_name(str(error))
        raise DamagedError("config_syntax", path=display_name(os.fspath(path)), reason=reason) from error
    known = {item.name for item in fields(Config)}
    try:
        config = from_plain(Config, {key: value for key, value in table.items() if key in known})
    except ValueError as error:
        reason = display_name(str(error))
        raise UsageError("config_value", path=display_name(os.fspath(path)), reason=reason) from error
    if set(config.extensions) == _EARLIER_EXTENSIONS:
        config = replace(config, extensions=EXTENSIONS)
    unknown = {key: value for key, value in table.items() if key not in known}
    try:
        return Settings(check_config(config), unknown)
    except UsageError as error:
        raise UsageError("config_value", path=display_name(os.fspath(path)), reason=error.message) from error


def save_settings(path: Where, settings: Settings) -> None:
    """Write the settings to ``path``; raises OSError, in which case the old file is untouched."""
    table = {**settings.unknown, **to_plain(check_config(settings.config))}
    write_atomic(path, tomli_w.dumps(table).encode("utf-8"))


def _clean_rule(key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return clean_words(words)
    except UsageError as error:
        raise UsageError("setting_rule", name=display_name(key), reason=error.message) from error
