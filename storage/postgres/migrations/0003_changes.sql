-- +goose Up

-- Whose records were changed, for those who keep a copy of them, as the index of
-- each service does; origin is the store that did it. A number is taken as the
-- last thing before the COMMIT, so a lower one may appear after a higher one,
-- and one whose change was undone never does. mark tells this history from
-- another, in which the database was restored to an earlier state: numbers are
-- given again then, marks are not. A row is kept for a day, in which it may name
-- somebody who was erased meanwhile; the audit trail does so for good. The first
-- names nobody: there is always a newest one.
CREATE TABLE changes (
    seq    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    origin text NOT NULL,
    mark   uuid NOT NULL DEFAULT gen_random_uuid(),
    made   timestamptz NOT NULL DEFAULT now()
);

INSERT INTO changes (person, origin) VALUES ('', '');
