"""A worker answers where pictures are in its library, whoever asks and whatever else it does."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from dpm_tui.worker.client import WorkerClient, WorkerFailed
from dpm_tui.worker.protocol.messages import (
    FindPictures,
    FoundPicture,
    FoundPictures,
    GetStatus,
    ListPictures,
    PauseRun,
    PictureList,
    RunStatus,
    StartRun,
)
from tests.support.album import dpm, make_album
from tests.support.family import copy_scanned
from tests.support.pictures import encode, scene
from tests.support.workers import layout_of, worker_of

pytestmark = pytest.mark.slow
SEA = encode(scene(1, 640, 480).resize((400, 300)), quality=80)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    album = make_album(tmp_path_factory.mktemp("scanned") / "album")
    assert dpm("scan", album).returncode == 0
    return album


@pytest.fixture
def album(scanned: Path, tmp_path: Path) -> Path:
    return copy_scanned(scanned, tmp_path / "album")


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    folder = tmp_path / "asked"
    folder.mkdir()
    (folder / "sea.jpg").write_bytes(SEA)
    return folder


async def find(client: WorkerClient, folder: Path, *names: str) -> list[FoundPicture]:
    answer = await client.request(FindPictures(os.fsencode(folder), tuple(map(os.fsencode, names))))
    assert isinstance(answer, FoundPictures)
    return list(answer.pictures)


def paths(picture: FoundPicture) -> set[bytes]:
    return {match.path for match in picture.matches}


async def test_two_who_ask_at_once_both_get_an_answer(album: Path, asked: Path) -> None:
    async with worker_of(album) as app:
        other = await WorkerClient.connect(layout_of(album), "find")
        answers = await asyncio.gather(find(app, asked, "sea.jpg"), find(other, asked, "sea.jpg"))
        await other.close()
    assert [[paths(each) for each in answer] for answer in answers] == [
        [{b"sea.jpg", b"backup/sea (1).jpg"}]
    ] * 2


async def test_one_who_only_looks_on_may_ask_and_keeps_nobody_out(album: Path, asked: Path) -> None:
    async with worker_of(album) as app:
        finder = await WorkerClient.connect(layout_of(album), "find")
        assert app.welcome.reviewer
        assert not finder.welcome.reviewer
        assert await find(finder, asked, "sea.jpg")
        await app.close()
        scan = await WorkerClient.connect(layout_of(album), "scan")
        await scan.close()
        await finder.close()


async def test_it_answers_while_a_run_is_held(album: Path, asked: Path) -> None:
    (album / "new.jpg").write_bytes(encode(scene(77, 640, 480)))
    async with worker_of(album) as app:
        await app.request(StartRun())
        await app.request(PauseRun())
        (found,) = await find(app, asked, "sea.jpg")
        status = await app.request(GetStatus())
        assert isinstance(status, RunStatus)
        assert status.phase in ("paused", "running")
        await app.request(PauseRun(False))
    assert b"sea.jpg" in paths(found)


async def test_matches_that_are_gone_or_others_by_now_are_not_named(album: Path, asked: Path) -> None:
    (album / "sea.jpg").unlink()
    (album / "backup/sea (1).jpg").write_bytes(b"something else")
    async with worker_of(album) as app:
        (found,) = await find(app, asked, "sea.jpg")
    assert found.matches == ()
    assert found.gone == 2


async def test_a_picture_of_the_library_finds_its_copies_and_itself(album: Path) -> None:
    async with worker_of(album) as app:
        sea, alone = await find(app, album, "sea.jpg", "alone.jpg")
    assert (paths(sea), bool(sea.itself)) == ({b"backup/sea (1).jpg"}, True)
    assert (paths(alone), bool(alone.itself)) == (set(), True)


async def test_a_folder_is_walked_as_a_scan_walks_it(album: Path, asked: Path) -> None:
    (asked / "deep").mkdir()
    (asked / "deep/b.PNG").write_bytes(SEA)
    (asked / "notes.txt").write_text("no picture")
    (asked / "link.jpg").symlink_to(asked / "sea.jpg")
    (asked / "@eaDir").mkdir()
    (asked / "@eaDir/c.jpg").write_bytes(SEA)
    async with worker_of(album) as app:
        listed = await app.request(ListPictures(os.fsencode(asked)))
        linked = await app.request(ListPictures(os.fsencode(asked / "link.jpg")))
    assert isinstance(listed, PictureList)
    assert listed.names == (b"deep/b.PNG", b"sea.jpg")
    assert isinstance(linked, PictureList), "a link that somebody names is followed"
    assert linked.names == (b"sea.jpg",)


async def test_no_name_leads_out_of_the_folder(album: Path, asked: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(SEA)
    (asked / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    async with worker_of(album) as app:
        for picture in await find(app, asked, "../secret.jpg", "link.jpg", "missing.jpg"):
            assert not picture.read
            assert picture.reason
            assert picture.matches == ()
        with pytest.raises(WorkerFailed):
            await app.request(FindPictures(b"relative", (b"sea.jpg",)))


async def test_a_search_changes_no_file_of_the_state(album: Path, asked: Path) -> None:
    state = album / "_image_temp"
    own = {"lock", "worker.log", "checkpoint.toml"}

    def content() -> dict[Path, bytes]:
        return {
            path: path.read_bytes() for path in state.rglob("*") if path.is_file() and path.name not in own
        }

    async with worker_of(album) as app:
        await app.request(GetStatus())
        before = content()
        await find(app, asked, "sea.jpg")
        assert content() == before
    assert content() == before


async def test_what_was_compared_by_other_weights_is_said_so(album: Path, asked: Path) -> None:
    for table in (album / "_image_temp/vectors").glob("*.f16"):
        table.rename(table.with_name("auto-old-000000000000.f16"))
    async with worker_of(album) as app:
        with pytest.raises(WorkerFailed) as failed:
            await find(app, asked, "sea.jpg")
    assert failed.value.key == "not_compared_yet"
