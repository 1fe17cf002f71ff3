"""Letters and what became of them."""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, choice
from portal.core.tenancy import ANYBODY, MY_CLIENTS, Rls


class LetterState(StrEnum):
    """Where a letter stands."""

    PENDING = "pending"
    SENDING = "sending"  # handed to the server at this moment, or its worker died
    SENT = "sent"
    FAILED = "failed"  # the server refused it for good, or for too long
    UNKNOWN = "unknown"  # the server's answer was lost: it may have arrived


class Letter(Base):
    """One letter to one person. `name` is its folder in templates/email; what it says is rendered when it is sent."""

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_relationship", "relationship_id", "name", "id"),
                      Index("ix_letters_client", "client_id", "id"))
    __rls__ = Rls(read=MY_CLIENTS, write=ANYBODY, grants="SELECT, INSERT", door="SELECT, INSERT, UPDATE")

    name: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(5))
    to_name: Mapped[str] = mapped_column(String(200), default="")
    to_email: Mapped[str] = mapped_column(String(254))
    client_id: Mapped[UUID | None]
    relationship_id: Mapped[UUID | None]
    context: Mapped[str] = mapped_column(Text, default="")  # encrypted; forgotten once sent
    state: Mapped[LetterState] = mapped_column(choice(LetterState), default=LetterState.PENDING)
    message_id: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)  # how often the server's answer was lost
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
