// Package auth is who is calling: signatures of API requests, passwords and sessions of people.
package auth

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// SignatureError is why a request was not let in, in the words of AWS.
type SignatureError struct {
	Type    string // exception
	Message string
}

// Error returns the message.
func (p *SignatureError) Error() string { return p.Message }

// Keys finds access keys. The store is one.
type Keys interface {
	AccessKey(ctx context.Context, id string) (key directory.AccessKey, ok bool, err error)
}

// SigV4 checks AWS Signature Version 4 in the Authorization header
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
type SigV4 struct {
	Keys Keys
	Now  func() time.Time
	// Region is the one that requests must be signed for. Empty: any.
	Region string
	// Skew is how far the client's clock may be off: 5 minutes when zero.
	Skew time.Duration

	derived keyring
}

const (
	algorithm = "AWS4-HMAC-SHA256"
	basicDate = "20060102T150405Z"
	service   = "connect"
)

// authorization is what the Authorization header says.
type authorization struct {
	accessKey, date, region string
	scope                   string // date/region/service/aws4_request
	headers                 []string
	signature               string
}

// AccessKeyID returns the id in a request's Authorization header without checking anything; "" when there is
// none.
func AccessKeyID(r *http.Request) string {
	a, _ := parseAuthorization(r.Header.Get("Authorization"))
	return a.accessKey
}

// Verify tells which key signed a request with this body. It fails with a [*SignatureError] when none did.
func (s *SigV4) Verify(r *http.Request, body []byte) (directory.AccessKey, error) {
	signed, err := s.Check(r)
	if err != nil {
		return directory.AccessKey{}, err
	}
	return signed.Verify(body)
}

// Signed is a request whose credentials are in order; whether it was signed with them, its body shows.
type Signed struct {
	by  *SigV4
	r   *http.Request
	a   authorization
	at  string // time of signing
	key directory.AccessKey
}

// Check looks at everything about a signature that can be seen without the body: its form, its scope, its date, and
// whether its key is known. It fails with a [*SignatureError].
func (s *SigV4) Check(r *http.Request) (*Signed, error) {
	var none *Signed
	header := r.Header.Get("Authorization")
	if header == "" {
		if r.URL.Query().Has("X-Amz-Signature") {
			return none, &SignatureError{"IncompleteSignature", "Signatures in the query are not supported; sign with the Authorization header"}
		}
		return none, &SignatureError{"MissingAuthenticationTokenException", "The request is not signed: it has no Authorization header"}
	}
	a, problem := parseAuthorization(header)
	if problem != nil {
		return none, problem
	}
	if s.Region != "" && a.region != s.Region {
		return none, &SignatureError{"InvalidSignatureException", "Credential should be scoped to a valid region."}
	}
	at, problem := s.date(r, a)
	if problem != nil {
		return none, problem
	}
	if problem := a.covers(r); problem != nil {
		return none, problem
	}
	key, ok, err := s.Keys.AccessKey(r.Context(), a.accessKey)
	if err != nil {
		return none, err
	}
	if !ok {
		return none, &SignatureError{"UnrecognizedClientException", "The security token included in the request is invalid: the access key is not known"}
	}
	return &Signed{s, r, a, at, key}, nil
}

// Verify returns the key that signed the request with this body. It fails with a [*SignatureError].
func (c *Signed) Verify(body []byte) (directory.AccessKey, error) {
	var none directory.AccessKey
	s, r, a, at, key := c.by, c.r, c.a, c.at, c.key
	payload := sha256.Sum256(body)
	digest := hex.EncodeToString(payload[:])
	if sent := r.Header.Get("X-Amz-Content-Sha256"); sent != "" && sent != digest {
		return none, &SignatureError{"InvalidSignatureException", "X-Amz-Content-Sha256 is not the digest of the body"}
	}
	canonical := sha256.Sum256([]byte(canonicalRequest(r, a.headers, digest)))
	text := algorithm + "\n" + at + "\n" + a.scope + "\n" + hex.EncodeToString(canonical[:])
	signing, known := s.derived.find(key.Secret, a)
	got, err := hex.DecodeString(a.signature)
	if err != nil || !hmac.Equal(mac(signing, text), got) {
		return none, &SignatureError{"InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."}
	}
	if !known {
		s.derived.keep(key.Secret, a, signing) // not before: the Region is the caller's word
	}
	return key, nil
}

// parseAuthorization reads "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…".
func parseAuthorization(header string) (authorization, *SignatureError) {
	var a authorization
	rest, ok := strings.CutPrefix(header, algorithm)
	if !ok {
		return a, &SignatureError{"IncompleteSignature", "The Authorization header must use " + algorithm}
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if fields[name] == "" {
			return a, &SignatureError{"IncompleteSignature", "Authorization header requires '" + name + "' parameter"}
		}
	}
	credential := strings.Split(fields["Credential"], "/")
	if len(credential) != 5 || credential[0] == "" || credential[4] != "aws4_request" {
		return a, &SignatureError{"IncompleteSignature", "Credential must be ACCESS_KEY/yyyymmdd/region/connect/aws4_request"}
	}
	a = authorization{
		accessKey: credential[0], date: credential[1], region: credential[2],
		scope: strings.Join(credential[1:], "/"), signature: fields["Signature"],
		headers: strings.Split(fields["SignedHeaders"], ";"),
	}
	if credential[3] != service {
		return a, &SignatureError{"InvalidSignatureException", "Credential should be scoped to correct service: '" + service + "'."}
	}
	return a, nil
}

