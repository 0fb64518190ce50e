// Package telemetry is what operators see of a server: logs, metrics and health.
package telemetry

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewLogger returns a logger that writes text lines, or JSON lines, of this level and above. Lines of a request have its id.
func NewLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(requestLog{slog.NewJSONHandler(w, opts)})
	}
	return slog.New(requestLog{slog.NewTextHandler(w, opts)})
}

// Metrics are the server's Prometheus metrics, in a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec

	calls       *prometheus.CounterVec
	callSeconds prometheus.Histogram
	offers      prometheus.Histogram
	reads       prometheus.Histogram
}

// NewMetrics returns the metrics of one server.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tasklane_requests_total", Help: "API requests by operation and HTTP status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tasklane_request_seconds", Help: "Time to answer API requests, in seconds, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"operation"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tasklane_function_calls_total", Help: "Calls of functions by flows, by outcome: answered or failed.",
		}, []string{"outcome"}),
		callSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tasklane_function_call_seconds", Help: "Time of calls of functions by flows, with all their attempts, in seconds.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 14),
		}),
	}
	m.offers = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "tasklane_offer_seconds", Help: "Time from when a task and an agent were paired until the offer was committed, in seconds.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	})
	m.reads = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "tasklane_database_read_seconds", Help: "Time from when the database was asked until its first row came, or the read ended, in seconds.",
		Buckets: prometheus.ExponentialBuckets(0.00005, 2, 18),
	})
	m.registry.MustRegister(m.requests, m.seconds, m.calls, m.callSeconds, m.offers, m.reads, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Request counts an answered request.
func (m *Metrics) Request(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}

// Offered counts an offer and how long it took to be committed.
func (m *Metrics) Offered(took time.Duration) { m.offers.Observe(took.Seconds()) }

// Read counts a read of the database, and how long it was until its first row came, or it ended.
func (m *Metrics) Read(took time.Duration) { m.reads.Observe(took.Seconds()) }

// FunctionCall counts a call of a function that has ended: with an answer, or without.
func (m *Metrics) FunctionCall(answered bool, took time.Duration) {
	outcome := "failed"
	if answered {
		outcome = "answered"
	}
	m.calls.WithLabelValues(outcome).Inc()
	m.callSeconds.Observe(took.Seconds())
}

// Gauge adds a metric whose value is read when it is asked for.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Counter adds a metric that only grows and is read when it is asked for.
func (m *Metrics) Counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}
