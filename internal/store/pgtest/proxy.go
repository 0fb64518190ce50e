package pgtest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Proxy stands between a server under test and its database, and can go dead without a word, as a firewall does that
// forgets connections.
type Proxy struct {
	URL string // of the database, by way of the proxy

	target string
	mu     sync.Mutex // guards what follows
	live   sync.WaitGroup
	frozen chan struct{} // closed when what was connected before is no longer forwarded
	down   bool          // nothing new is forwarded either
	refuse *pgproto3.ErrorResponse
	conns  []net.Conn

	accepted int
}

// NewProxy starts a proxy to the database of a URL. It ends with the test.
func NewProxy(t testing.TB, database string) *Proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed with the test
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{target: u.Host, frozen: make(chan struct{})}
	u.Host = listener.Addr().String()
	p.URL = u.String()
	p.live.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.serve(conn)
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.Freeze()
		p.mu.Lock()
		for _, conn := range p.conns {
			_ = conn.Close()
		}
		p.mu.Unlock()
		p.live.Wait()
	})
	return p
}

// Freeze stops forwarding on the connections there are. They stay open, and what is sent is acknowledged.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.frozen)
	p.frozen = make(chan struct{})
}

// SetDown has new connections accepted and not forwarded either, or forwarded again.
func (p *Proxy) SetDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// SetRefused has new connections refused with an error of PostgreSQL, or forwarded again when it is nil.
func (p *Proxy) SetRefused(with *pgproto3.ErrorResponse) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = with
}

// Accepted returns how many connections were made so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// serve forwards a connection in both directions.
func (p *Proxy) serve(client net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accepted++
	p.conns = append(p.conns, client)
	if p.down {
		return
	}
	if with := p.refuse; with != nil {
		p.live.Go(func() { refuse(client, with) })
		return
	}
	server, err := net.Dial("tcp", p.target) //nolint:noctx // on this machine
	if err != nil {
		_ = client.Close()
		return
	}
	p.conns = append(p.conns, server)
	frozen := p.frozen
	forward := func(to, from net.Conn) {
		_, _ = io.Copy(&valve{to, frozen}, from) // either side may end it
		select {
		case <-frozen: // nobody is told
		default:
			_ = to.Close()
		}
	}
	p.live.Go(func() { forward(server, client) })
	p.live.Go(func() { forward(client, server) })
}

// refuse answers a connection as a server does that cannot serve yet.
func refuse(client net.Conn, with *pgproto3.ErrorResponse) {
	defer client.Close()
	server := pgproto3.NewBackend(client, client)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		return // the client has gone
	}
	server.Send(with)
	_ = server.Flush() // the same
}

// valve drops what is written once it is closed.
type valve struct {
	to     io.Writer
	closed chan struct{}
}

func (v *valve) Write(b []byte) (int, error) {
	select {
	case <-v.closed:
		return len(b), nil
	default:
		return v.to.Write(b)
	}
}
