package store

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

const (
	// connectTimeout bounds how long it takes to connect, unless the database URL has a connect_timeout.
	connectTimeout = 5 * time.Second
	// keepAliveIdle, keepAliveEvery and keepAliveProbes find out about a host that is gone while nothing is sent.
	keepAliveIdle   = 15 * time.Second
	keepAliveEvery  = 5 * time.Second
	keepAliveProbes = 3
	// closeTimeout bounds how long the end of a connection may take. Until then it counts among those of the pool.
	closeTimeout = 2 * time.Second
)

// dialer makes connections that notice when the other host is gone. What is sent must be acknowledged within a time
// (TCP_USER_TIMEOUT, where the system has it).
func dialer(connect, acknowledge time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{
		Timeout: connect,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: keepAliveIdle, Interval: keepAliveEvery, Count: keepAliveProbes,
		},
		Control: func(network, _ string, c syscall.RawConn) error { return setUserTimeout(network, c, acknowledge) },
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		// The driver asks the database to cancel what was under way on a connection that it gives up, and has 15 s for
		// that, longer than for any other connection. Until then the old one counts, so the answer must come sooner.
		if end, ok := ctx.Deadline(); ok && end.Sub(systemTime()) > connect {
			if err := conn.SetReadDeadline(systemTime().Add(closeTimeout)); err != nil {
				return nil, errors.Join(err, conn.Close())
			}
		}
		return closingConn{conn}, nil
	}
}

// closingConn keeps the driver's patience with connections that it gives up short: it allows them 15 s to say goodbye.
// That is the only deadline it sets ahead; all others end what is under way, or lift the bound.
type closingConn struct{ net.Conn }

// SetDeadline sets a deadline, at most [closeTimeout] ahead.
func (c closingConn) SetDeadline(at time.Time) error {
	if latest := systemTime().Add(closeTimeout); at.After(latest) {
		at = latest
	}
	return c.Conn.SetDeadline(at)
}
