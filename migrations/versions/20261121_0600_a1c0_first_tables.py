"""The first tables of every feature, with their row-level security.

Revision a1c0, after , of 2026-11-21 06:05:20.538426.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.core.tenancy import Rls, grounds, wall

revision = "a1c0"
down_revision = None
branch_labels = None
depends_on = None

# Row-level security as it was declared at this revision: table, Rls. Later revisions call `wall` for their own.
CLIENTS = "ANY ((SELECT portal_ids('portal.clients'))::uuid[])"
RELATIONSHIPS = "ANY ((SELECT portal_ids('portal.relationships'))::uuid[])"
PARTNERS = "ANY ((SELECT portal_ids('portal.partners'))::uuid[])"
ORGANIZATIONS = "ANY ((SELECT portal_ids('portal.organizations'))::uuid[])"
WALLS = {
    "approval_steps": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "audit_events": Rls(
        read=f"client_id = {CLIENTS}",
        write="true",
        grants="SELECT, INSERT",
        door="SELECT, INSERT",
    ),
    "audit_seals": Rls(
        read=f"client_id = {CLIENTS}",
        write="false",
        grants="SELECT",
        door="SELECT, INSERT",
    ),
    "bank_accounts": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "consents": Rls(
        read="user_id = (SELECT portal_user())",
        write="true",
        grants="SELECT, INSERT",
        door="SELECT, INSERT",
    ),
    "decisions": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        grants="SELECT, INSERT",
    ),
    "file_previews": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        door="SELECT",
    ),
    "files": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        door="SELECT",
    ),
    "fiscal_profiles": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
        door="SELECT, INSERT",
    ),
    "form_submissions": Rls(
        read="user_id = (SELECT portal_user())",
        door="SELECT, DELETE",
    ),
    "intake_attempts": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        grants="SELECT, INSERT",
    ),
    "invoice_moments": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        grants="SELECT, INSERT",
    ),
    "invoice_requirements": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "invoice_settings": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "invoices": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        door="SELECT",
    ),
    "letters": Rls(
        read=f"client_id = {CLIENTS}",
        write="true",
        grants="SELECT, INSERT",
        door="SELECT, INSERT, UPDATE",
    ),
    "links": Rls(
        read=f"user_id = (SELECT portal_user()) OR organization_id = {ORGANIZATIONS}",
        write=f"organization_id = {ORGANIZATIONS}",
        door="SELECT, INSERT, UPDATE",
    ),
    "memberships": Rls(
        read=f"user_id = (SELECT portal_user()) OR organization_id = {ORGANIZATIONS}",
        write=f"organization_id = {ORGANIZATIONS}",
        door="SELECT, INSERT, UPDATE",
    ),
    "organizations": Rls(
        read=f"id = {ORGANIZATIONS} OR id = {PARTNERS}",
        write=f"id = {ORGANIZATIONS}",
        grants="SELECT, UPDATE",
        door="SELECT, INSERT, UPDATE",
    ),
    "outbox": Rls(
        read="false",
        write="true",
        grants="INSERT",
        door="SELECT, INSERT, UPDATE, DELETE",
    ),
    "parked_forms": Rls(
        read="user_id = (SELECT portal_user())",
        door="SELECT, INSERT, DELETE",
    ),
    "password_history": Rls(
        read="user_id = (SELECT portal_user())",
        door="SELECT, INSERT",
    ),
    "payment_dates": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        grants="SELECT, INSERT",
    ),
    "payment_lines": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "payments": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "record_fields": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "record_policies": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "record_sections": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "record_values": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "records": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
        door="SELECT",
    ),
    "relationships": Rls(
        read=f"client_id = {CLIENTS} OR id = {RELATIONSHIPS}",
        door="SELECT, UPDATE",
    ),
    "requirement_answers": Rls(
        read=f"client_id = {CLIENTS} OR relationship_id = {RELATIONSHIPS}",
    ),
    "schedule_slots": Rls(
        read="false",
        grants="SELECT",
        door="SELECT, INSERT, DELETE",
    ),
    "sessions": Rls(
        read="user_id = (SELECT portal_user())",
        grants="SELECT, UPDATE",
        door="SELECT, INSERT, UPDATE, DELETE",
    ),
    "sign_in_attempts": Rls(
        read="user_id = (SELECT portal_user())",
        write="true",
        grants="SELECT, INSERT",
        door="SELECT, INSERT, DELETE",
    ),
    "stage_rules": Rls(
        read=f"client_id = {CLIENTS} OR client_id = {PARTNERS}",
        write=f"client_id = {CLIENTS}",
    ),
    "users": Rls(
        read="id = (SELECT portal_user()) OR EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id"
        f" AND m.organization_id = {ORGANIZATIONS})",
        grants="SELECT, UPDATE",
        door="SELECT, INSERT, UPDATE",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_label", sa.String(length=300), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at", "id"], unique=False)
    op.create_index("ix_audit_events_client", "audit_events", ["client_id", "at", "id"], unique=False)
    op.create_index(
        "ix_audit_events_client_kind", "audit_events", ["client_id", "subject_kind", "at", "id"], unique=False
    )
    op.create_index("ix_audit_events_subject", "audit_events", ["subject_id", "at", "id"], unique=False)
    op.create_table(
        "audit_seals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seals")),
    )
    op.create_index("uq_audit_seals_event", "audit_seals", ["event_id"], unique=True)
    op.create_index(
        "uq_audit_seals_position",
        "audit_seals",
        ["client_id", "position"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "form_submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_submissions")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_form_submissions_user_id_key")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("to_email", sa.String(length=254), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending", "sending", "sent", "failed", "unknown", name="letterstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_client", "letters", ["client_id", "id"], unique=False)
    op.create_index("ix_letters_relationship", "letters", ["relationship_id", "name", "id"], unique=False)
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("tax_id", sa.String(length=30), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("is_client", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("password_policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_index(op.f("ix_organizations_tax_id"), "organizations", ["tax_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "running", "done", "parked", name="workstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=1000), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_done", "outbox", ["done_at"], unique=False, postgresql_where=sa.text("state = 'done'"))
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["state", "available_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'running')"),
    )
    op.create_index("ix_outbox_parked", "outbox", ["id"], unique=False, postgresql_where=sa.text("state = 'parked'"))
    op.create_index(
        "uq_outbox_key",
        "outbox",
        ["name", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'pending' AND key IS NOT NULL"),
    )
    op.create_table(
        "parked_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("parcel", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_forms")),
    )
    op.create_table(
        "schedule_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_slots")),
    )
    op.create_index("uq_schedule_slots", "schedule_slots", ["name", "slot"], unique=True)
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_email_key_created_at"), "sign_in_attempts", ["email_key", "created_at"], unique=False
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_user_id"), "consents", ["user_id"], unique=False)
    op.create_table(
        "fiscal_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("rfc", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.Column("regimes", postgresql.ARRAY(sa.String(length=3)), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_fiscal_profiles_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_profiles")),
        sa.UniqueConstraint("client_id", "rfc", name=op.f("uq_fiscal_profiles_client_id_rfc")),
    )
    op.create_table(
        "invoice_requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_es", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("help_es", sa.String(length=1000), nullable=False),
        sa.Column("help_en", sa.String(length=1000), nullable=False),
        sa.Column(
            "type",
            sa.Enum("file", "text", "number", "date", "choice", name="requirementtype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("groups", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file_types", postgresql.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("max_mb", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_invoice_requirements_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_requirements")),
    )
    op.create_index(op.f("ix_invoice_requirements_client_id"), "invoice_requirements", ["client_id"], unique=False)
    op.create_table(
        "invoice_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("pdf_required", sa.Boolean(), nullable=False),
        sa.Column("accepts_foreign", sa.Boolean(), nullable=False),
        sa.Column("foreign_currencies", postgresql.ARRAY(sa.String(length=3)), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_invoice_settings_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_settings")),
        sa.UniqueConstraint("client_id", name=op.f("uq_invoice_settings_client_id")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_memberships_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_id", "organization_id", name=op.f("uq_memberships_user_id_organization_id")),
    )
    op.create_index(op.f("ix_memberships_organization_id"), "memberships", ["organization_id"], unique=False)
    op.create_table(
        "password_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_history_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_history")),
    )
    op.create_index(op.f("ix_password_history_user_id"), "password_history", ["user_id"], unique=False)
    op.create_table(
        "record_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "gate",
            sa.Enum("nothing", "before_upload", "before_sending", name="recordgate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("bank_account", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_record_policies_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_policies")),
        sa.UniqueConstraint("client_id", name=op.f("uq_record_policies_client_id")),
    )
    op.create_table(
        "record_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_es", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_record_sections_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_sections")),
    )
    op.create_index(op.f("ix_record_sections_client_id"), "record_sections", ["client_id"], unique=False)
    op.create_table(
        "relationships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("company", "person", "foreign", name="supplierkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("tax_id", sa.String(length=30), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column(
            "status",
            sa.Enum("invited", "active", "blocked", name="relationshipstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_relationships_client_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_relationships_organization_id")
        ),
        sa.ForeignKeyConstraint(["registered_by"], ["users.id"], name=op.f("fk_relationships_registered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationships")),
        sa.UniqueConstraint("client_id", "country", "tax_id", name=op.f("uq_relationships_client_id_country_tax_id")),
    )
    op.create_index(
        op.f("ix_relationships_client_id_name_key_id"), "relationships", ["client_id", "name_key", "id"], unique=False
    )
    op.create_index(op.f("ix_relationships_organization_id"), "relationships", ["organization_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_sessions_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "stage_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_es", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("approver_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("approver_roles", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("quorum", sa.Enum("any", "all", name="quorum", native_enum=False, length=32), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("maximum", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("currencies", postgresql.ARRAY(sa.String(length=3)), nullable=False),
        sa.Column("groups", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_stage_rules_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_rules")),
    )
    op.create_index(op.f("ix_stage_rules_client_id"), "stage_rules", ["client_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "clean", "refused", name="filestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_files_client_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_files_relationship_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_files_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_client_id_sha256"), "files", ["client_id", "sha256"], unique=False)
    op.create_index(op.f("ix_files_relationship_id"), "files", ["relationship_id"], unique=False)
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "supplier_invitation",
                "colleague_invitation",
                "password_reset",
                "setup",
                name="linkkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_links_organization_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_links_relationship_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_links_secret_hash")),
    )
    op.create_index(op.f("ix_links_organization_id"), "links", ["organization_id"], unique=False)
    op.create_index(op.f("ix_links_relationship_id"), "links", ["relationship_id"], unique=False)
    op.create_table(
        "record_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_es", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("help_es", sa.String(length=1000), nullable=False),
        sa.Column("help_en", sa.String(length=1000), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "text", "number", "date", "choice", "yes_no", "file", name="fieldtype", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file_types", sa.ARRAY(sa.String(length=10)), nullable=False),
        sa.Column("max_mb", sa.Integer(), nullable=False),
        sa.Column(
            "expiry",
            sa.Enum("none", "lifetime", "document_date", name="expiry", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("lifetime_days", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_record_fields_client_id")),
        sa.ForeignKeyConstraint(["section_id"], ["record_sections.id"], name=op.f("fk_record_fields_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_fields")),
    )
    op.create_index(op.f("ix_record_fields_client_id"), "record_fields", ["client_id"], unique=False)
    op.create_index(op.f("ix_record_fields_section_id"), "record_fields", ["section_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "empty",
                "incomplete",
                "ready",
                "sent",
                "corrections",
                "approved",
                "expiring",
                "expired",
                name="recordstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("next_expiry", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_records_client_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_records_relationship_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("relationship_id", name=op.f("uq_records_relationship_id")),
    )
    op.create_index(op.f("ix_records_client_id_status"), "records", ["client_id", "status"], unique=False)
    op.create_index(op.f("ix_records_next_expiry"), "records", ["next_expiry"], unique=False)
    op.create_table(
        "bank_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "approved",
                "rejected",
                "expired",
                "replaced",
                name="reviewstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("bank_name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_last4", sa.String(length=4), nullable=False),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("number_kind", sa.String(length=10), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("routing", sa.String(length=20), nullable=False),
        sa.Column("proof_file_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by IS NOT NULL", name=op.f("ck_bank_accounts_approved_by_somebody")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_bank_accounts_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_bank_accounts_decided_by")),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_bank_accounts_given_by")),
        sa.ForeignKeyConstraint(["proof_file_id"], ["files.id"], name=op.f("fk_bank_accounts_proof_file_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_bank_accounts_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    op.create_index(
        op.f("ix_bank_accounts_client_id_number_index"), "bank_accounts", ["client_id", "number_index"], unique=False
    )
    op.create_index(op.f("ix_bank_accounts_relationship_id"), "bank_accounts", ["relationship_id"], unique=False)
    op.create_table(
        "file_previews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_file_previews_client_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_previews_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_file_previews_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_previews")),
    )
    op.create_index(op.f("ix_file_previews_file_id_page"), "file_previews", ["file_id", "page"], unique=True)
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "in_review",
                "approved",
                "scheduled",
                "partly_paid",
                "paid",
                "rejected",
                "withdrawn",
                "deleted",
                name="invoicestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.Enum("cfdi", "foreign", name="invoicekind", native_enum=False, length=32), nullable=False),
        sa.Column("cfdi_version", sa.String(length=5), nullable=False),
        sa.Column("cfdi_type", sa.String(length=1), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=True),
        sa.Column("series", sa.String(length=25), nullable=False),
        sa.Column("folio", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("supplier_name", sa.String(length=300), nullable=False),
        sa.Column("supplier_tax_id", sa.String(length=30), nullable=False),
        sa.Column("receiver_rfc", sa.String(length=30), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("subtotal", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("taxes", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("withheld", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("payment_method", sa.String(length=3), nullable=False),
        sa.Column("payment_form", sa.String(length=2), nullable=False),
        sa.Column("cfdi_use", sa.String(length=4), nullable=False),
        sa.Column("xml_file_id", sa.Uuid(), nullable=True),
        sa.Column("pdf_file_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column(
            "stamp",
            sa.Enum(
                "not_applicable", "verified", "pending", "refused", name="stampstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("search", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("stage_label", sa.String(length=120), nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("paid >= 0 AND paid <= total", name=op.f("ck_invoices_paid_within_total")),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_invoices_client_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_invoices_created_by")),
        sa.ForeignKeyConstraint(["pdf_file_id"], ["files.id"], name=op.f("fk_invoices_pdf_file_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_invoices_relationship_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["users.id"], name=op.f("fk_invoices_sent_by")),
        sa.ForeignKeyConstraint(["xml_file_id"], ["files.id"], name=op.f("fk_invoices_xml_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
    )
    op.create_index("ix_invoices_client_list", "invoices", ["client_id", "id"], unique=False)
    op.create_index("ix_invoices_client_status", "invoices", ["client_id", "status", "sent_at", "id"], unique=False)
    op.create_index("ix_invoices_client_status_list", "invoices", ["client_id", "status", "id"], unique=False)
    op.create_index("ix_invoices_relationship_status", "invoices", ["relationship_id", "status", "id"], unique=False)
    op.create_index(
        "ix_invoices_stamp_pending", "invoices", ["id"], unique=False, postgresql_where=sa.text("stamp = 'pending'")
    )
    op.create_index("ix_invoices_twin", "invoices", ["client_id", "relationship_id", "number", "total"], unique=False)
    op.create_index(
        "uq_invoices_uuid",
        "invoices",
        ["client_id", "uuid"],
        unique=True,
        postgresql_where=sa.text("uuid IS NOT NULL AND status NOT IN ('withdrawn', 'deleted') AND reopened_at IS NULL"),
    )
    op.create_table(
        "record_values",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "approved",
                "rejected",
                "expired",
                "replaced",
                name="reviewstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=2000), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_record_values_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_record_values_decided_by")),
        sa.ForeignKeyConstraint(["field_id"], ["record_fields.id"], name=op.f("fk_record_values_field_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_record_values_file_id")),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_record_values_given_by")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_record_values_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_values")),
    )
    op.create_index(
        op.f("ix_record_values_relationship_id_field_id"),
        "record_values",
        ["relationship_id", "field_id"],
        unique=False,
    )
    op.create_index(
        "uq_record_values_current",
        "record_values",
        ["relationship_id", "field_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'replaced'"),
    )
    op.create_table(
        "approval_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_es", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("approver_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("approver_roles", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("quorum", sa.Enum("any", "all", name="quorum", native_enum=False, length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "current",
                "approved",
                "rejected",
                "cancelled",
                name="stepstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_approval_steps_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_approval_steps_invoice_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_approval_steps_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_steps")),
        sa.UniqueConstraint("invoice_id", "run", "position", name=op.f("uq_approval_steps_invoice_id_run_position")),
    )
    op.create_index(
        op.f("ix_approval_steps_client_id_state_started_at_id"),
        "approval_steps",
        ["client_id", "state", "started_at", "id"],
        unique=False,
    )
    op.create_table(
        "intake_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_intake_attempts_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_intake_attempts_invoice_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_intake_attempts_relationship_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_intake_attempts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_attempts")),
    )
    op.create_index(op.f("ix_intake_attempts_client_id_id"), "intake_attempts", ["client_id", "id"], unique=False)
    op.create_table(
        "invoice_moments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column("organization_name", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_invoice_moments_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_moments_invoice_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_invoice_moments_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_moments")),
    )
    op.create_index(op.f("ix_invoice_moments_invoice_id"), "invoice_moments", ["invoice_id"], unique=False)
    op.create_table(
        "payment_dates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_payment_dates_client_id")),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_payment_dates_given_by")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payment_dates_invoice_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_payment_dates_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_dates")),
    )
    op.create_index(op.f("ix_payment_dates_invoice_id"), "payment_dates", ["invoice_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum("registered", "voided", name="paymentstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("transfer", "check", "card", "cash", "other", name="paymentmethod", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("account_mask", sa.String(length=60), nullable=False),
        sa.Column("evidence_file_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_accounts.id"], name=op.f("fk_payments_bank_account_id")),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_payments_client_id")),
        sa.ForeignKeyConstraint(["evidence_file_id"], ["files.id"], name=op.f("fk_payments_evidence_file_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["users.id"], name=op.f("fk_payments_registered_by")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_payments_relationship_id")),
        sa.ForeignKeyConstraint(["voided_by"], ["users.id"], name=op.f("fk_payments_voided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("client_id", "number", name=op.f("uq_payments_client_id_number")),
    )
    op.create_index(op.f("ix_payments_client_id_paid_on_id"), "payments", ["client_id", "paid_on", "id"], unique=False)
    op.create_index(
        op.f("ix_payments_relationship_id_paid_on_id"), "payments", ["relationship_id", "paid_on", "id"], unique=False
    )
    op.create_table(
        "requirement_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("label_es", sa.String(length=120), nullable=False),
        sa.Column("label_en", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_requirement_answers_client_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_requirement_answers_file_id")),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_requirement_answers_given_by")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_requirement_answers_invoice_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_requirement_answers_relationship_id")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["invoice_requirements.id"], name=op.f("fk_requirement_answers_requirement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_answers")),
    )
    op.create_index(op.f("ix_requirement_answers_invoice_id"), "requirement_answers", ["invoice_id"], unique=False)
    op.create_index(
        "uq_requirement_answers_current",
        "requirement_answers",
        ["invoice_id", "requirement_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(length=120), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("approved", "returned", "rejected", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_decisions_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_decisions_invoice_id")),
        sa.ForeignKeyConstraint(["relationship_id"], ["relationships.id"], name=op.f("fk_decisions_relationship_id")),
        sa.ForeignKeyConstraint(["step_id"], ["approval_steps.id"], name=op.f("fk_decisions_step_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_decisions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("step_id", "user_id", name=op.f("uq_decisions_step_id_user_id")),
    )
    op.create_index(op.f("ix_decisions_invoice_id"), "decisions", ["invoice_id"], unique=False)
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("relationship_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("settled", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("balance_before", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint("amount > 0 AND settled > 0", name=op.f("ck_payment_lines_amounts_positive")),
        sa.ForeignKeyConstraint(["client_id"], ["organizations.id"], name=op.f("fk_payment_lines_client_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payment_lines_invoice_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_lines_payment_id")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_payment_lines_relationship_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lines")),
        sa.UniqueConstraint("payment_id", "invoice_id", name=op.f("uq_payment_lines_payment_id_invoice_id")),
    )
    op.create_index(op.f("ix_payment_lines_invoice_id"), "payment_lines", ["invoice_id"], unique=False)

    for statement in grounds():
        op.execute(statement)
    for table, rls in WALLS.items():
        for statement in wall(table, rls):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_payment_lines_invoice_id"), table_name="payment_lines")
    op.drop_table("payment_lines")
    op.drop_index(op.f("ix_decisions_invoice_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(
        "uq_requirement_answers_current",
        table_name="requirement_answers",
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_index(op.f("ix_requirement_answers_invoice_id"), table_name="requirement_answers")
    op.drop_table("requirement_answers")
    op.drop_index(op.f("ix_payments_relationship_id_paid_on_id"), table_name="payments")
    op.drop_index(op.f("ix_payments_client_id_paid_on_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_payment_dates_invoice_id"), table_name="payment_dates")
    op.drop_table("payment_dates")
    op.drop_index(op.f("ix_invoice_moments_invoice_id"), table_name="invoice_moments")
    op.drop_table("invoice_moments")
    op.drop_index(op.f("ix_intake_attempts_client_id_id"), table_name="intake_attempts")
    op.drop_table("intake_attempts")
    op.drop_index(op.f("ix_approval_steps_client_id_state_started_at_id"), table_name="approval_steps")
    op.drop_table("approval_steps")
    op.drop_index(
        "uq_record_values_current", table_name="record_values", postgresql_where=sa.text("state <> 'replaced'")
    )
    op.drop_index(op.f("ix_record_values_relationship_id_field_id"), table_name="record_values")
    op.drop_table("record_values")
    op.drop_index(
        "uq_invoices_uuid",
        table_name="invoices",
        postgresql_where=sa.text("uuid IS NOT NULL AND status NOT IN ('withdrawn', 'deleted') AND reopened_at IS NULL"),
    )
    op.drop_index("ix_invoices_twin", table_name="invoices")
    op.drop_index("ix_invoices_stamp_pending", table_name="invoices", postgresql_where=sa.text("stamp = 'pending'"))
    op.drop_index("ix_invoices_relationship_status", table_name="invoices")
    op.drop_index("ix_invoices_client_status_list", table_name="invoices")
    op.drop_index("ix_invoices_client_status", table_name="invoices")
    op.drop_index("ix_invoices_client_list", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index(op.f("ix_file_previews_file_id_page"), table_name="file_previews")
    op.drop_table("file_previews")
    op.drop_index(op.f("ix_bank_accounts_relationship_id"), table_name="bank_accounts")
    op.drop_index(op.f("ix_bank_accounts_client_id_number_index"), table_name="bank_accounts")
    op.drop_table("bank_accounts")
    op.drop_index(op.f("ix_records_next_expiry"), table_name="records")
    op.drop_index(op.f("ix_records_client_id_status"), table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_record_fields_section_id"), table_name="record_fields")
    op.drop_index(op.f("ix_record_fields_client_id"), table_name="record_fields")
    op.drop_table("record_fields")
    op.drop_index(op.f("ix_links_relationship_id"), table_name="links")
    op.drop_index(op.f("ix_links_organization_id"), table_name="links")
    op.drop_table("links")
    op.drop_index(op.f("ix_files_sha256"), table_name="files")
    op.drop_index(op.f("ix_files_relationship_id"), table_name="files")
    op.drop_index(op.f("ix_files_client_id_sha256"), table_name="files")
    op.drop_table("files")
    op.drop_index(op.f("ix_stage_rules_client_id"), table_name="stage_rules")
    op.drop_table("stage_rules")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_relationships_organization_id"), table_name="relationships")
    op.drop_index(op.f("ix_relationships_client_id_name_key_id"), table_name="relationships")
    op.drop_table("relationships")
    op.drop_index(op.f("ix_record_sections_client_id"), table_name="record_sections")
    op.drop_table("record_sections")
    op.drop_table("record_policies")
    op.drop_index(op.f("ix_password_history_user_id"), table_name="password_history")
    op.drop_table("password_history")
    op.drop_index(op.f("ix_memberships_organization_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("invoice_settings")
    op.drop_index(op.f("ix_invoice_requirements_client_id"), table_name="invoice_requirements")
    op.drop_table("invoice_requirements")
    op.drop_table("fiscal_profiles")
    op.drop_index(op.f("ix_consents_user_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("users")
    op.drop_index(op.f("ix_sign_in_attempts_email_key_created_at"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index("uq_schedule_slots", table_name="schedule_slots")
    op.drop_table("schedule_slots")
    op.drop_table("parked_forms")
    op.drop_index(
        "uq_outbox_key", table_name="outbox", postgresql_where=sa.text("state = 'pending' AND key IS NOT NULL")
    )
    op.drop_index("ix_outbox_parked", table_name="outbox", postgresql_where=sa.text("state = 'parked'"))
    op.drop_index("ix_outbox_open", table_name="outbox", postgresql_where=sa.text("state IN ('pending', 'running')"))
    op.drop_index("ix_outbox_done", table_name="outbox", postgresql_where=sa.text("state = 'done'"))
    op.drop_table("outbox")
    op.drop_index(op.f("ix_organizations_tax_id"), table_name="organizations")
    op.drop_table("organizations")
    op.drop_index("ix_letters_relationship", table_name="letters")
    op.drop_index("ix_letters_client", table_name="letters")
    op.drop_table("letters")
    op.drop_table("form_submissions")
    op.drop_index("uq_audit_seals_position", table_name="audit_seals", postgresql_nulls_not_distinct=True)
    op.drop_index("uq_audit_seals_event", table_name="audit_seals")
    op.drop_table("audit_seals")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index("ix_audit_events_client_kind", table_name="audit_events")
    op.drop_index("ix_audit_events_client", table_name="audit_events")
    op.drop_index("ix_audit_events_at", table_name="audit_events")
    op.drop_table("audit_events")
