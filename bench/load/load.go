// Package load starts tasks as fast as a server takes them. Every request is signed; the client is written for
// little CPU time, because it runs on the machine that it measures.
package load

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tasklane/tasklane/bench/latency"
)

// Target is the server to load, as its bootstrap file tells it.
type Target struct {
	Address         string // host:port
	Region          string
	AccessKeyID     string
	SecretAccessKey string
	InstanceID      string
	FlowID          string
}

// Result is what was measured.
type Result struct {
	Clients        int             `json:"clients"`
	Tasks          int             `json:"tasks"`
	TasksPerSecond float64         `json:"tasksPerSecond"`
	Answer         latency.Summary `json:"answer"`
}

// Run starts tasks from so many clients at once, each waiting for its answer, for so long.
func Run(ctx context.Context, t Target, clients int, duration time.Duration) (Result, error) {
	begin := time.Now()
	until := begin.Add(duration)
	all := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() { all[i], errs[i] = client(ctx, t, i, until) })
	}
	wg.Wait()
	took := time.Since(begin)
	var latencies []time.Duration
	for i := range clients {
		if errs[i] != nil {
			return Result{}, errs[i]
		}
		latencies = append(latencies, all[i]...)
	}
	return Result{
		Clients: clients, Tasks: len(latencies), TasksPerSecond: float64(len(latencies)) / took.Seconds(),
		Answer: latency.Summarize(latencies),
	}, nil
}

// client starts tasks on one connection, one after the other.
func client(ctx context.Context, t Target, number int, until time.Time) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", t.Address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	s := newSigner(t)
	var all []time.Duration
	run := time.Now().UnixNano()
	for i := 0; time.Now().Before(until); i++ {
		begin := time.Now()
		if _, err := conn.Write(s.request(fmt.Sprintf("%d-%d-%d", run, number, i), begin)); err != nil {
			return nil, err
		}
		if err := started(answers); err != nil {
			return nil, err
		}
		all = append(all, time.Since(begin))
	}
	return all, nil
}

// started reads an answer, which must say that the task was started.
func started(answers *bufio.Reader) error {
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("StartTaskContact: %s: %s", res.Status, text)
	}
	return err
}

// signer makes signed StartTaskContact requests.
type signer struct {
	t    Target
	date string
	key  []byte
}

func newSigner(t Target) *signer {
	s := &signer{t: t, date: time.Now().UTC().Format("20060102")}
	s.key = []byte("AWS4" + t.SecretAccessKey)
	for _, part := range []string{s.date, t.Region, "connect", "aws4_request"} {
		s.key = mac(s.key, part)
	}
	return s
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, text) //nolint:errcheck // a hash takes everything
	return h.Sum(nil)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// request is the whole text of a request: a task as an integration would start it.
func (s *signer) request(token string, now time.Time) []byte {
	body := fmt.Sprintf(`{"InstanceId":%q,"ContactFlowId":%q,"Name":"Refund for order A-1009","Description":"Customer returned both items.",`+
		`"References":{"Order":{"Type":"URL","Value":"https://shop.example/orders/A-1009"}},"Attributes":{"orderId":"A-1009","tier":"gold"},"ClientToken":%q}`,
		s.t.InstanceID, s.t.FlowID, token)
	date := now.UTC().Format("20060102T150405Z")
	scope := s.date + "/" + s.t.Region + "/connect/aws4_request"
	canonical := "PUT\n/contact/task\n\ncontent-type:application/json\nhost:" + s.t.Address + "\nx-amz-date:" + date +
		"\n\ncontent-type;host;x-amz-date\n" + digest(body)
	signature := hex.EncodeToString(mac(s.key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+digest(canonical)))
	return fmt.Appendf(nil, "PUT /contact/task HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nX-Amz-Date: %s\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host;x-amz-date, Signature=%s\r\n\r\n%s",
		s.t.Address, len(body), date, s.t.AccessKeyID, scope, signature, body)
}
