// Package raw measures what the database itself takes: the rows of a task, written one by one with prepared
// statements in durable transactions of 64 tasks. No HTTP, no checks, no reads.
package raw

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// batch is how many tasks a transaction has.
const batch = 64

// Result is what was measured.
type Result struct {
	Tasks          int     `json:"tasks"`
	TasksPerSecond float64 `json:"tasksPerSecond"`
}

// statements write the rows of one task, in the tables that the store has made.
var statements = []string{
	`INSERT INTO token (instance_id, operation, token, digest, result, claimed_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
	`INSERT INTO chain (instance_id, id, version, linked, attributes) VALUES ($1, $2, 1, 0, $3)`,
	`INSERT INTO contact (instance_id, id, version, indexed, state, queue_id, method, initiated_at, enqueued_at, expires_at, words, body)
		VALUES ($1, $2, 1, 1, 'QUEUED', $3, 'API', $4, $5, $6, $7, $8)`,
	`INSERT INTO event (instance_id, contact_id, seq, body) VALUES ($1, $2, 1, $3)`,
	`INSERT INTO timer (instance_id, id, kind, contact_id, agent_id, stamp, due_at) VALUES ($1, $2, 'EXPIRY', $3, '', 0, $4)`,
	`INSERT INTO term (instance_id, term, contact_id) VALUES ($1, $2, $3)`, // the last: for each of terms
}

// terms are what the task is found by.
var terms = []string{"a4:tiergold", "a7:orderIda-1009", "w1009", "wa", "wfor", "worder", "wrefund"}

// Measure writes tasks for so long on one connection.
func Measure(ctx context.Context, db *sql.DB, duration time.Duration) (Result, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return Result{}, err
	}
	defer conn.Close()
	prepared := make([]*sql.Stmt, len(statements))
	for i, text := range statements {
		//nolint:sqlclosecheck // ends with its connection
		if prepared[i], err = conn.PrepareContext(ctx, text); err != nil {
			return Result{}, err
		}
	}
	begin, tasks := time.Now(), 0
	for time.Since(begin) < duration {
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return Result{}, err
		}
		for range batch {
			if err := task(ctx, tx, prepared); err != nil {
				return Result{}, fmt.Errorf("write a task: %w", err)
			}
		}
		if err := tx.Commit(); err != nil {
			return Result{}, err
		}
		tasks += batch
	}
	return Result{Tasks: tasks, TasksPerSecond: float64(tasks) / time.Since(begin).Seconds()}, nil
}

const (
	instance = "11111111-1111-4111-8111-111111111111"
	body     = `{"association":"01a20898-0d38-4887-b7e6-b3a118c5030e","method":"API","name":"Refund for order A-1009","description":"Customer returned both items.","references":{"Order":{"type":"URL","value":"https://shop.example/orders/A-1009"}},"flow":"dad2e623-f057-5570-bfb9-b9e00026c97d","target":"061dd5f1-2d0d-539f-bae5-4200dd751cf3","priority":5,"rank":1795440509911000,"expires":1796045309911000,"connectedToSystem":1795440509911000,"enqueued":1795440509911000,"updated":1795440509911000}`
	events   = `[{"type":"INITIATED","at":"2026-11-23T12:00:00.123456Z"},{"type":"CONNECTED_TO_SYSTEM","at":"2026-11-23T12:00:00.123456Z"},{"type":"QUEUED","at":"2026-11-23T12:00:00.123456Z","queue":"061dd5f1-2d0d-539f-bae5-4200dd751cf3"}]`
)

func task(ctx context.Context, tx *sql.Tx, prepared []*sql.Stmt) error {
	id, err := uuid.NewV7() // ids grow with time, as the server's do
	if err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	rows := [][]any{
		{instance, "StartTaskContact", uuid.NewString(), "Zm9v", id.String(), now, now},
		{instance, id.String(), `{"orderId":"A-1009","tier":"gold"}`},
		{instance, id.String(), "061dd5f1-2d0d-539f-bae5-4200dd751cf3", now, now, now, " refund for order a 1009 ", body},
		{instance, id.String(), events},
		{instance, "EXPIRY/" + id.String(), id.String(), now},
	}
	for _, term := range terms {
		rows = append(rows, []any{instance, term, id.String()})
	}
	for i, args := range rows {
		//nolint:sqlclosecheck // ends with its transaction
		if _, err := tx.StmtContext(ctx, prepared[min(i, len(prepared)-1)]).ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
