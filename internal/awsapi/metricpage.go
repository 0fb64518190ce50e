package awsapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

const (
	// maxMetricRows is the largest page of GetCurrentMetricData, and the one it gives when none is asked for.
	maxMetricRows = 100
	// metricTokenLife is how long a NextToken of real-time metrics can be used.
	metricTokenLife = 5 * time.Minute
	ofMetrics       = "metrics"
)

// metricPage cuts one page out of the rows of real-time metrics. Their order changes from one moment to the next, so a
// NextToken holds the order that the first page had: each row is told once, with the numbers of the moment it is told.
// It fails with [fault.Invalid] for a token that is none or is too old, and with [fault.Unusable] for one of another
// request.
func metricPage(rows []engine.MetricRow, in *wire.GetCurrentMetricDataRequest, now time.Time) ([]engine.MetricRow, *string, error) {
	request, err := sameQuestion(in)
	if err != nil {
		return nil, nil, err
	}
	if token := wire.Value(in.NextToken); token != "" {
		c, err := readCursor(token, ofMetrics, now)
		if err != nil {
			return nil, nil, err
		}
		if c.Request != request {
			return nil, nil, fault.New(fault.Unusable, "NextToken belongs to a request with other members")
		}
		rows = pick(rows, c.Rows)
	}
	size := maxMetricRows
	if in.MaxResults != nil {
		size = min(size, int(*in.MaxResults))
	}
	if len(rows) <= size {
		return rows, nil, nil
	}
	c := cursor{Of: ofMetrics, Request: request}
	for _, r := range rows[size:] {
		c.Rows = append(c.Rows, shortKey(r))
	}
	next, err := c.tokenFor(metricTokenLife, now)
	return rows[:size], next, err
}

// pick returns the rows with these keys, in this order; what is gone since is left out.
func pick(rows []engine.MetricRow, keys []string) []engine.MetricRow {
	byKey := make(map[string]engine.MetricRow, len(rows))
	for _, r := range rows {
		byKey[shortKey(r)] = r
	}
	picked := make([]engine.MetricRow, 0, len(keys))
	for _, k := range keys {
		if r, ok := byKey[k]; ok {
			picked = append(picked, r)
		}
	}
	return picked
}

// shortKey tells a row from the others of its answer in a few characters.
func shortKey(r engine.MetricRow) string {
	sum := sha256.Sum256([]byte(r.Key()))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// sameQuestion is a digest of what a request asks for, however it is paged.
func sameQuestion(in *wire.GetCurrentMetricDataRequest) (string, error) {
	question := *in
	question.NextToken, question.MaxResults = nil, nil
	text, err := json.Marshal(question)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}
