package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// DefaultLife is how long a sign-in lasts: 12 hours, as in Amazon Connect
// (https://docs.aws.amazon.com/connect/latest/adminguide/at-scale-admin.html).
const DefaultLife = 12 * time.Hour

// SessionStore keeps sessions. The store is one.
type SessionStore interface {
	AddSession(ctx context.Context, s directory.Session) error
	Session(ctx context.Context, tokenHash string) (s directory.Session, ok bool, err error)
	EndSession(ctx context.Context, tokenHash string) error
}

// Users know whose sessions stand. The engine does.
type Users interface {
	// SessionEpoch is the epoch that a user's sessions must be of; ok is false when there is no such user.
	SessionEpoch(instance, user string) (epoch int64, ok bool)
}

// Sessions are the users who are signed in. A session has two tokens: one that only the cookie holds, and a
// bearer token for scripts of the page, which follows from the first but does not lead back to it. Both end
// together. The store keeps a hash that leads to neither.
//
// All sessions of a user end together when the user is deleted or gets another epoch: a session keeps the epoch that
// its user had when they were looked up to be signed in, so that one that is made meanwhile ends, too.
type Sessions struct {
	Store SessionStore
	Users Users
	Now   func() time.Time
	Life  time.Duration // of a session; 0: [DefaultLife]
}

func (s *Sessions) life() time.Duration { return cmp.Or(s.Life, DefaultLife) }

// Create signs a user in, who had this epoch when they were looked up, and returns the cookie's token.
func (s *Sessions) Create(ctx context.Context, instance, user string, epoch int64, origin directory.Origin) (token string, err error) {
	token = randomToken()
	err = s.Store.AddSession(ctx, directory.Session{
		TokenHash: digest(Bearer(token)), Instance: instance, User: user, Epoch: epoch, Origin: origin,
		Expires: s.Now().Add(s.life()),
	})
	return token, err
}

// live finds a session that has neither ended nor expired, and whose user is there.
func (s *Sessions) live(ctx context.Context, hash string) (session directory.Session, ok bool, err error) {
	session, ok, err = s.Store.Session(ctx, hash)
	if err != nil || !ok {
		return session, false, err
	}
	epoch, ok := s.Users.SessionEpoch(session.Instance, session.User)
	return session, ok && epoch == session.Epoch, nil
}

// Find finds the session of a bearer token; ok is false when there is none, or none any more.
func (s *Sessions) Find(ctx context.Context, bearer string) (session directory.Session, ok bool, err error) {
	if bearer == "" {
		return session, false, nil
	}
	return s.live(ctx, digest(bearer))
}

// Stands tells whether a session that was found before has neither ended nor expired.
func (s *Sessions) Stands(ctx context.Context, session directory.Session) (bool, error) {
	_, ok, err := s.live(ctx, session.TokenHash)
	return ok, err
}

// End signs out.
func (s *Sessions) End(ctx context.Context, session directory.Session) error {
	return s.Store.EndSession(ctx, session.TokenHash)
}

// TicketPath is where a browser signs in with a ticket.
const TicketPath = "/auth/sign-in"

// ticketLife is how long a ticket can be used.
const ticketLife = time.Minute

// Ticket makes a token that lets its holder in once, for a session, within a minute. It is kept as a session of
// its own whose instance is the session it is for.
func (s *Sessions) Ticket(ctx context.Context, of directory.Session) (string, error) {
	ticket := randomToken()
	err := s.Store.AddSession(ctx, directory.Session{
		TokenHash: "ticket/" + digest(ticket), Instance: of.TokenHash, User: of.User, Expires: s.Now().Add(ticketLife),
	})
	return ticket, err
}

// Redeem takes a ticket and finds the session it is for; ok is false when it was used before, or is too old.
func (s *Sessions) Redeem(ctx context.Context, ticket string) (session directory.Session, ok bool, err error) {
	hash := "ticket/" + digest(ticket)
	t, ok, err := s.Store.Session(ctx, hash)
	if err != nil || !ok {
		return session, false, err
	}
	if err := s.Store.EndSession(ctx, hash); err != nil {
		return session, false, err
	}
	return s.live(ctx, t.Instance)
}

// Bearer is the bearer token that belongs to a cookie's token.
func Bearer(token string) string { return digest("bearer/" + token) }

func randomToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// secureCookie is the name where the request came over TLS; browsers then take it from this host alone.
const (
	plainCookie  = "tasklane"
	secureCookie = "__Host-tasklane"
)

// Secure tells whether a request came over TLS, to this server or to the proxy in front of it.
func Secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// SetCookie gives the browser the cookie's token, for as long as a session lives; an empty one takes it away.
func (s *Sessions) SetCookie(w http.ResponseWriter, r *http.Request, token string) {
	setCookie(w, r, "", token, s.life())
}

// setCookie sets one of our cookies, which differ in what their names end with.
func setCookie(w http.ResponseWriter, r *http.Request, suffix, value string, life time.Duration) {
	c := &http.Cookie{
		Name: plainCookie + suffix, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(life / time.Second),
	}
	if Secure(r) {
		c.Name, c.Secure = secureCookie+suffix, true
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// CookieToken is the token in a request's cookie; "" when there is none.
func CookieToken(r *http.Request) string { return cookie(r, "") }

func cookie(r *http.Request, suffix string) string {
	name := plainCookie + suffix
	if Secure(r) {
		name = secureCookie + suffix
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
