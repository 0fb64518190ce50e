-- +goose Up

-- Access keys have a name and can be disabled. What a binary of before writes beside is an active key without a name.
-- transaction: SQLite cannot add a column only where it is missing, so this must not be left half done

ALTER TABLE access_key ADD COLUMN name TEXT NOT NULL DEFAULT '';

ALTER TABLE access_key ADD COLUMN status TEXT NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DISABLED'));

ALTER TABLE access_key ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
