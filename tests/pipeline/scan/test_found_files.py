from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.path_keys import keys_of_paths
from dpm_tui.pipeline.scan.found_files import FoundFile, FoundFiles

NAMES = st.text("a-.~b\xff ", min_size=1, max_size=9).map(lambda name: name.encode("latin-1"))
PATHS = st.tuples(st.sampled_from([b"", b"", b"/", b"/mnt/"]), st.lists(NAMES, min_size=1, max_size=4)).map(
    lambda parts: parts[0] + b"/".join(parts[1])
)
NUMBERS = st.one_of(st.integers(0, 9), st.integers(0, 1 << 70))
STAMPS = st.builds(Stamp, NUMBERS, st.integers(-(1 << 70), 1 << 70), st.just(5), NUMBERS, NUMBERS)
FILES = st.lists(st.builds(FoundFile, PATHS, STAMPS), max_size=30)


@given(files=FILES)
def test_files_come_back_as_they_were_found(files: list[FoundFile]) -> None:
    found = FoundFiles(files)
    assert list(found) == files
    assert [found[number] for number in range(len(files))] == files
    assert FoundFiles.of(found) is found


@given(files=FILES, dropped=st.sets(st.integers(0, 29)))
def test_they_are_sorted_by_path_those_of_other_roots_last(files: list[FoundFile], dropped: set[int]) -> None:
    found = FoundFiles(files)
    found.sort()
    wanted = sorted(files, key=lambda file: (file.path.startswith(b"/"), file.path))
    assert [file.path for file in found] == [file.path for file in wanted]
    assert sorted(map(repr, found)) == sorted(map(repr, wanted))
    before = list(found)
    found.keep(np.array([number not in dropped for number in range(len(before))], np.bool_))
    kept = [file for number, file in enumerate(before) if number not in dropped]
    assert list(found) == kept
    assert list(found.paths()) == [file.path for file in kept]
    assert found.keys().tolist() == keys_of_paths([file.path for file in kept]).tolist()
    for file, size, odd in zip(kept, found.column("size").tolist(), found.odd().tolist(), strict=True):
        assert odd or size == file.stamp.size


@given(paths=st.lists(PATHS, max_size=40))
def test_equal_paths_have_equal_keys_and_no_others(paths: list[bytes]) -> None:
    keys = keys_of_paths(paths).tolist()
    assert len(set(keys)) == len(set(paths))
    assert dict(zip(paths, keys, strict=True)) == {path: keys_of_paths([path]).tolist()[0] for path in paths}
