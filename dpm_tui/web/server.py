"""The server: hands the page out to whoever has the token, and runs an app for each page."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from html import escape
from importlib import resources
from typing import Any

from aiohttp import WSMsgType, web

from dpm_tui.file_names import display_name
from dpm_tui.html_template import fill_template, read_asset
from dpm_tui.locale import current_language, translate
from dpm_tui.web.access import Access, Refusal, Standing
from dpm_tui.web.app_process import AppProcess
from dpm_tui.web.origins import Origins
from dpm_tui.web.page_session import Cell

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Command = Callable[[Cell], str]

_LIBRARY = resources.files("textual_serve") / "static"
_ASSETS = {
    "page.js": "text/javascript",
    "page.css": "text/css",
    "door.css": "text/css",
}
_HEARTBEAT_SECONDS = 20
MOST_PAGES = 16
"""Pages that are open at the same time: each has a process with some 100 MB."""
_MOST_TYPED = 1 << 20
"""Bytes of one message: more than anybody pastes."""
_MOST_CELLS, _MOST_PIXELS = 1000, 200
_SMALLEST_LETTERS, _LETTERS, _LARGEST_LETTERS = 6, 16, 40


class PageServer:
    """Serves the app on ``root``; ``command`` gives the line that runs it, by the size of a letter."""

    def __init__(self, root: bytes, command: Command, access: Access, origins: Origins) -> None:
        self._name = display_name(root)
        self._command = command
        self._access = access
        self._origins = origins
        self._cookie = "dpm-tui"
        self._sockets: set[web.WebSocketResponse] = set()

    def application(self) -> web.Application:
        """Return what answers requests."""
        app = web.Application(middlewares=[self._guard], client_max_size=1 << 16)
        app.router.add_get("/", self._index)
        app.router.add_post("/login", self._log_in)
        app.router.add_get("/ws", self._open_session)
        app.router.add_get("/assets/{name}", self._asset)
        app.router.add_static("/static", str(_LIBRARY))
        app.on_response_prepare.append(self._forbid_what_is_foreign)
        app.on_shutdown.append(self._close_pages)
        return app

    def use_port(self, port: int) -> None:
        """Name the cookie after the port: browsers send a cookie to every port of a machine."""
        self._cookie = f"dpm-tui-{port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let nobody in who does not know the secret, nor a page of somebody else."""
        if not self._origins.knows_host(request.host):
            return self._door("unknown_host", 403)
        if request.path in ("/ws", "/login") and not self._is_own(request):
            return self._door("foreign_page", 403)
        if request.path in ("/", "/assets/door.css"):
            return await handler(request)
        match self._standing(request):
            case Standing.STRANGER:
                return self._door("needs_token", 401)
            case Standing.KNOWN if request.path != "/login":
                return self._door("needs_password", 401)
        return await handler(request)

    async def _index(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page, the question for the password, or what is needed."""
        if token := request.query.get("token", ""):
            cookie = self._access.take_token(token)
            return self._let_in(cookie) if cookie else self._door("needs_token", 401)
        match self._standing(request):
            case Standing.STRANGER:
                return self._door("needs_token", 401)
            case Standing.KNOWN:
                return self._login_page()
        size = _number(request.query.get("fontsize"), _LARGEST_LETTERS)
        page = fill_template(
            __package__,
            "page.html",
            "web",
            language=current_language().replace("_", "-"),
            name=escape(self._name),
            font_size=str(size if size >= _SMALLEST_LETTERS else _LETTERS),
        )
        return web.Response(text=page, content_type="text/html")

    async def _log_in(self, request: web.Request) -> web.StreamResponse:
        """Take the password."""
        form = await request.post()
        answer = self._access.take_password(
            request.cookies.get(self._cookie, ""), str(form.get("password", ""))
        )
        if not isinstance(answer, Refusal):
            return self._let_in(answer)
        if answer.seconds:
            wait = max(round(answer.seconds), 1)
            response = self._login_page(translate("web.wait", seconds=wait), 429)
            response.headers["Retry-After"] = str(wait)
            return response
        return self._login_page(translate("web.wrong_password"), 401)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _ASSETS:
            raise web.HTTPNotFound
        return web.Response(text=read_asset(__package__, name), content_type=_ASSETS[name])

    async def _open_session(self, request: web.Request) -> web.StreamResponse:
        """Run an app for a page for as long as it is connected."""
        if len(self._sockets) >= MOST_PAGES:
            return self._door("too_many_pages", 503)
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_MOST_TYPED)
        await socket.prepare(request)
        asked = request.query
        size = _number(asked.get("width"), _MOST_CELLS, 80), _number(asked.get("height"), _MOST_CELLS, 24)
        cell = _number(asked.get("cell_width"), _MOST_PIXELS), _number(asked.get("cell_height"), _MOST_PIXELS)
        process = AppProcess(
            self._command(cell),
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,
        )
        self._sockets.add(socket)
        try:
            await process.start(*size)
            await _follow(socket, process)
        finally:
            self._sockets.discard(socket)
            await process.stop()
        return socket

    async def _close_pages(self, app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close()

    def _standing(self, request: web.Request) -> Standing:
        return self._access.standing(request.cookies.get(self._cookie, ""))

    def _is_own(self, request: web.Request) -> bool:
        return self._origins.is_own(request.headers.get("Origin", ""), request.host)

    def _let_in(self, cookie: str) -> web.Response:
        """Lead to the page without the secret in its address, with a cookie in its place."""
        response = web.Response(status=303, headers={"Location": "./"})
        response.set_cookie(
            self._cookie, cookie, httponly=True, samesite="Lax", secure=self._origins.is_encrypted
        )
        return response

    def _login_page(self, note: str = "", status: int = 200) -> web.Response:
        form = fill_template(__package__, "login.html", "web", note=escape(note))
        return self._page_of(form, status)

    def _door(self, why: str, status: int) -> web.Response:
        return self._page_of(f"<p>{escape(translate(f'web.{why}'))}</p>", status)

    def _page_of(self, content: str, status: int) -> web.Response:
        language = current_language().replace("_", "-")
        page = fill_template(__package__, "door.html", "web", language=language, content=content)
        return web.Response(text=page, status=status, content_type="text/html")

    async def _forbid_what_is_foreign(self, request: web.Request, response: web.StreamResponse) -> None:
        """Forbid the browser to fetch from elsewhere, and to show the page inside another."""
        host = request.host if self._origins.knows_host(request.host) else ""
        # Older browsers do not count web sockets of the same server as their own.
        sockets = f"ws://{host} wss://{host}" if host else ""
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
            f"img-src 'self' data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        response.headers.update(
            {
                "Content-Security-Policy": policy,
                "Cache-Control": "no-store",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Referrer-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
            }
        )


async def _follow(socket: web.WebSocketResponse, process: AppProcess) -> None:
    """Hand on what the page says until it leaves; what makes no sense is dropped."""
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        try:
            told: Any = json.loads(message.data)
        except ValueError:
            continue
        match told:
            case ["stdin", str(typed)]:
                # Textual takes nothing for the end of what is typed.
                if data := typed.encode("utf-8", "ignore"):
                    await process.send_bytes(data)
            case ["resize", {"width": int(width), "height": int(height)}]:
                if _number(width, _MOST_CELLS) and _number(height, _MOST_CELLS):
                    await process.set_terminal_size(width, height)
            case ["ping", str(sign)]:
                await socket.send_json(["pong", sign])
            case ["blur" | "focus" as name, *_]:
                await process.send_meta({"type": name})
            case ["well"]:
                await process.send_meta({"type": "well"})


def _number(value: object, most: int, otherwise: int = 0) -> int:
    """Return a number that a page has sent, as far as it is one from 1 to ``most``."""
    text = str(value)
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    return number if 1 <= number <= most else otherwise
