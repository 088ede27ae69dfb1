"""Connection: the Dask client of the worker, made anew whenever the scheduler was gone and is back."""

from __future__ import annotations

import contextlib
import threading

from distributed import Client, Security

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name

_CONNECT_SECONDS = 10.0
_AGAIN_SECONDS = 2.0
_NO_PICKLES = ["dask", "msgpack", "error"]
"""How answers may be written: as plain values. A pickle could run code here."""


class Connection:
    """Keeps a connection with the scheduler at ``address``, for example ``tcp://host:8786``.

    For ``tls://`` the certificates are those of ``security``, or of Dask's own settings.
    """

    def __init__(self, address: str, security: Security | None = None) -> None:
        self.address = address
        self._security = security
        self._client: Client | None = None
        self._closing = threading.Event()
        self._renewing: threading.Thread | None = None

    def open(self) -> None:
        """Connect; raises DpmError if nobody answers there, or the certificates do not fit."""
        try:
            self._client = self._connect()
        except Exception as error:
            reason = display_name(str(error).splitlines()[0] if str(error) else type(error).__name__)
            raise DpmError(
                "cluster_unreachable", address=display_name(self.address), reason=reason
            ) from error

    @property
    def client(self) -> Client | None:
        """The client while it is connected; else a new connection is sought meanwhile."""
        client = self._client
        if client is not None and client.status == "running":
            return client
        if self._renewing is None and not self._closing.is_set():
            self._renewing = threading.Thread(target=self._renew, args=(client,), daemon=True)
            self._renewing.start()
        return None

    def close(self) -> None:
        """Leave the cluster."""
        self._closing.set()
        if self._renewing is not None:
            self._renewing.join(_CONNECT_SECONDS + _AGAIN_SECONDS)
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close(timeout=_AGAIN_SECONDS)

    def _renew(self, before: Client | None) -> None:
        if before is not None:
            with contextlib.suppress(Exception):
                before.close(timeout=_AGAIN_SECONDS)
        while not self._closing.wait(_AGAIN_SECONDS):
            try:
                self._client = self._connect()
                break
            except Exception:
                continue
        self._renewing = None

    def _connect(self) -> Client:
        return Client(
            self.address,
            security=self._security,
            timeout=_CONNECT_SECONDS,
            set_as_default=False,
            name="dpm-tui",
            deserializers=_NO_PICKLES,
        )
