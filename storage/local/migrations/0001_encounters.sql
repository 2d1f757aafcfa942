-- Encounters, their samples and the images to delete. Row ids only grow, so
-- that rows are appended and a page is seldom split. Times are microseconds
-- since 1970, UTC. What a client sent as JSON is kept as the bytes it sent.

CREATE TABLE persons (
    id     INTEGER PRIMARY KEY,
    person TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE encounters (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL REFERENCES persons (id),
    encounter   TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE')),
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    type        TEXT NOT NULL,
    client_data BLOB,
    contextual  BLOB,
    biographic  BLOB,
    protection  BLOB,
    UNIQUE (person, encounter)
) STRICT;

CREATE TABLE encounter_galleries (
    encounter INTEGER NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    ordinal   INTEGER NOT NULL,
    gallery   TEXT NOT NULL CHECK (gallery <> 'ALL'),
    PRIMARY KEY (encounter, ordinal),
    UNIQUE (encounter, gallery)
) STRICT, WITHOUT ROWID;

CREATE INDEX encounter_galleries_by_gallery ON encounter_galleries (gallery);

-- A sample has an image or not, and a template or not; of each all columns or
-- none. An image belongs to one sample: deleting the sample deletes it.
CREATE TABLE samples (
    id           INTEGER PRIMARY KEY,
    encounter    INTEGER NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    ordinal      INTEGER NOT NULL,
    modality     TEXT NOT NULL,
    weights      TEXT,
    dimension    INTEGER,
    template     BLOB,
    image_key    TEXT UNIQUE,
    image_length INTEGER,
    image_sha256 BLOB CHECK (length(image_sha256) = 32),
    details      BLOB,
    UNIQUE (encounter, ordinal),
    CHECK ((image_key IS NULL) = (image_length IS NULL) AND (image_key IS NULL) = (image_sha256 IS NULL)),
    CHECK ((weights IS NULL) = (dimension IS NULL) AND (weights IS NULL) = (template IS NULL))
) STRICT;

-- Images whose sample is gone, oldest first.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY,
    image_key TEXT NOT NULL UNIQUE
) STRICT;
