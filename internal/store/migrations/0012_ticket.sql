-- +goose NO TRANSACTION
-- +goose Up

-- Tickets let their holder do one thing, once, for a session.
-- global: looked up before the instance is known
CREATE TABLE IF NOT EXISTS ticket (
  hash         TEXT   NOT NULL PRIMARY KEY,
  purpose      TEXT   NOT NULL CHECK (purpose IN ('SOCKET', 'HAND_OVER', 'SIGN_IN')),
  session_hash TEXT   NOT NULL,
  expires_at   BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS ticket_expiry ON ticket (expires_at);

-- +goose Down
