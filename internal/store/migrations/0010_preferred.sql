-- +goose NO TRANSACTION
-- +goose Up

-- Contacts are also found by the agents whom their routing criteria name: those that were written before are indexed anew.

UPDATE contact SET indexed = NULL WHERE body LIKE '%"agentIds":%';

-- +goose Down
