-- Changes under way, what they leave behind, and what is to be done later.

-- An act names its images from before they are written until a record or the
-- outbox does. Its lease ends so many microseconds after the store was opened:
-- no clock that is set can end it, and no act outlives the process.
CREATE TABLE acts (
    id      TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE act_images (
    act       TEXT NOT NULL REFERENCES acts (id) ON DELETE CASCADE,
    ordinal   INTEGER NOT NULL,
    image_key TEXT NOT NULL UNIQUE,
    PRIMARY KEY (act, ordinal)
) STRICT, WITHOUT ROWID;

-- A claim belongs to the act that made it and is settled when it has an outcome.
CREATE TABLE claims (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    body    BLOB NOT NULL CHECK (length(body) = 32),
    act     TEXT NOT NULL,
    made    INTEGER NOT NULL,
    outcome BLOB
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX claims_under_way ON claims (act) WHERE outcome IS NULL;
CREATE INDEX claims_by_age ON claims (made);

-- The audit trail only grows. An act makes one change at most.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    time        INTEGER NOT NULL,
    act         TEXT NOT NULL,
    changed     INTEGER NOT NULL CHECK (changed IN (0, 1)),
    client      TEXT NOT NULL,
    operation   TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    person      TEXT NOT NULL,
    encounter   TEXT NOT NULL,
    details     BLOB
) STRICT;

CREATE UNIQUE INDEX audit_changes ON audit (act) WHERE changed;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is not changed'); END;

CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'nothing is removed from the audit trail'); END;

-- Tasks that are never due have no due time.
CREATE TABLE tasks (
    id       TEXT PRIMARY KEY,
    state    TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    attempts INTEGER NOT NULL,
    due      INTEGER,
    request  BLOB,
    result   BLOB,
    created  INTEGER NOT NULL,
    updated  INTEGER NOT NULL
) STRICT;

CREATE INDEX tasks_due ON tasks (priority DESC, due) WHERE due IS NOT NULL;

-- What is known of an image, and that there was one which is not kept.
ALTER TABLE samples ADD COLUMN image_type   TEXT NOT NULL DEFAULT '';
ALTER TABLE samples ADD COLUMN image_width  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN image_height INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN forgotten    INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));
