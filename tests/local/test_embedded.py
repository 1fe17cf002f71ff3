"""What is embedded, and where it answers without being started."""
from pathlib import Path

from config.settings import Settings
from portal.local import embedded, sockets

SECRETS = {"PORTAL_SECRET_KEY": "0f9A-kq8LmZ2xWc7Rt5YbNh4Jd6Gs1PeU3Ti",
           "PORTAL_ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}


def settings(home: Path, **more: str) -> Settings:
    """Settings of an installation in a folder."""
    return Settings.from_env({"PORTAL_HOME": str(home), **SECRETS, **more})


def test_a_command_finds_the_services_of_the_supervisor(tmp_path: Path) -> None:
    found = embedded.located(settings(tmp_path / "home"))
    folder = tmp_path / "home"
    postgres, valkey = sockets.folder_of(folder / "postgres"), sockets.folder_of(folder / "valkey")
    assert found.database_url == f"postgresql+psycopg://portal_app@/portal?host={postgres}"
    assert found.redis_url == f"unix://{valkey}/valkey.sock"
    assert not (folder / "postgres").exists(), "looking made something"


def test_services_of_ones_own_are_left_as_they_are(tmp_path: Path) -> None:
    own = settings(tmp_path, PORTAL_DATABASE_URL="postgresql://db.example/acuse")
    assert embedded.located(own) == own


def test_a_queue_of_ones_own_goes_with_an_embedded_database(tmp_path: Path) -> None:
    assert embedded.located(settings(tmp_path, PORTAL_REDIS_URL="redis://q")).redis_url == "redis://q"
