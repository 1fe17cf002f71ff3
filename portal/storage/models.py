"""Files that people gave: whose they are and what is known of them. The bytes are in the store, by their sha256."""
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.policy import Purpose
from portal.core.db import Base, choice
from portal.core.tenancy import SHARED, Rls


class FileState(StrEnum):
    """What is known of a file's safety; only `clean` ones are shown to anybody but their giver."""

    WAITING = "waiting"
    CLEAN = "clean"
    REFUSED = "refused"


class StoredFile(Base):
    """One file of one client (and of one supplier, when it came from one)."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "client_id", "sha256"),)
    __rls__ = Rls(read=SHARED.read, door="SELECT")  # the door: the sweep that asks which bytes are mentioned

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey("relationships.id"), index=True)
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose))  # who may open it: access.policy.OPENS
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[FileState] = mapped_column(choice(FileState), default=FileState.WAITING)
    pages: Mapped[int | None] = mapped_column(Integer)


class FilePreview(Base):
    """One page of a file as a rendered image, kept in the store like any other bytes."""

    __tablename__ = "file_previews"
    __table_args__ = (Index(None, "file_id", "page", unique=True),)
    __rls__ = Rls(read=SHARED.read, door="SELECT")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey("relationships.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    page: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
