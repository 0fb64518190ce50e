package growth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tasklane/tasklane/bench/latency"
)

// request is one call of an operation. What its answer must hold proves that it did what is measured.
type request struct {
	method, path string
	body         any
	holds        string
}

// operations are what is measured, by name: each makes its next request.
func (f *filled) operations(instance string) map[string]func() request {
	search := func(moment string, from, to time.Time, criteria object, holds string) request {
		return request{http.MethodPost, "/search-contacts", object{
			"InstanceId": instance, "SearchCriteria": criteria,
			"TimeRange": object{"Type": moment, "StartTime": from.Unix(), "EndTime": to.Unix()},
		}, holds}
	}
	queue := func() object { return object{"QueueIds": []string{f.queues[rand.IntN(len(f.queues))]}} }
	const window = 2 * time.Hour
	some := func() time.Time { return f.first.Add(rand.N(f.last.Sub(f.first) - window)) }
	return map[string]func() request{
		"DescribeContact": func() request {
			id := f.ids[rand.IntN(len(f.ids))]
			return request{http.MethodGet, "/contacts/" + instance + "/" + id, nil, id}
		},
		"UpdateContactAttributes on a chain of 12": func() request {
			return request{http.MethodPost, "/contact/attributes", object{
				"InstanceId": instance, "InitialContactId": f.chains[rand.IntN(len(f.chains))],
				"Attributes": object{"step": fmt.Sprint(rand.Int())},
			}, "{"}
		},
		"SearchContacts by queue and two hours": func() request {
			from := some()
			return search("INITIATION_TIMESTAMP", from, from.Add(window), queue(), "NextToken")
		},
		"SearchContacts by queue and two hours of enqueueing": func() request {
			from := some()
			return search("ENQUEUE_TIMESTAMP", from, from.Add(window), queue(), "NextToken")
		},
		"SearchContacts by queue and all time": func() request {
			return search("INITIATION_TIMESTAMP", f.first, f.last, queue(), "NextToken")
		},
		"SearchContacts by one order's attribute": func() request {
			i := rand.IntN(len(f.ids))
			return search("INITIATION_TIMESTAMP", f.first, f.last, object{"SearchableContactAttributes": object{
				"Criteria": []object{{"Key": "order", "Values": []string{order(i)}}},
			}}, f.ids[i])
		},
		"SearchContacts by a word of all names": func() request {
			return search("INITIATION_TIMESTAMP", f.first, f.last, object{"Name": object{
				"SearchText": []string{"refund"}, "MatchType": "MATCH_ALL",
			}}, "NextToken")
		},
	}
}

type object map[string]any

// runs is how often each operation runs, after a tenth as many that are not counted.
const runs = 500

// timed sends requests on one connection, one after the other.
func timed(ctx context.Context, address string, next func() request) (latency.Summary, error) {
	var all []time.Duration
	for i := range runs + runs/10 {
		r := next()
		body, err := json.Marshal(r.body)
		if err != nil {
			return latency.Summary{}, err
		}
		begin := time.Now()
		if err := r.send(ctx, address, body); err != nil {
			return latency.Summary{}, err
		}
		if i >= runs/10 {
			all = append(all, time.Since(begin))
		}
	}
	return latency.Summarize(all), nil
}

func (r request) send(ctx context.Context, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, r.method, "http://"+address+r.path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(r.holds))) {
		err = fmt.Errorf("%s %s: %s: %s", r.method, r.path, res.Status, text)
	}
	return err
}
