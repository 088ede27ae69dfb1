"""What is said of a damaged file: first of all, and in the list of files as well."""

from __future__ import annotations

import pytest

from dpm_tui.locale import translate
from dpm_tui.review.reasons.reasons import compare_files
from dpm_tui.text_format import besides
from tests.support.image_files import image_file


def test_damage_is_the_first_reason_against_a_file_and_for_the_other() -> None:
    torn, whole = image_file(1, damaged=True, width=4000, height=3000), image_file(2)
    against, speaking = compare_files(torn, whole)[0], compare_files(whole, torn)[0]
    assert (against.sign, against.key) == ("-", "damaged")
    assert (speaking.sign, speaking.key) == ("+", "intact")
    for other in (compare_files(torn, image_file(3, damaged=True)), compare_files(whole, image_file(4))):
        assert not {"damaged", "intact"} & {reason.key for reason in other}


@pytest.mark.parametrize("damaged", [False, True])
def test_a_damaged_file_is_called_so_where_it_is_listed(damaged: bool) -> None:
    assert (translate("tui.file_damaged") in besides(1, (), damaged)) == damaged
