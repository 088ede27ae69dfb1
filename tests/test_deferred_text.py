"""What is written down is put into words in the language of whoever reads it."""

from __future__ import annotations

import pytest

from dpm_tui.deferred_text import defer
from dpm_tui.locale import set_language
from dpm_tui.pipeline.loading.safe_open import UndecodableError, open_picture
from dpm_tui.report.failures import list_failures
from dpm_tui.text_format import log_sentence, put_into_words
from tests.support.image_files import image_file


def test_a_decoder_error_is_told_in_the_language_of_the_reader() -> None:
    with pytest.raises(UndecodableError) as caught:
        open_picture(b"")
    file = image_file(1, b"a.jpg", status="damaged", reason=caught.value.reason)
    assert list_failures({1: file})[0].reason == "damaged: empty file"
    set_language("zh_CN")
    assert "空文件" in list_failures({1: file})[0].reason
    values = {"path": "a.jpg", "reason": defer("decode.mostly_lost", reason=defer("decode.cut"))}
    assert "能看到的不到一半：文件提前结束" in log_sentence("unreadable", values)


@pytest.mark.parametrize("text", ["truncated", "@home", "@ {", "", "@decode.nonsense {[]}", "user@host"])
def test_what_an_older_version_wrote_is_shown_as_it_is(text: str) -> None:
    assert put_into_words(text).strip("@") in text
