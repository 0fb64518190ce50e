package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// bench is a store with tasks that wait.
type bench struct {
	*testing.B
	store   *store.Store
	engine  *engine.Engine
	d       *Dispatcher
	stock   engine.Stock
	offered chan string
}

func newBench(b *testing.B, waiting, agents int) *bench {
	b.Helper()
	st, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
	w := &bench{B: b, store: st, offered: make(chan string, 1<<16)}
	w.must(err)
	b.Cleanup(func() { w.must(st.Close()) })
	w.engine, err = engine.New(engine.Options{Store: st, Quotas: map[string]int{engine.QuotaUsers: 0, engine.QuotaActiveTasks: 0}})
	w.must(err)
	w.d = New(Options{Engine: w.engine, Store: st, Node: "n1", LeaseTTL: 24 * time.Hour})
	w.stock, err = w.engine.Bootstrap(b.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
	})
	w.must(err)
	w.fill(waiting)
	w.staff(agents)
	w.engine.Watch(func(c engine.Commit) {
		for _, e := range c.Events {
			if e.Type == contact.EventOffered {
				w.offered <- e.Contact
			}
		}
	})
	return w
}

func (w *bench) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// fill puts tasks into the stock queue, many with each command.
func (w *bench) fill(waiting int) {
	const together = 100
	batches := make(chan int)
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for n := range batches {
				w.must(w.store.Update(w.Context(), instance, func(tx engine.Tx) error {
					for range n {
						c := &contact.Contact{ID: contact.NewID(tx.Now()), Name: "task", Flow: w.stock.Flow, Target: w.stock.Queue}
						c.Begin(tx.Now())
						if _, err := c.Enqueue(tx.Now()); err != nil {
							return err
						}
						tx.PutContact(c)
						tx.PutChain(&contact.Chain{ID: c.ID})
					}
					return nil
				}))
			}
		})
	}
	for ; waiting > 0; waiting -= together {
		batches <- min(together, waiting)
	}
	close(batches)
	writers.Wait()
}

// staff makes agents with one slot who are available.
func (w *bench) staff(agents int) {
	u, err := w.engine.User(instance, w.stock.Agent)
	w.must(err)
	statuses, err := w.engine.AgentStatuses(instance)
	w.must(err)
	profile := uuid.NewString()
	body, err := json.Marshal(routing.Profile{Slots: 1, Queues: []routing.ProfileQueue{{Queue: w.stock.Queue, Priority: 1}}})
	w.must(err)
	w.must(w.store.Update(w.Context(), instance, func(tx engine.Tx) error {
		tx.PutResource(engine.Resource{Kind: arn.RoutingProfile, ID: profile, Name: "one slot", Body: body})
		return nil
	}))
	for i := range agents {
		made, err := w.engine.CreateUser(w.Context(), instance, directory.User{
			Username: fmt.Sprint("agent ", i), RoutingProfile: profile, SecurityProfiles: u.Value.SecurityProfiles,
		})
		w.must(err)
		w.must(w.engine.SetStatus(w.Context(), instance, made.ID, statuses[0].ID))
	}
}

func (w *bench) run() {
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- w.d.Run(ctx) }()
	w.Cleanup(func() {
		stop()
		w.must(<-ran)
	})
}

var sizes = []int{1000, 1_000_000}

// BenchmarkOffer is an offer and its commit, with what waits around it: each task that rings is stopped, so that its
// agent gets the next.
func BenchmarkOffer(b *testing.B) {
	for _, waiting := range sizes {
		b.Run(fmt.Sprint(waiting, " waiting"), func(b *testing.B) {
			w := newBench(b, waiting, 32)
			w.run()
			var stops sync.WaitGroup
			for range 640 { // until all runs evenly
				w.next(&stops)
			}
			for b.Loop() {
				w.next(&stops)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "offers/s")
			stops.Wait()
		})
	}
}

// next waits for an offer and puts another task in the place of the one that rings.
func (w *bench) next(stops *sync.WaitGroup) {
	id := <-w.offered
	stops.Go(func() {
		w.must(w.engine.Stop(w.Context(), instance, id))
		_, err := w.engine.StartTask(w.Context(), instance, engine.StartTask{Flow: w.stock.Flow, Name: "task"})
		w.must(err)
	})
}

// BenchmarkLoad is how an owner reads what waits.
func BenchmarkLoad(b *testing.B) {
	for _, waiting := range sizes {
		b.Run(fmt.Sprint(waiting, " waiting"), func(b *testing.B) {
			w := newBench(b, waiting, 0)
			for b.Loop() {
				before := inUse()
				o := newOwner(w.engine, instance, w.store.Unavailable, new(atomic.Int64))
				w.must(o.load(b.Context()))
				if n := onBoard(w, o); n != waiting {
					b.Fatalf("%d tasks are on the board, want %d", n, waiting)
				}
				b.ReportMetric(float64(inUse()-before)/float64(waiting), "B/task")
				runtime.KeepAlive(o)
			}
			b.ReportMetric(float64(waiting)*float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
		})
	}
}

// onBoard is how many tasks an owner has read, who then serves no more.
func onBoard(w *bench, o *owner) (n int) {
	profiles, err := w.engine.RoutingProfiles(instance)
	w.must(err)
	for _, p := range profiles {
		o.board.RemoveProfile(p.ID)
	}
	for _, tasks := range o.board.Unserved() {
		n += tasks
	}
	return n
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
