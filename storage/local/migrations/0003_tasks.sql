-- Requests that are answered later. stage follows from state, and due is NULL
-- for what is over. person and encounter are no references: a task may be there
-- before and after them; empty for nobody's, and for all of the person's. bytes
-- is the length of what the task holds in task_bodies.
DROP TABLE tasks;

CREATE TABLE tasks (
    n              INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    client         TEXT NOT NULL,
    operation      TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    person         TEXT NOT NULL,
    encounter      TEXT NOT NULL,
    callback       TEXT NOT NULL,
    state          TEXT NOT NULL,
    stage          TEXT NOT NULL CHECK (stage IN ('work', 'deliver', 'over')),
    priority       INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 99),
    attempts       INTEGER NOT NULL,
    begun          INTEGER NOT NULL,
    due            INTEGER,
    result_type    TEXT NOT NULL,
    bytes          INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    updated        INTEGER NOT NULL,
    CHECK ((stage = 'over') = (due IS NULL))
) STRICT;

CREATE INDEX tasks_by_due ON tasks (stage, priority DESC, due);
CREATE INDEX tasks_by_person ON tasks (person) WHERE person <> '';
CREATE INDEX tasks_by_age ON tasks (stage, updated) WHERE stage = 'over';
CREATE INDEX tasks_by_client ON tasks (client, stage, bytes) WHERE stage <> 'over' OR bytes > 0;

-- What a task holds may be long; beside the task it is not written anew when
-- the task is taken.
CREATE TABLE task_bodies (
    task    INTEGER PRIMARY KEY REFERENCES tasks (n) ON DELETE CASCADE,
    request BLOB,
    result  BLOB
) STRICT;

-- Verifications in a row that ended without a match, of those who have any.
CREATE TABLE attempts (
    person   INTEGER PRIMARY KEY REFERENCES persons (id) ON DELETE CASCADE,
    failures INTEGER NOT NULL CHECK (failures > 0),
    last     INTEGER NOT NULL
) STRICT;
