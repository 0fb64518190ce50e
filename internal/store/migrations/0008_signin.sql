-- +goose Up

-- A session ends when the epoch of its user is another one, and knows how its user has signed in. What a binary of
-- before writes beside is a session of the first epoch, by password.
-- transaction: SQLite cannot add a column only where it is missing, so this must not be left half done

ALTER TABLE session ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;

ALTER TABLE session ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- Wrong passwords, by user name and by address.
-- global: counted before it is known whether there is such a user
CREATE TABLE attempt (
  id         TEXT   NOT NULL PRIMARY KEY,
  version    BIGINT NOT NULL CHECK (version > 0),
  wrong      BIGINT NOT NULL CHECK (wrong >= 0),
  until_at   BIGINT NOT NULL,
  last_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX attempt_expiry ON attempt (expires_at);

-- +goose Down
