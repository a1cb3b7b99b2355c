"""The firm's home page against its own template rendered from constants."""

from django.db import connection

from extranet.queries.home import firm_figures, firm_months
from kernel.tenancy import firm_context
from tests.bench.constants import read_home
from tests.bench.dossier_list import medians
from tests.bench.figure import Figure
from tests.bench.firms import cookies_of, firm_at
from tests.bench.timing import interleaved, ms
from tests.bench.world import DOSSIERS, LARGE, World

#: What years leave beside dossiers and files: a quarter is unpaid, a twentieth archived; clients read, download, write.
_LIFE = """
UPDATE extranet_dossier SET
    amount = 80 + id % 700,
    payment_state = CASE WHEN id % 4 = 0 THEN 'unpaid' WHEN id % 4 = 3 THEN 'nothing' ELSE 'paid' END,
    archived_at = CASE WHEN id % 20 = 0 THEN created_at + interval '90 days' END,
    expires_on = (created_at + interval '540 days')::date;
INSERT INTO extranet_dossierevent (
    dossier_id, kind, at, actor_name, contact_id, by_client, subject, user_agent, file_version
)
SELECT d.id, e.kind, d.created_at + e.later, 'Nadia Lefèvre', a.contact_id, e.by_client, 'DPE', '', 1
FROM extranet_dossier d
LEFT JOIN LATERAL (SELECT contact_id FROM extranet_dossieraccess WHERE dossier_id = d.id LIMIT 1) a ON true
CROSS JOIN (VALUES
    ('created', interval '0', false),
    ('notified', interval '1 hour', false),
    ('read', interval '1 day', true),
    ('downloaded', interval '2 days', true),
    ('downloaded', interval '9 days', true)
) AS e (kind, later, by_client)
WHERE (NOT e.by_client OR d.download_state <> 'none') AND d.created_at + e.later < now()
ORDER BY 3;
INSERT INTO extranet_diagnostic (
    code, dossier_id, kind, performed_on, finding, conclusion, energy_letter, climate_letter, ademe_number, expires_on,
    expiry_by_hand, position
)
SELECT substr(md5(k.kind || d.id), 1, 12), d.id, k.kind, d.created_at::date, 'unknown', '', '', '', '',
    (d.created_at + k.valid)::date, false, 0
FROM extranet_dossier d
CROSS JOIN (VALUES ('dpe', interval '10 years'), ('termites', interval '540 days')) AS k (kind, valid);
INSERT INTO extranet_message (
    code, contact_id, dossier_id, direction, subject, body, sender_name, state, created_at
)
SELECT substr(md5('message' || d.id), 1, 12), c.id, d.id, CASE WHEN d.id % 10 = 0 THEN 'to_firm' ELSE 'to_client' END,
    left(d.title, 200), repeat('Bonjour, les clés sont à l’agence. ', 10), 'Nadia Lefèvre',
    CASE WHEN d.id % 1000 = 0 THEN 'unread' ELSE 'read' END, d.created_at + interval '3 days'
FROM extranet_dossier d JOIN extranet_contact c ON c.id = 1 + d.id % 400 WHERE d.id % 5 = 0;
INSERT INTO extranet_requesteddocument (
    code, dossier_id, kind, label, note, state, reason, position, answered_at, created_at
)
SELECT substr(md5('asked' || d.id), 1, 12), d.id, 'plans', '', '',
    CASE WHEN d.id % 500 = 0 THEN 'sent' ELSE 'accepted' END,
    '', 0, d.created_at + interval '3 days', d.created_at
FROM extranet_dossier d WHERE d.id % 10 = 0;
"""
_TABLES = ("dossier", "dossierevent", "diagnostic", "message", "requesteddocument")
ROUNDS = 20


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes, its figures remembered as they are for a minute."""
    database = world.copy(world.two_firms, "home")
    with world.using(database):
        firm = firm_at(LARGE)
        with firm_context(firm.schema_name), connection.cursor() as cursor:
            cursor.execute(_LIFE)
            for table in _TABLES:  # what autovacuum would have done by now
                cursor.execute(f"VACUUM ANALYZE extranet_{table}")
        with firm_context(firm.schema_name):
            figures, months = _counted_anew()
        cookies, constants = cookies_of(firm), read_home(firm)
    of_product, of_plain, size = medians(world, database, constants, cookies, "/")
    return Figure(
        of_product / of_plain,
        3,
        notes=(
            f"median {ms(of_product)}, from constants {ms(of_plain)}; {DOSSIERS:,} dossiers, {size // 1024} kB",
            f"counted anew: figures {ms(figures)} (each minute), chart {ms(months)} (each ten minutes)",
        ),
    )


def _counted_anew() -> list[float]:
    """Returns the median seconds of what the page remembers."""
    return interleaved([firm_figures, firm_months], rounds=ROUNDS, warm_up=3)
