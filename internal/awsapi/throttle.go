package awsapi

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"

	"golang.org/x/time/rate"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// Rate bounds how often an operation may be called: a bucket of Burst tokens that fills at PerSecond.
type Rate struct {
	PerSecond float64 `json:"perSecond"`
	Burst     int     `json:"burst"`
}

// Rates are the rates of operations by name; "default" is that of all others. Each account has its own buckets,
// on each node.
type Rates map[string]Rate

const defaultRate = "default"

// AWSRates are Amazon Connect's own
// (https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html).
func AWSRates() Rates {
	rates := Rates{
		defaultRate:                {2, 5},
		"TagContact":               {20, 25},
		"UntagContact":             {20, 25},
		"UpdateContactRoutingData": {20, 20},
		"SearchContacts":           {0.5, 1},
		"GetMetricData":            {5, 8},
		"GetCurrentMetricData":     {5, 8},
		"GetMetricDataV2":          {10, 10},
	}
	for _, name := range []string{
		"DescribeContact", "StopContact", "UpdateContact", "UpdateContactAttributes", "GetContactAttributes",
		"ListContactReferences",
	} {
		rates[name] = Rate{10, 15}
	}
	return rates
}

// ReadRates reads rates from a JSON file: {"default": {"perSecond": 2, "burst": 5}, "StopContact": {…}}. Without a
// default the operations that it does not name are not bounded.
func ReadRates(file string) (Rates, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rates Rates
	if err := json.Unmarshal(text, &rates); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for name, r := range rates {
		known := slices.ContainsFunc(wire.Operations, func(op wire.Operation) bool { return op.Name == name })
		switch {
		case !known && name != defaultRate:
			return nil, fmt.Errorf("%s: there is no operation %s", file, name)
		case r.PerSecond <= 0 || r.Burst < 1:
			return nil, fmt.Errorf("%s: %s needs a perSecond above 0 and a burst of at least 1", file, name)
		}
	}
	return rates, nil
}

// throttle holds the buckets. The zero value bounds nothing.
type throttle struct {
	rates   Rates
	buckets sync.Map // of bucket to *rate.Limiter
}

type bucket struct{ account, operation string }

// admit takes a token. It fails with [fault.Throttled] when there is none.
func (t *throttle) admit(account, operation string) error {
	r, bounded := t.rates[operation]
	if !bounded {
		if r, bounded = t.rates[defaultRate]; !bounded {
			return nil
		}
	}
	key := bucket{account, operation}
	limiter, ok := t.buckets.Load(key)
	if !ok {
		limiter, _ = t.buckets.LoadOrStore(key, rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst))
	}
	if !limiter.(*rate.Limiter).Allow() {
		return fault.New(fault.Throttled, "Rate exceeded")
	}
	return nil
}
