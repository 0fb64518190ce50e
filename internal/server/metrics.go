package server

// workMetrics are those of what happens by itself, and of the requests that are let in.
func (s *server) workMetrics() {
	gauge := func(name, help string, read func() float64) { s.metrics.Gauge(name, help, read) }
	counter := func(name, help string, read func() float64) { s.metrics.Counter(name, help, read) }
	gauge("tasklane_quarantined_rows", "Rows that are left out because they cannot be decoded or because working on them fails; tasklane quarantine list names them.",
		func() float64 { return float64(s.store.QuarantinedRows()) })
	counter("tasklane_panics_total", "Panics that were contained: of requests, of commands, and of what happens by itself.",
		func() float64 { return float64(s.store.Panics() + s.dispatcher.Panics() + s.panics.Load()) })
	gauge("tasklane_timer_lag_seconds", "How long the timer that is due first has been due; 0 when none is.",
		func() float64 { return s.dispatcher.TimerLag().Seconds() })
	gauge("tasklane_active_owners", "Owned instances in which something waits.",
		func() float64 { return float64(s.dispatcher.Active()) })
	gauge("tasklane_unloaded_owners", "Those of them whose waiting tasks this server could not read when it last tried: nothing is offered in them.",
		func() float64 { return float64(s.dispatcher.Unloaded()) })
	gauge("tasklane_requests_in_flight", "Requests to the API that are being answered.",
		func() float64 { return float64(s.inFlight.now()) })
	counter("tasklane_shed_requests_total", "Requests to the API that were refused because too many were being answered.",
		func() float64 { return float64(s.inFlight.shed.Load()) })
	counter("tasklane_commits_total", "Commits to the database that succeeded.",
		func() float64 { return float64(s.store.Health().Commits) })
	counter("tasklane_committed_commands_total", "Commands in them: divided by the commits, how many share one.",
		func() float64 { return float64(s.store.Health().Commands) })
	counter("tasklane_commit_seconds_total", "Time that commits took, in seconds, those that failed too: divided by the commits, the latency of the database.",
		func() float64 { return s.store.Health().Took.Seconds() })
	counter("tasklane_lost_commands_total", "Commands that lost against another one and ran again.",
		func() float64 { return float64(s.store.Health().Lost) })
}
