"""The trust store is handed in, and made again when certificates were imported by another process."""
import os

import pytest

from portal.cfdi.trust import TrustStore
from portal.invoices import trust


def test_without_a_store_nothing_is_judged():
    trust._held.clear()
    with pytest.raises(RuntimeError):
        trust.store()


def test_a_changed_folder_makes_the_store_again(tmp_path, authority):
    folder = tmp_path / "certificates"

    def made():
        return TrustStore.production(folder)

    trust.set_store(made(), folder=folder, reload=made)
    first = trust.store()
    assert trust.store() is first
    folder.mkdir()
    second = trust.store()
    assert second is not first
    (folder / "x.cer").write_bytes(b"")
    os.utime(folder, ns=(1, 1))
    assert trust.store() is not second
