"""Origins: under which addresses a browser may ask for the app, against pages that borrow its name.

A page of somebody else can let its own name lead to this machine, or open a connection to the app from its
own place. The first sends a foreign name as the host, the second a foreign origin.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z.-]+))(?::[0-9]{1,5})?")


class Origins:
    """The names that the app goes by: those of this machine, addresses in numbers, and the public one.

    ``host`` is the one that is listened on, ``public_url`` the address that a reverse proxy answers at.
    """

    def __init__(self, host: str, public_url: str = "") -> None:
        self.public = public_url
        names = {"localhost", host, urlsplit(self.public).hostname or ""}
        self._names = {name.lower() for name in names if name}

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers come by an encrypted line."""
        return self.public.startswith("https:")

    def knows_host(self, host: str) -> bool:
        """Return whether the header ``Host`` of a request names this server.

        No page can let an address in numbers lead elsewhere.
        """
        name = _name_of(host)
        return name in self._names or _is_number(name)

    def is_own(self, origin: str, host: str) -> bool:
        """Return whether a request that names ``host`` comes from a page of this server."""
        parts = urlsplit(origin)
        if self.public and origin.lower() == _origin_of(self.public):
            return True
        return self.knows_host(host) and parts.scheme in ("http", "https") and parts.netloc == host


def is_loopback(host: str) -> bool:
    """Return whether nobody but this machine reaches what listens on ``host``."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_host(host: str) -> str:
    """Return the address by which others reach what listens on ``host``: of all of them the usual one."""
    try:
        if not ipaddress.ip_address(host).is_unspecified:
            return host
    except ValueError:
        return host
    family, somewhere = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # Sends nothing: the system only chooses the address that it would send from.
            probe.connect((somewhere, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return "::1" if ":" in host else "127.0.0.1"


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _name_of(host: str) -> str:
    """Return the name in a header ``Host``, without the port; empty where it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
