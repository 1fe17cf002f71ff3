"""One supervisor a folder, and only in a folder that can be used."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.local.holding import HomeError, held


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with held(tmp_path / "home"), pytest.raises(HomeError, match=rf"process {os.getpid()}"), held(tmp_path / "home"):
        pass
    with held(tmp_path / "home"):
        pass
    with held(tmp_path / "not" / "yet"):
        assert (tmp_path / "not" / "yet").stat().st_mode & 0o077 == 0


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    program = ("import time; from pathlib import Path; from portal.local.holding import held\n"
               f"with held(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"  # type: ignore[union-attr]
        with pytest.raises(HomeError, match=f"process {holder.pid}"), held(tmp_path):
            pass
        holder.kill()
    with held(tmp_path):
        pass


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with held(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="cannot be written"), held(tmp_path / "file" / "home"):
        pass


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="free space"), held(tmp_path, least=1 << 60):
        pass
    with held(tmp_path):
        pass
