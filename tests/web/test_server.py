"""The server lets nobody in without the secret, and no page of somebody else; it runs no app for them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from dpm_tui.html_template import read_asset
from dpm_tui.web import server
from dpm_tui.web.access import Access
from dpm_tui.web.origins import Origins
from dpm_tui.web.server import PageServer

PATHS = (
    "/static/js/textual.js",
    "/static/css/xterm.css",
    "/assets/page.js",
    "/assets/page.css",
    "/ws",
    "/nowhere",
)
PASSWORD = "correct horse"
Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]


@asynccontextmanager
async def client_of(password: str = "", public_url: str = "") -> AsyncIterator[tuple[Client, Access]]:
    """Give a browser for a server whose app must never be started."""

    def refuse(cell: tuple[int, int]) -> str:
        raise AssertionError("an app was started")

    access = Access(password)
    pages = PageServer(b"/pictures/<b>\xff", refuse, access, Origins("127.0.0.1", public_url))
    jar = aiohttp.CookieJar(unsafe=True)
    async with TestClient(TestServer(pages.application()), cookie_jar=jar) as client:
        yield client, access


def own(client: Client) -> dict[str, str]:
    """Return the origin of the server's own pages."""
    return {"Origin": f"http://{client.host}:{client.port}"}


async def test_strangers_get_nothing_but_what_to_do() -> None:
    async with client_of() as (client, _):
        for path in ("/", "/?token=", "/?token=guessed", *PATHS):
            async with client.get(path, headers=own(client)) as response:
                assert response.status == 401, path
                assert "dpm-tui serve printed" in await response.text()
                assert not response.cookies


async def test_the_token_opens_the_page_and_vanishes_from_the_address() -> None:
    async with client_of() as (client, access):
        async with client.get(f"/?token={access.token}", allow_redirects=False) as response:
            assert response.status == 303
            assert response.headers["Location"] == "./"
            (cookie,) = response.cookies.values()
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert access.token not in cookie.value
        async with client.get("/") as response:
            text = await response.text()
            assert response.status == 200
            assert "<title>dpm-tui /pictures/&lt;b&gt;\\xff</title>" in text
            assert access.token not in text
        for path in PATHS[:4]:
            async with client.get(path) as response:
                assert response.status == 200
        async with client.get("/static/") as response:
            assert response.status in (403, 404), "folders are not listed"


@pytest.mark.parametrize("path", ["/", "/ws", "/assets/page.js"])
async def test_a_foreign_name_gets_nothing_even_with_the_cookie(path: str) -> None:
    async with client_of() as (client, access):
        await client.get(f"/?token={access.token}")
        async with client.get(path, headers={"Host": "evil.example", **own(client)}) as response:
            assert response.status == 403
        async with client.get(f"/?token={access.token}", headers={"Host": "evil.example"}) as response:
            assert response.status == 403


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://127.0.0.1:1", "http://localhost"]
)
async def test_no_foreign_page_opens_a_session(origin: str) -> None:
    async with client_of() as (client, access):
        await client.get(f"/?token={access.token}")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect("/ws", origin=origin or None)
        assert refused.value.status == 403


async def test_every_answer_forbids_to_fetch_from_elsewhere_and_to_be_framed() -> None:
    async with client_of() as (client, access):
        answers = ["/", f"/?token={access.token}", "/", *PATHS]
        for path in answers:
            async with client.get(path, allow_redirects=False) as response:
                policy = response.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'; script-src 'self';")
                assert "frame-ancestors 'none'" in policy
                assert response.headers["X-Frame-Options"] == "DENY"
                assert response.headers["Referrer-Policy"] == "same-origin"
                assert response.headers["Cache-Control"] == "no-store"


async def test_the_password_is_asked_for_after_the_token() -> None:
    async with client_of(PASSWORD) as (client, access):
        async with client.post("/login", data={"password": PASSWORD}, headers=own(client)) as response:
            assert response.status == 401, "without the token it is worth nothing"
        async with client.get(f"/?token={access.token}") as response:
            assert 'type="password"' in await response.text()
        for path in PATHS:
            async with client.get(path, headers=own(client)) as response:
                assert response.status == 401, path
        async with client.post("/login", data={"password": PASSWORD}) as response:
            assert response.status == 403, "a form of another page"
        async with client.post("/login", data={"password": "wrong"}, headers=own(client)) as response:
            assert response.status == 401
            assert "That is not the password." in await response.text()
        async with client.post("/login", data={"password": PASSWORD}, headers=own(client)) as response:
            assert response.status == 200
            assert "textual-terminal" in await response.text()


async def test_many_wrong_passwords_make_wait() -> None:
    async with client_of(PASSWORD) as (client, access):
        await client.get(f"/?token={access.token}")
        for _ in range(5):
            async with client.post("/login", data={"password": "wrong"}, headers=own(client)) as response:
                pass
        async with client.post("/login", data={"password": PASSWORD}, headers=own(client)) as response:
            assert response.status == 429
            assert 0 < int(response.headers["Retry-After"]) <= 10
            assert "wait 10 seconds" in await response.text()


async def test_behind_an_encrypted_proxy_the_cookie_is_for_encrypted_lines_alone() -> None:
    async with client_of(public_url="https://pictures.example.org") as (client, access):
        host = {"Host": "pictures.example.org"}
        address = f"/?token={access.token}"
        async with client.get(address, headers=host, allow_redirects=False) as response:
            (cookie,) = response.cookies.values()
            assert cookie["secure"]


async def test_pages_without_end_start_no_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_PAGES", 0)
    async with client_of() as (client, access):
        await client.get(f"/?token={access.token}")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect("/ws", origin=own(client)["Origin"])
        assert refused.value.status == 503


async def test_the_size_of_letters_is_a_number() -> None:
    async with client_of() as (client, access):
        await client.get(f"/?token={access.token}")
        for wanted, given in (("10", "10"), ("1", "16"), ("x%22onload=", "16"), ("²", "16")):
            async with client.get(f"/?fontsize={wanted}") as response:
                assert f'data-font-size="{given}"' in await response.text()


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    import textual_serve

    static = Path(str(textual_serve.__file__)).parent / "static"
    texts = [path.read_text(encoding="utf-8") for path in (static / "css").glob("*.css")]
    texts += [read_asset("dpm_tui.web", name) for name in ("page.html", "page.css", "page.js", "door.html")]
    for text in texts:
        without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        assert not re.search(r"(https?:)?//\w+\.\w", without_comments.replace("ws://page/", ""))
