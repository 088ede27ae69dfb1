from __future__ import annotations

from pathlib import Path

import pytest

from models.training.data.picture_kinds import EITHER, KINDS, PictureKinds


def test_the_list_says_a_known_kind_of_every_picture_that_it_names() -> None:
    kinds = PictureKinds.read()
    assert kinds.sources
    for said in kinds.sources.values():
        assert said.usual in KINDS
        assert {*said.others.values()} <= {*KINDS, EITHER} - {said.usual}
        assert all(name.isdigit() and len(name) == 6 for name in said.others)


def test_a_picture_that_is_not_named_is_what_most_of_its_source_are(tmp_path: Path) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text(
        '[dev-photo."walls"]\nusual = "illustration"\nphoto = """\na\nb\n"""\neither = "c"\n',
        encoding="utf-8",
    )
    kinds = PictureKinds.read(path)
    archive = Path("dev-photo-00")
    found = [kinds.kind(archive, "walls", f"walls/{name}.webp") for name in "abcd"]
    assert found == ["photo", "photo", EITHER, "illustration"]
    assert kinds.kind(Path("dev-photo-01.tar"), "walls", "walls/a.jpg") == "photo"
    assert kinds.kind(archive, "other", "other/a.jpg") == "photo"
    assert kinds.kind(Path("train-illustration-00"), "walls", "walls/a.jpg") == "illustration"


@pytest.mark.parametrize("table", ['usual = "drawing"', 'usual = "photo"\neither = "a a"'])
def test_a_list_that_contradicts_itself_is_refused(tmp_path: Path, table: str) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text(f'[dev-photo."x"]\n{table}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="x"):
        PictureKinds.read(path)
