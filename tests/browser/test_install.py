"""Where nothing is and nothing may be installed, it is said what to install, and nothing breaks."""

from __future__ import annotations

import pytest

from tests.browser import install


def test_says_what_is_missing_and_ends_with_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert install.missing() == ["chromium", "chromium-driver", "fonts-wqy-microhei"]
    assert install.main([]) == 4
    assert "install: chromium chromium-driver fonts-wqy-microhei" in capsys.readouterr().err


@pytest.mark.parametrize("ci", ["", "true"])
def test_the_whole_test_run_goes_on_without(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CI", ci)
    assert install.main(["--if-in-ci"]) == 0
