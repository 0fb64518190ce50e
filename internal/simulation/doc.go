// Package simulation runs two or three nodes of Tasklane on one database in one process, under virtual time, and does
// them harm: everything that happens follows from one seed. It has only tests; docs/testing.md says how to use them.
//
//	seed ──► plan: calls, faults, pauses        (plan, calls, faults)
//	           │
//	           ▼
//	scheduler: at each statement a goroutine of a node waits until it is let go on, one at a time   (schedule)
//	           │
//	           ▼
//	node: the real store, engine, dispatcher and desk ──► one SQLite database in memory             (world, database)
//	           │
//	           ▼
//	after each commit, and when all has come to rest: what must hold                                (checks, history)
//
// What was seen is told as a story, which is the same, byte for byte, for the same seed. A seed that fails is shrunk to
// the steps that it takes to fail.
package simulation
