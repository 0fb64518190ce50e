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
	AddTicket(ctx context.Context, t directory.Ticket) error
	// TakeTicket uses a ticket up; ok is false when there is none of that purpose, or somebody else was faster.
	TakeTicket(ctx context.Context, hash string, p directory.Purpose) (t directory.Ticket, ok bool, err error)
	// Active remembers that somebody was active in a session at a time.
	Active(ctx context.Context, s directory.Session, at time.Time) error
	// IdleSessions are some of those in which nobody was active after a time.
	IdleSessions(ctx context.Context, since time.Time, limit int) ([]directory.Session, error)
	SessionsOf(ctx context.Context, instance, user string) ([]directory.Session, error)
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
//
// A session can be handed over, by a ticket: to a frame, whose browser keeps the cookie from it, and to a browser that
// opens a URL. The two are a family: they end with the first of it, its root, and never later than that expires; who is
// active in one is active in all.
//
// Sessions last by the time of the machine, not by a clock that a test moves.
type Sessions struct {
	Store SessionStore
	Users Users
	Now   func() time.Time // of the machine
	Life  time.Duration    // of a session; 0: [DefaultLife]
	Idle  time.Duration    // how long a session stands in which nobody is active; 0: as long as it lives
}

func (s *Sessions) life() time.Duration { return cmp.Or(s.Life, DefaultLife) }

// FindCookie finds the session of a request's cookies and its bearer token; ok is false when there is none, or none
// any more.
func (s *Sessions) FindCookie(r *http.Request) (session directory.Session, bearer string, ok bool, err error) {
	for _, token := range CookieTokens(r) {
		bearer = Bearer(token)
		if session, ok, err = s.Find(r.Context(), bearer); ok || err != nil {
			return session, bearer, ok, err
		}
	}
	return session, "", false, nil
}

// Opened is a session that has just begun.
type Opened struct {
	Token   string // for the cookie
	Expires time.Time
}

// Create signs a user in, who had this epoch when they were looked up.
func (s *Sessions) Create(ctx context.Context, instance, user string, epoch int64, origin directory.Origin) (Opened, error) {
	token, now := randomToken(), s.Now()
	session := directory.Session{
		TokenHash: digest(Bearer(token)), Instance: instance, User: user, Epoch: epoch, Origin: origin,
		Expires: now.Add(s.life()), Active: now,
	}
	return Opened{token, session.Expires}, s.Store.AddSession(ctx, session)
}

// HandOver makes a session that ends with another one, and expires when that does.
func (s *Sessions) HandOver(ctx context.Context, of directory.Session) (Opened, error) {
	token := randomToken()
	of.Parent, of.TokenHash, of.Active = of.Root(), digest(Bearer(token)), time.Time{}
	return Opened{token, of.Expires}, s.Store.AddSession(ctx, of)
}

// live finds a session that has neither ended nor expired, and whose user is there.
func (s *Sessions) live(ctx context.Context, hash string) (session directory.Session, ok bool, err error) {
	session, ok, err = s.Store.Session(ctx, hash)
	return session, ok && s.stands(session), err
}

// stands reports whether a session that has not expired has not ended otherwise.
func (s *Sessions) stands(session directory.Session) bool {
	epoch, ok := s.Users.SessionEpoch(session.Instance, session.User)
	ends := s.IdleEnd(session)
	return ok && epoch == session.Epoch && (ends.IsZero() || s.Now().Before(ends))
}

// Find finds the session of a bearer token; ok is false when there is none, or none any more.
func (s *Sessions) Find(ctx context.Context, bearer string) (session directory.Session, ok bool, err error) {
	if bearer == "" {
		return session, false, nil
	}
	return s.live(ctx, digest(bearer))
}

// Fresh finds a session anew that was found before; ok is false when it has ended or expired.
func (s *Sessions) Fresh(ctx context.Context, known directory.Session) (session directory.Session, ok bool, err error) {
	return s.live(ctx, known.TokenHash)
}

// Stands reports whether a session that was found before has neither ended nor expired.
func (s *Sessions) Stands(ctx context.Context, session directory.Session) (bool, error) {
	_, ok, err := s.live(ctx, session.TokenHash)
	return ok, err
}

// End signs out.
func (s *Sessions) End(ctx context.Context, session directory.Session) error {
	return s.Store.EndSession(ctx, session.TokenHash)
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

// Secure reports whether a request came over TLS, to this server or to the proxy in front of it.
func Secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// Reach says on which pages the browser sends the cookie, beside those of the server's own site.
type Reach int

// The reaches. Those beyond the site need TLS; without it there is only the first.
const (
	OwnSite  Reach = iota
	AnySite        // also in a frame on a page of another site, where the browser allows that
	ThisPage       // only in frames on pages of the one site that the page is on now: browsers allow that more often
)

// SetCookie gives the browser the cookie's token, for as long as the session lives.
func (s *Sessions) SetCookie(w http.ResponseWriter, r *http.Request, o Opened, reach Reach) {
	http.SetCookie(w, cookie(r, "", o.Token, o.Expires.Sub(s.Now()), reach))
}

// DropCookie takes the cookie away, wherever the browser keeps it.
func DropCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookie(r, "", "", -time.Second, AnySite))
	if Secure(r) {
		http.SetCookie(w, cookie(r, "", "", -time.Second, ThisPage))
	}
}

// cookie is one of our cookies, which differ in what their names end with.
func cookie(r *http.Request, suffix, value string, life time.Duration, reach Reach) *http.Cookie {
	c := &http.Cookie{
		Name: plainCookie + suffix, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(life / time.Second),
	}
	if !Secure(r) {
		return c
	}
	c.Name, c.Secure = secureCookie+suffix, true
	if reach != OwnSite {
		c.SameSite, c.Partitioned = http.SameSiteNoneMode, reach == ThisPage
	}
	return c
}

// CookieTokens are the tokens in a request's cookies. A browser can have two: one for all pages, and one that it keeps
// apart for frames on one site.
func CookieTokens(r *http.Request) []string { return cookies(r, "") }

func cookies(r *http.Request, suffix string) (values []string) {
	name := plainCookie + suffix
	if Secure(r) {
		name = secureCookie + suffix
	}
	for _, c := range r.CookiesNamed(name) {
		if c.Value != "" {
			values = append(values, c.Value)
		}
	}
	return values
}
