from __future__ import annotations

from hypothesis import given, strategies as st

from dpm_tui.catalog.file_columns import FileColumns
from tests.support.image_files import image_file

NAMES = st.text("a-.~b\xff ", min_size=1, max_size=3).map(lambda name: name.encode("latin-1"))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)
ROOTS = st.sampled_from([b"", b"", b"/", b"/mnt/", b"/a"])


@given(paths=st.lists(st.tuples(ROOTS, PATHS, st.booleans()), max_size=30))
def test_files_come_in_the_order_of_their_whole_paths(paths: list[tuple[bytes, bytes, bool]]) -> None:
    files = FileColumns.of(
        image_file(number * 5000, root + path, **({"status": "damaged", "reason": "x"} if odd else {}))
        for number, (root, path, odd) in enumerate(paths)
    )
    wanted = sorted(files.values(), key=lambda file: (file.path, file.id))
    assert list(files.ids_by_path()) == [file.id for file in wanted]
