-- +goose Up

-- Contacts are searched by their times, their queue, their agent, the tree of links they belong to, and by terms:
-- words of the name, attributes, tags. A row tells in indexed at which version of it all this was written, so that
-- rows of a binary that does not know of it, from before or beside, are found and completed.
-- transaction: SQLite cannot add a column only where it is missing, so this must not be left half done

ALTER TABLE contact ADD COLUMN indexed BIGINT;

-- Empty on the first contact of a chain, and of a tree of links.
ALTER TABLE contact ADD COLUMN initial_id TEXT;

ALTER TABLE contact ADD COLUMN association_id TEXT;

ALTER TABLE contact ADD COLUMN method TEXT;

-- The words of the name, with a space between and around them.
ALTER TABLE contact ADD COLUMN words TEXT;

ALTER TABLE contact ADD COLUMN scheduled_at BIGINT;

ALTER TABLE contact ADD COLUMN enqueued_at BIGINT;

ALTER TABLE contact ADD COLUMN connected_at BIGINT;

ALTER TABLE contact ADD COLUMN disconnected_at BIGINT;

ALTER TABLE contact ADD COLUMN expires_at BIGINT;

CREATE INDEX contact_stale ON contact (instance_id, id) WHERE indexed IS NULL OR indexed <> version;

CREATE INDEX contact_chain ON contact (instance_id, initial_id, id) WHERE initial_id IS NOT NULL;

CREATE INDEX contact_association ON contact (instance_id, association_id, id) WHERE association_id IS NOT NULL;

-- Ids grow with the time of initiation (docs/decisions/0002-contact-ids.md), which so needs no index.
CREATE INDEX contact_queue ON contact (instance_id, queue_id, id) WHERE queue_id IS NOT NULL;

CREATE INDEX contact_agent ON contact (instance_id, agent_id, id) WHERE connected_at IS NOT NULL;

CREATE INDEX contact_scheduled ON contact (instance_id, scheduled_at, id) WHERE scheduled_at IS NOT NULL;

CREATE INDEX contact_enqueued ON contact (instance_id, enqueued_at, id) WHERE enqueued_at IS NOT NULL;

CREATE INDEX contact_connected ON contact (instance_id, connected_at, id) WHERE connected_at IS NOT NULL;

CREATE INDEX contact_disconnected ON contact (instance_id, disconnected_at, id) WHERE disconnected_at IS NOT NULL;

CREATE TABLE term (
  instance_id TEXT NOT NULL,
  term        TEXT NOT NULL,
  contact_id  TEXT NOT NULL,
  PRIMARY KEY (instance_id, term, contact_id)
);

-- +goose Down
