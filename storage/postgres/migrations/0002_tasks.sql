-- +goose Up

-- Requests that are answered later. stage follows from state, and due is NULL
-- for what is over. person and encounter are no references: a task may be there
-- before and after them; empty for nobody's, and for all of the person's.
DROP TABLE tasks;

CREATE TABLE tasks (
    id          text COLLATE "C" PRIMARY KEY,
    client      text NOT NULL,
    operation   text NOT NULL,
    transaction text NOT NULL,
    person      text COLLATE "C" NOT NULL,
    encounter   text COLLATE "C" NOT NULL,
    callback    text NOT NULL,
    state       text NOT NULL,
    stage       text NOT NULL CHECK (stage IN ('work', 'deliver', 'over')),
    priority    integer NOT NULL CHECK (priority BETWEEN 0 AND 99),
    attempts    integer NOT NULL,
    begun       integer NOT NULL,
    due         timestamptz,
    request     bytea,
    result      bytea,
    result_type text NOT NULL,
    version     bigint NOT NULL,
    created     timestamptz NOT NULL,
    updated     timestamptz NOT NULL,
    CHECK ((stage = 'over') = (due IS NULL))
);

-- Images in base64 hardly compress: trying costs time.
ALTER TABLE tasks ALTER COLUMN request SET STORAGE EXTERNAL;
ALTER TABLE tasks ALTER COLUMN result SET STORAGE EXTERNAL;

CREATE INDEX tasks_by_due ON tasks (stage, priority DESC, due);
CREATE INDEX tasks_by_person ON tasks (person) WHERE person <> '';
CREATE INDEX tasks_by_age ON tasks (updated) WHERE stage = 'over';
CREATE INDEX tasks_by_client ON tasks (client) WHERE stage <> 'over' OR request <> '' OR result <> '';

-- Verifications in a row that ended without a match, of those who have any. A
-- table of its own: counting does not wait for a change to the person.
CREATE TABLE attempts (
    person   bigint PRIMARY KEY REFERENCES persons (id) ON DELETE CASCADE,
    failures integer NOT NULL CHECK (failures > 0),
    last     timestamptz NOT NULL
);
