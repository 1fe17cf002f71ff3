"""The trail is tested with real commits."""
from tests.kept import base, kept

__all__ = ["base", "kept"]
