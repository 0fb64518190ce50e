package routing

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/contact"
)

// crowd fills a board: agents and what waits are spread over the queues, and each profile serves fifty of them.
type crowd struct {
	queues, profiles, agents int
	expressions              int // of which one in two tasks has one; 0: none
	delays                   bool
}

func (c crowd) board(waiting int) *Board {
	b := NewBoard()
	b.Advance(start)
	for p := range c.profiles {
		profile := &Profile{ID: fmt.Sprint("p", p)}
		for i := range min(50, c.queues) {
			pq := ProfileQueue{Queue: c.queue(p*7 + i), Priority: i%3 + 1}
			if c.delays && i%2 == 0 {
				pq.Delay = 30 * time.Second
			}
			profile.Queues = append(profile.Queues, pq)
		}
		b.SetProfile(profile)
	}
	for i := range waiting {
		b.Wait(c.task(i))
	}
	return b
}

func (c crowd) queue(i int) string { return fmt.Sprint("queue-", i%c.queues) }

func (c crowd) task(i int) Waiting {
	w := Waiting{
		Contact: uuid.NewString(), Queue: c.queue(i), Priority: 5, Rank: start.Add(time.Duration(i) * time.Millisecond),
		Enqueued: start.Add(-time.Hour),
	}
	if c.expressions > 0 && i%2 == 0 {
		e := i / 2 % c.expressions
		w.Filter = speaks(fmt.Sprint("language ", e/3), float64(e%3+1))
	}
	return w
}

func (c crowd) seat(i int) Seat {
	s := Seat{Agent: fmt.Sprint("agent-", i%c.agents), Profile: fmt.Sprint("p", i%c.profiles), Idle: start.Add(time.Duration(i) * time.Millisecond)}
	if c.expressions > 0 {
		for l := range 5 {
			s.Skills = append(s.Skills, Skill{"language", fmt.Sprint("language ", (i+l)%(c.expressions/3+1)), float64(i%5 + 1)})
		}
	}
	return s
}

// BenchmarkOffer is one offer: an agent becomes free, the board makes a pair, a task takes the place of the other.
func BenchmarkOffer(b *testing.B) {
	shapes := map[string]crowd{
		"one queue":                 {queues: 1, profiles: 1, agents: 10_000},
		"1000 queues":               {queues: 1000, profiles: 20, agents: 10_000},
		"200 profiles and criteria": {queues: 1000, profiles: 200, agents: 10_000, expressions: 30, delays: true},
	}
	for name, shape := range shapes {
		for _, waiting := range []int{1000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d waiting", name, waiting), func(b *testing.B) {
				board := shape.board(waiting)
				tasks := make([]Waiting, 4096)
				for i := range tasks {
					tasks[i] = shape.task(waiting + i)
				}
				i := 0
				b.ResetTimer()
				for b.Loop() {
					board.Sit(shape.seat(i))
					if _, ok := board.Next(); ok {
						w := tasks[i%len(tasks)]
						w.Contact = fmt.Sprint("new ", i)
						board.Wait(w)
					}
					i++
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "offers/s")
			})
		}
	}
}

// BenchmarkTask is a task that comes while all agents are free: for any of them, or for one who is hard to find.
func BenchmarkTask(b *testing.B) {
	for name, filter := range map[string]*contact.Expression{
		"for any": nil, "with criteria": speaks("language 3", 5), "for nobody": speaks("none", 1), "for one": prefers("agent-7"),
	} {
		b.Run(name, func(b *testing.B) {
			shape := crowd{queues: 50, profiles: 200, agents: 10_000, expressions: 30}
			board := shape.board(0)
			for i := range shape.agents {
				board.Sit(shape.seat(i))
			}
			for _, ok := board.Next(); ok; _, ok = board.Next() {
				b.Fatal("nothing waits")
			}
			i := 0
			for b.Loop() {
				w := shape.task(i)
				w.Filter = filter
				board.Wait(w)
				if o, ok := board.Next(); ok {
					board.Sit(Seat{Agent: o.Agent, Profile: fmt.Sprint("p", i%200), Idle: start.Add(time.Hour), Skills: shape.seat(3).Skills})
				} else {
					board.Leave(w.Contact)
				}
				i++
			}
		})
	}
}

// mostBytes is what a waiting task may take on the board.
const mostBytes = 400

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLoad puts a million tasks on a board and tells how much memory each takes.
func BenchmarkLoad(b *testing.B) {
	const waiting = 1_000_000
	for name, shape := range map[string]crowd{
		"plain":               {queues: 1000, profiles: 200, agents: 1},
		"criteria and delays": {queues: 1000, profiles: 200, agents: 1, expressions: 30, delays: true},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				board := shape.board(waiting)
				b.ReportMetric(float64(heap()-before)/waiting, "B/task")
				runtime.KeepAlive(board)
			}
			b.ReportMetric(waiting*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
		})
	}
}

// A waiting task takes no more memory than an owner can bear to have millions of.
func TestWaitingTaskIsSmall(t *testing.T) {
	const waiting = 50_000
	shape := crowd{queues: 100, profiles: 20, agents: 1, expressions: 30, delays: true}
	before := heap()
	board := shape.board(waiting)
	if n := (heap() - before) / waiting; n > mostBytes {
		t.Errorf("a waiting task takes %d bytes, more than %d", n, mostBytes)
	}
	runtime.KeepAlive(board)
}
