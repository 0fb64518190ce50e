-- +goose Up

-- A session that was handed over ends with the one that it comes from. What a binary of before writes beside comes from
-- none.
-- transaction: SQLite cannot add a column only where it is missing, so this must not be left half done

ALTER TABLE session ADD COLUMN parent TEXT NOT NULL DEFAULT '';

CREATE INDEX session_by_user ON session (user_id);

-- When somebody was last active in a session.
-- global: looked up before the instance is known
CREATE TABLE activity (
  token_hash TEXT   NOT NULL PRIMARY KEY,
  active_at  BIGINT NOT NULL
);

CREATE INDEX activity_by_time ON activity (active_at);

-- +goose Down
