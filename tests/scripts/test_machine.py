"""The check before anything is installed: every lack is a sentence with its remedy."""
import importlib.util
import platform
import sys

import pytest

from scripts import machine


def test_a_machine_that_runs_the_tests_passes() -> None:
    assert machine.problem() is None


def test_an_old_python_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert "this is 3.9" in str(machine.problem())


def test_other_systems_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    assert "WSL" in str(machine.problem())
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert "glibc" in str(machine.problem())


def test_a_python_without_venv_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "apt install python3-venv" in str(machine.problem())
