"""One million invoices of five hundred clients, made inside PostgreSQL, for the measurements of pages.

Every row is a copy of one that the factories made, with what differs put over it, so that a new column needs no
change here. The first client is large (a tenth of everything); the others share the rest evenly. Every twentieth
invoice is in review, with its approval step. Rows are written as a restore writes them: without triggers.
"""
from sqlalchemy import create_engine, text

CLIENTS = 500
INVOICES = 1_000_000
SUPPLIERS = 40  # of each client

_CLIENTS = """
CREATE TEMP TABLE bench_clients AS
SELECT 1 n, CAST(:first AS uuid) id UNION ALL SELECT 2, CAST(:second AS uuid)
UNION ALL SELECT c, md5('client' || c)::uuid FROM generate_series(3, :clients) c"""

_ORGANIZATIONS = """
INSERT INTO organizations SELECT made.*
FROM bench_clients b JOIN organizations model ON model.id = (SELECT id FROM organizations WHERE is_client LIMIT 1)
CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
    'id', b.id, 'name', 'Compañía número ' || n, 'tax_id', 'CLI' || lpad(n::text, 6, '0') || 'AB1')) made
WHERE n > 2"""

_RELATIONSHIPS = """
INSERT INTO relationships SELECT made.*
FROM bench_clients b CROSS JOIN generate_series(1, :suppliers) s
JOIN relationships model ON model.id = (SELECT id FROM relationships LIMIT 1)
CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
    'id', md5('supplier' || n || '-' || s)::uuid, 'client_id', b.id, 'organization_id', NULL,
    'name', 'Proveedora ' || s || ' de lo número ' || n, 'name_key', 'proveedora ' || s || ' de lo numero ' || n,
    'tax_id', 'PRO' || lpad((n * 100 + s)::text, 6, '0') || 'CD2')) made"""

# Invoice i belongs to client n, is of its supplier s, and came i-th in the last two years.
_INVOICES = """
INSERT INTO invoices SELECT made.*
FROM (SELECT i, md5(i::text) h, (i * 7919 % 990000)::numeric / 10 + 100 AS cost,
             now() - interval '730 days' * (1 - i::float8 / :invoices) - interval '1 hour' AS at,
             CASE WHEN i % 10 = 0 THEN 1 ELSE 2 + i % (:clients - 1) END n, i / 11 % :suppliers + 1 s,
             coalesce((ARRAY['in_review', 'approved', 'scheduled', 'rejected', 'draft'])[(i / 13 % 20 + 1)::int],
                      'paid') status
      FROM generate_series(1::bigint, :invoices) i) given
JOIN bench_clients b USING (n)
JOIN relationships r ON r.id = md5('supplier' || given.n || '-' || given.s)::uuid
JOIN invoices model ON model.id = (SELECT id FROM invoices LIMIT 1)
CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
    'id', (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8'
           || substr(h, 4, 15))::uuid,
    'created_at', at, 'client_id', b.id, 'relationship_id', r.id, 'status', given.status, 'uuid', upper(h::uuid::text),
    'folio', i, 'number', 'F' || i, 'supplier_name', r.name, 'supplier_tax_id', r.tax_id, 'issued_at', at,
    'issued_on', at::date, 'subtotal', cost, 'taxes', cost * 0.16, 'total', cost * 1.16,
    'paid', CASE given.status WHEN 'paid' THEN cost * 1.16 ELSE 0 END,
    'search', r.name_key || ' f' || i || ' ' || lower(r.tax_id) || ' ' || h::uuid,
    'sent_at', CASE given.status WHEN 'draft' THEN NULL ELSE at END, 'decided', given.status <> 'in_review',
    'waiting_since', CASE given.status WHEN 'in_review' THEN at END,
    'stages', jsonb_build_array(jsonb_build_object('es', 'Compras', 'en', 'Purchasing', 'since', at, 'state',
        CASE given.status WHEN 'in_review' THEN 'current' WHEN 'rejected' THEN 'rejected' ELSE 'approved' END)),
    'scheduled_on', CASE given.status WHEN 'scheduled' THEN current_date + (i % 30)::int END)) made"""

_STEPS = """
INSERT INTO approval_steps SELECT made.*
FROM invoices i JOIN approval_steps model ON model.id = (SELECT id FROM approval_steps LIMIT 1)
CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
    'id', md5('step' || i.id)::uuid, 'created_at', i.sent_at, 'client_id', i.client_id,
    'relationship_id', i.relationship_id, 'invoice_id', i.id, 'started_at', i.sent_at,
    'state', CASE i.status WHEN 'in_review' THEN 'current' ELSE 'approved' END)) made
WHERE i.status <> 'draft' AND i.id <> model.invoice_id"""


def fill(superuser_url: str, first: object, second: object, *, invoices: int = INVOICES) -> None:
    """Fill the database at `superuser_url`.

    `first` and `second` are the ids of two clients that are there already, with a relationship, an invoice and an
    approval step to copy.
    """
    known = {"first": str(first), "second": str(second), "clients": CLIENTS, "suppliers": SUPPLIERS,
             "invoices": invoices}
    engine = create_engine(superuser_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for statement in (_CLIENTS, _ORGANIZATIONS, _RELATIONSHIPS, _INVOICES, _STEPS):
            connection.execute(text(statement), {k: v for k, v in known.items() if f":{k}" in statement})
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
