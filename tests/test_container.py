"""The container files: what they promise, as far as it can be told without building them."""

from __future__ import annotations

import fnmatch
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from dpm_tui.cli.parser import VERBS
from tests.support.pages import ROOT

FOLDER = ROOT / "docs/container"
CONTAINERFILE = FOLDER / "Containerfile"
COMPOSES = sorted(FOLDER.glob("compose.*.yaml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@cache
def steps() -> list[tuple[str, str]]:
    """Return each instruction with its value."""
    found = DockerfileParser(fileobj=io.BytesIO(CONTAINERFILE.read_bytes())).structure
    return [(step["instruction"], step["value"]) for step in found if step["instruction"] != "COMMENT"]


def last(instruction: str) -> str:
    return [value for name, value in steps() if name == instruction][-1]


def service(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["services"]["dpm-tui"]
    return found


@pytest.mark.slow
def test_a_linter_has_nothing_to_say() -> None:
    places = os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"]))
    hadolint = shutil.which("hadolint", path=places)
    if hadolint is None:
        pytest.skip("hadolint is not installed")
    command = [hadolint, str(CONTAINERFILE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_debian_with_an_ordinary_user_and_the_pictures_alone() -> None:
    assert {value.split()[0] for name, value in steps() if name == "FROM"} == {
        "docker.io/library/debian:trixie-slim", "base",
    }  # fmt: skip
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last("USER"))
    assert f"--uid {last('USER').partition(':')[0]} " in last("RUN")
    assert [value for name, value in steps() if name == "VOLUME"] == ["/pictures"]
    assert last("CMD") == '["/pictures"]'
    after_user = [name for name, _ in steps()][[name for name, _ in steps()].index("USER") :]
    assert "RUN" not in after_user
    assert "COPY" not in after_user


def test_its_command_is_one_that_the_package_installs_on_its_path() -> None:
    (command,) = yaml.safe_load(last("ENTRYPOINT"))
    assert command in PROJECT["scripts"]
    copied = last("COPY").split()
    assert copied[-2:] == ["/opt/dpm-tui", "/opt/dpm-tui"]
    assert f"PATH={copied[-1]}/bin:" in last("ENV")
    installed = " ".join(value for name, value in steps() if name == "RUN")
    for extra in re.findall(r"'\.\[(\w+)\]'", installed):
        assert extra in PROJECT["optional-dependencies"]
    torch = next(line for line in PROJECT["dependencies"] if line.startswith("torch"))
    assert f"'{torch}' --index-url" in installed
    assert last("ARG").endswith("https://download.pytorch.org/whl/cpu")


def test_the_build_gets_what_the_package_is_built_from() -> None:
    lines = (FOLDER / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    assert all((ROOT / path).exists() for path in taken)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    target = wheel["targets"]["wheel"]
    needed = [
        *target["packages"],
        *target["force-include"],
        *target["shared-data"],
        PROJECT["readme"],
        "LICENSE",
    ]
    for path in needed:
        assert any(path == each or path.startswith(f"{each}/") for each in taken), path


@pytest.mark.parametrize("path", COMPOSES, ids=lambda path: path.name)
def test_a_compose_file_mounts_the_pictures_and_gives_no_rights(path: Path) -> None:
    made = service(path)
    (mount,) = made["volumes"]
    place, inside = mount.split(":")
    assert inside == last("VOLUME") == "/pictures"
    assert fnmatch.fnmatch(place, "/volume1/*" if "synology" in path.name else "/share/*")
    assert re.fullmatch(r"[1-9]\d+:\d+", made["user"])
    assert made["read_only"] is True
    assert made["tmpfs"] == ["/tmp"]
    assert made["network_mode"] == "none"
    assert made["cap_drop"] == ["ALL"]
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in made
    assert made["tty"] is made["stdin_open"] is True
    build = made["build"]
    assert (path.parent / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]) == CONTAINERFILE


@pytest.mark.parametrize("path", COMPOSES, ids=lambda path: path.name)
def test_the_commands_beside_a_compose_file_are_ours(path: Path) -> None:
    commands = [
        line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#   docker")
    ]
    assert len(commands) == 2
    for line in commands:
        words = shlex.split(line.removeprefix("#"))
        assert words[3] == str(path.relative_to(ROOT))
        asked = words[words.index("dpm-tui") + 1 :]
        assert not asked or asked[0] in (*VERBS, "the")
