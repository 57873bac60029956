CREATE TABLE allocations (
  address TEXT NOT NULL PRIMARY KEY,
  vps TEXT NOT NULL,
  organization TEXT NOT NULL,
  mac TEXT,
  allocated_at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('PRIVATE', 'PUBLIC'))
) STRICT;
CREATE UNIQUE INDEX one_private_address_per_vps ON allocations (vps) WHERE kind = 'PRIVATE';
CREATE UNIQUE INDEX one_private_address_per_mac ON allocations (mac) WHERE kind = 'PRIVATE';
CREATE TABLE released (
  turn INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  released_at TEXT NOT NULL
) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  caller TEXT NOT NULL,
  action TEXT NOT NULL,
  vps TEXT NOT NULL,
  organization TEXT NOT NULL,
  address TEXT NOT NULL,
  mac TEXT,
  detail TEXT NOT NULL
) STRICT;
INSERT INTO allocations VALUES ('10.0.0.1', 'vps-1', 'org-1', '02:00:00:00:00:01', '2026-03-01T12:00:00Z', 'PRIVATE');
INSERT INTO allocations VALUES ('10.0.0.2', 'vps-2', '', NULL, '2026-03-01T12:00:01Z', 'PRIVATE');
INSERT INTO allocations VALUES ('203.0.113.7', 'vps-1', 'org-1', '02:00:00:00:00:01', '2026-03-01T12:00:02Z', 'PUBLIC');
INSERT INTO released VALUES (7, '10.0.0.3', '2026-03-01T12:00:03Z');
INSERT INTO events (at, caller, action, vps, organization, address, mac, detail)
  VALUES ('2026-03-01T12:00:00Z', 'self-healing', 'ALLOCATE', 'vps-1', 'org-1', '10.0.0.1', '02:00:00:00:00:01', 'allocated');
PRAGMA user_version = 2;
