-- +goose Up

-- Encounters, their samples, images and templates. Ids are compared byte by
-- byte, so they are COLLATE "C". What a client sent as JSON is kept as the
-- bytes it sent.

CREATE TABLE persons (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE encounters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person      bigint NOT NULL REFERENCES persons (id),
    encounter   text COLLATE "C" NOT NULL,
    status      text NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE')),
    created     timestamptz NOT NULL,
    updated     timestamptz NOT NULL,
    type        text NOT NULL,
    client_data bytea,
    contextual  bytea,
    biographic  bytea,
    protection  bytea,
    UNIQUE (person, encounter)
);

CREATE TABLE encounter_galleries (
    encounter bigint NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    gallery   text COLLATE "C" NOT NULL CHECK (gallery <> 'ALL'),
    PRIMARY KEY (encounter, ordinal),
    UNIQUE (encounter, gallery)
);

CREATE INDEX encounter_galleries_by_gallery ON encounter_galleries (gallery);

CREATE TABLE samples (
    encounter bigint NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    modality  text NOT NULL,
    details   bytea,
    forgotten boolean NOT NULL,
    PRIMARY KEY (encounter, ordinal)
);

CREATE TABLE templates (
    encounter bigint NOT NULL,
    ordinal   integer NOT NULL,
    weights   text NOT NULL,
    dimension integer NOT NULL,
    template  bytea NOT NULL,
    PRIMARY KEY (encounter, ordinal),
    FOREIGN KEY (encounter, ordinal) REFERENCES samples (encounter, ordinal) ON DELETE CASCADE
);

-- A vector's bytes don't compress: trying costs time.
ALTER TABLE templates ALTER COLUMN template SET STORAGE EXTERNAL;

-- Changes under way; a row is locked by the transaction that ends it.
CREATE TABLE acts (
    id      text COLLATE "C" PRIMARY KEY,
    expires timestamptz NOT NULL
);

CREATE INDEX acts_by_expiry ON acts (expires);

-- A claim is held by its act under way, or settled with an outcome. An act
-- can't end and leave its claim as it is: the reference forbids it.
CREATE TABLE claims (
    key     bytea PRIMARY KEY CHECK (length(key) = 32),
    body    bytea NOT NULL CHECK (length(body) = 32),
    act     text COLLATE "C" UNIQUE REFERENCES acts (id),
    outcome bytea CHECK (length(outcome) > 0),
    made    timestamptz NOT NULL,
    CHECK ((act IS NULL) <> (outcome IS NULL))
);

CREATE INDEX claims_by_age ON claims (made);

-- Every image there may be, from before its bytes are stored until after they
-- are deleted. One of three names it at any time: an act under way, an
-- encounter or, in the order of queued, the outbox. So a key is used once, an
-- encounter with images can't be deleted before they are queued, nor an act.
CREATE TABLE images (
    key       text COLLATE "C" PRIMARY KEY CHECK (key ~ '^[0-9a-f]{32}$'),
    act       text COLLATE "C" REFERENCES acts (id),
    encounter bigint REFERENCES encounters (id),
    ordinal   integer, -- among the act's images, or of the encounter's sample
    queued    bigint UNIQUE,
    length    bigint,
    sha256    bytea CHECK (length(sha256) = 32),
    type      text,
    width     integer,
    height    integer,
    UNIQUE (encounter, ordinal) DEFERRABLE, -- an update may let two images change places
    CHECK (num_nonnulls(act, encounter, queued) = 1),
    CHECK ((ordinal IS NULL) = (queued IS NOT NULL)),
    CHECK (num_nonnulls(length, sha256, type, width, height) = CASE WHEN encounter IS NULL THEN 0 ELSE 5 END)
);

CREATE INDEX images_by_act ON images (act) WHERE act IS NOT NULL;

CREATE SEQUENCE outbox_order;

-- The audit trail. A line says of an act that its change was made, once at most,
-- or that it asked for something or was refused.
CREATE TABLE audit (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time        timestamptz NOT NULL,
    act         text COLLATE "C" NOT NULL,
    changed     boolean NOT NULL,
    client      text NOT NULL,
    operation   text NOT NULL,
    transaction text NOT NULL,
    person      text COLLATE "C" NOT NULL,
    encounter   text COLLATE "C" NOT NULL,
    details     bytea
);

CREATE UNIQUE INDEX audit_of_changes ON audit (act) WHERE changed;

CREATE TABLE tasks (
    id       text COLLATE "C" PRIMARY KEY,
    state    text NOT NULL,
    priority integer NOT NULL,
    attempts integer NOT NULL,
    due      timestamptz, -- NULL for never
    request  bytea,
    result   bytea,
    created  timestamptz NOT NULL,
    updated  timestamptz NOT NULL
);

CREATE INDEX tasks_by_due ON tasks (priority DESC, due) WHERE due IS NOT NULL;