// date finds the time of signing, as the request spells it, and refuses one that is too far from now.
func (s *SigV4) date(r *http.Request, a authorization) (string, *SignatureError) {
	text := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(basicDate, text)
	if text == "" {
		if at, err = http.ParseTime(r.Header.Get("Date")); err == nil {
			text = at.UTC().Format(basicDate)
		}
	}
	if err != nil {
		return "", &SignatureError{"IncompleteSignature", "The request needs a date: X-Amz-Date in the form yyyymmddThhmmssZ"}
	}
	if text[:8] != a.date {
		return "", &SignatureError{"InvalidSignatureException", "Date in Credential scope does not match the date of the request"}
	}
	return text, s.current(at)
}

// current refuses a time of signing that is too far from now, in the words of AWS. One that is off by exactly the skew is
// taken.
func (s *SigV4) current(at time.Time) *SignatureError {
	skew, now := cmp.Or(s.Skew, 5*time.Minute), s.Now().UTC()
	earliest, latest := now.Add(-skew), now.Add(skew)
	said := func(t time.Time) string { return t.Format(basicDate) }
	switch {
	case at.Before(earliest):
		return &SignatureError{"InvalidSignatureException", fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %g min.)",
			said(at), said(earliest), said(now), skew.Minutes())}
	case at.After(latest):
		return &SignatureError{"InvalidSignatureException", fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %g min.)",
			said(at), said(latest), said(now), skew.Minutes())}
	}
	return nil
}

// covers refuses a signature that leaves out what it must cover: the host, and a date or session token that is
// sent.
func (a authorization) covers(r *http.Request) *SignatureError {
	must := []string{"host"}
	for _, name := range []string{"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"} {
		if r.Header.Get(name) != "" {
			must = append(must, name)
		}
	}
	for _, name := range must {
		if !slices.Contains(a.headers, name) {
			return &SignatureError{"InvalidSignatureException", "'" + name + "' must be among the signed headers"}
		}
	}
	return nil
}

// canonicalRequest is what the client has signed the digest of.
func canonicalRequest(r *http.Request, headers []string, payload string) string {
	var b strings.Builder
	b.Grow(512)
	b.WriteString(r.Method + "\n" + escapedTwice(r.URL) + "\n" + canonicalQuery(r.URL.RawQuery) + "\n")
	for _, name := range headers {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(headers, ";") + "\n" + payload)
	return b.String()
}

// escapedTwice is the path as it was sent, escaped once more, as every service but S3 wants it.
func escapedTwice(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return escape(path, true)
}

// canonicalQuery is the query escaped the one way signatures want it, in the order of the names and then of the
// values. Whole pairs have another order: "a1=" comes before "a=".
func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	type parameter struct{ name, value string }
	var all []parameter
	for part := range strings.SplitSeq(raw, "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			all = append(all, parameter{reescape(name), reescape(value)})
		}
	}
	slices.SortFunc(all, func(a, b parameter) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	var b strings.Builder
	for i, p := range all {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + p.value)
	}
	return b.String()
}

// reescape escapes what was escaped in some other way the one way signatures want it.
func reescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		s = plain
	}
	return escape(s, false)
}

const hexDigits = "0123456789ABCDEF"

// escape percent-encodes everything but unreserved characters, and slashes where they are kept.
func escape(s string, keepSlash bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == '_' || c == '.' || c == '~' || c == '/' && keepSlash {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// headerValue is a header as it is signed: its values joined, their white space trimmed and collapsed.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		if len(r.Header.Values(name)) == 0 && r.ContentLength >= 0 {
			return strconv.FormatInt(r.ContentLength, 10)
		}
	}
	values := r.Header.Values(name)
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(trimmed, ",")
}

// keyring remembers the signing keys that have signed a request: deriving one takes four rounds of HMAC.
type keyring struct {
	mu   sync.RWMutex
	keys map[scoped][]byte
}

// scoped names a signing key.
type scoped struct{ secret, scope string }

// maxDerived bounds a keyring. Scopes are the callers' choice and change every day, so it would only grow.
const maxDerived = 1000

// find returns the signing key of a scope, and whether it was remembered.
func (k *keyring) find(secret string, a authorization) (key []byte, known bool) {
	k.mu.RLock()
	key, known = k.keys[scoped{secret, a.scope}]
	k.mu.RUnlock()
	if !known {
		key = mac([]byte("AWS4"+secret), a.date)
		for _, part := range []string{a.region, service, "aws4_request"} {
			key = mac(key, part)
		}
	}
	return key, known
}

// keep remembers a signing key; a keyring that is full forgets the others.
func (k *keyring) keep(secret string, a authorization, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= maxDerived {
		k.keys = map[scoped][]byte{}
	}
	k.keys[scoped{secret, a.scope}] = key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
