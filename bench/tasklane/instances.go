package tasklane

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Instances is what was measured of a server with many instances.
type Instances struct {
	Made            int     `json:"made"` // one after the other
	CreateP50Millis float64 `json:"createP50Millis"`
	CreateP99Millis float64 `json:"createP99Millis"`
	CreateCPUMillis float64 `json:"createCPUMillis"` // of the server, for one

	Instances           int     `json:"instances"`           // that the server has at the end
	ReadyMillis         float64 `json:"readyMillis"`         // of a start with all of them
	KBEach              float64 `json:"kbEach"`              // of memory of the Go heap, above a server with one
	IdleMiB             float64 `json:"idleMiB"`             // resident memory with all of them
	Goroutines          int     `json:"goroutines"`          // with all of them
	GoroutinesOfOne     int     `json:"goroutinesOfOne"`     // with one
	IdleCPUPercent      float64 `json:"idleCPUPercent"`      // of one core, with all of them
	ListP50Millis       float64 `json:"listP50Millis"`       // of one page of ListInstances, which has ten
	ListAllMillis       float64 `json:"listAllMillis"`       // of all pages
	DeleteAndSeenMillis float64 `json:"deleteAndSeenMillis"` // of DeleteInstance, and a DescribeInstance that says so
}

const (
	// idleFor is how long an idle server is looked at.
	idleFor = 5 * time.Second
	// afterChanges is when servers of one database no longer read again what was changed.
	afterChanges = 65 * time.Second
)

// MeasureInstances makes instances, the first of them timed, until a server has so many, and starts it anew.
// The database is SQLite in dir when no URL is given.
func MeasureInstances(ctx context.Context, binary, dir, database string, timed, many int) (r Instances, err error) {
	flags := []string{"--auth", "off", "--quota", "instances=0"}
	p, err := start(ctx, binary, dir, database, flags...)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	// What a server with one instance needs is what it needs at a start.
	if p, err = p.again(ctx, binary, dir, database, flags); err != nil {
		return r, err
	}
	one, err := p.settled(ctx)
	if err != nil {
		return r, err
	}
	r.GoroutinesOfOne = one.goroutines
	if err := r.create(ctx, p, timed, many); err != nil {
		return r, err
	}
	if p, err = p.again(ctx, binary, dir, database, flags); err != nil {
		return r, err
	}
	r.ReadyMillis = millis(p.readyAfter)
	all, err := p.settled(ctx)
	if err != nil {
		return r, err
	}
	r.Goroutines = all.goroutines
	r.KBEach = (all.heap - one.heap) / 1000 / float64(many-1)
	if r.IdleMiB, err = p.residentMiB(); err != nil {
		return r, err
	}
	if database != "" {
		time.Sleep(afterChanges)
	}
	before, err := p.cpu()
	if err != nil {
		return r, err
	}
	time.Sleep(idleFor)
	after, err := p.cpu()
	if err != nil {
		return r, err
	}
	r.IdleCPUPercent = 100 * (after - before).Seconds() / idleFor.Seconds()
	return r, r.list(ctx, p)
}

// create makes instances, and remembers how long the timed ones took.
func (r *Instances) create(ctx context.Context, p *process, timed, many int) error {
	r.Made = timed
	var took []time.Duration
	before, err := p.cpu()
	if err != nil {
		return err
	}
	for i := range many - 1 {
		began := time.Now()
		if _, err := p.call(ctx, http.MethodPut, "/instance", fmt.Sprintf(
			`{"IdentityManagementType":"CONNECT_MANAGED","InstanceAlias":"bench-%d","InboundCallsEnabled":false,"OutboundCallsEnabled":false}`, i)); err != nil {
			return err
		}
		if took = append(took, time.Since(began)); len(took) == timed {
			after, err := p.cpu()
			if err != nil {
				return err
			}
			r.CreateCPUMillis = millis(after-before) / float64(timed)
		}
	}
	took = took[:timed]
	slices.Sort(took)
	r.CreateP50Millis, r.CreateP99Millis = millis(took[timed/2]), millis(took[timed*99/100])
	return nil
}

// list reads all instances and deletes the last of them.
func (r *Instances) list(ctx context.Context, p *process) error {
	var pages []time.Duration
	last := ""
	for token := "-"; token != ""; {
		path := "/instance?maxResults=10"
		if token != "-" {
			path += "&nextToken=" + url.QueryEscape(token)
		}
		began := time.Now()
		text, err := p.call(ctx, http.MethodGet, path, "")
		if err != nil {
			return err
		}
		pages = append(pages, time.Since(began))
		var out struct {
			InstanceSummaryList []struct{ ID string }
			NextToken           string
		}
		if err := json.Unmarshal(text, &out); err != nil {
			return err
		}
		r.Instances += len(out.InstanceSummaryList)
		token, last = out.NextToken, out.InstanceSummaryList[len(out.InstanceSummaryList)-1].ID
	}
	for _, took := range pages {
		r.ListAllMillis += millis(took)
	}
	slices.Sort(pages)
	r.ListP50Millis = millis(pages[len(pages)/2])
	began := time.Now()
	if _, err := p.call(ctx, http.MethodDelete, "/instance/"+last, ""); err != nil {
		return err
	}
	if text, err := p.call(ctx, http.MethodGet, "/instance/"+last, ""); err == nil {
		return fmt.Errorf("a deleted instance is described: %s", text)
	}
	r.DeleteAndSeenMillis = millis(time.Since(began))
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// call sends a request without a signature and returns the answer, which must be a success.
func (p *process) call(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", method, path, res.Status, text)
	}
	return text, err
}

// again stops a server and starts it on its data.
func (p *process) again(ctx context.Context, binary, dir, database string, flags []string) (*process, error) {
	if err := p.stop(); err != nil {
		return p, err
	}
	next, err := start(ctx, binary, dir, database, flags...)
	if err != nil {
		return p, err
	}
	return next, nil
}

// idle is what a server needs that does nothing.
type idle struct {
	heap       float64 // bytes
	goroutines int
}

// settled reads what a server needs some time after its start: the least heap that was seen, as what is garbage comes and
// goes.
func (p *process) settled(ctx context.Context) (least idle, err error) {
	for range 12 {
		time.Sleep(idleFor / 10)
		text, err := p.call(ctx, http.MethodGet, "/metrics", "")
		if err != nil {
			return least, err
		}
		heap, err := metric(text, "go_memstats_heap_alloc_bytes")
		if err != nil {
			return least, err
		}
		goroutines, err := metric(text, "go_goroutines")
		if err != nil {
			return least, err
		}
		if least.heap == 0 {
			least = idle{heap, int(goroutines)}
		}
		least = idle{min(heap, least.heap), min(int(goroutines), least.goroutines)}
	}
	return least, nil
}

func metric(text []byte, name string) (float64, error) {
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(v), 64)
		}
	}
	return 0, fmt.Errorf("no metric is named %s", name)
}

// Print says on w what was measured on a database.
func (r Instances) Print(w io.Writer, database string) error {
	_, err := fmt.Fprintf(w, "%s: CreateInstance p50 %.1f ms, p99 %.1f ms, CPU %.1f ms; with %d instances: ready %.0f ms, %.0f kB each, %d goroutines (%d with one), a page %.2f ms\n",
		database, r.CreateP50Millis, r.CreateP99Millis, r.CreateCPUMillis, r.Instances, r.ReadyMillis, r.KBEach, r.Goroutines, r.GoroutinesOfOne, r.ListP50Millis)
	return err
}
