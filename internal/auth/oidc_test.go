package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// liar is an identity provider whose ID tokens say what a test wants.
type liar struct {
	oidctest.Server
	key      *ecdsa.PrivateKey
	url      string
	claims   map[string]any    // of the next ID token
	info     map[string]any    // about the user
	redeemed map[string]string // with the code
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/token":
		l.redeemed = map[string]string{"code": r.FormValue("code"), "code_verifier": r.FormValue("code_verifier")}
		claims, _ := json.Marshal(l.claims)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"a","token_type":"Bearer","id_token":%q}`, oidctest.SignIDToken(l.key, "key", oidc.ES256, string(claims)))
	case "/userinfo":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(l.info)
	case "/.well-known/openid-configuration":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": l.url, "authorization_endpoint": l.url + "/auth", "token_endpoint": l.url + "/token",
			"userinfo_endpoint": l.url + "/userinfo", "jwks_uri": l.url + "/keys",
			"id_token_signing_alg_values_supported": []string{oidc.ES256},
		})
	default:
		l.Server.ServeHTTP(w, r)
	}
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{key: key}
	l.PublicKeys = []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "key", Algorithm: oidc.ES256}}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	l.url = server.URL
	l.SetIssuer(server.URL)
	return l
}

// begun is a sign-in that a browser has begun.
type begun struct {
	*Provider
	cookie *http.Cookie
	query  url.Values // of the URL at the provider
}

func begin(t *testing.T, p *Provider) begun {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/auth/oidc", nil)
	to, err := p.Begin(w, r, "sales")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return begun{p, w.Result().Cookies()[0], u.Query()}
}

func (b begun) finish(t *testing.T) (string, error) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, CallbackPath+"?code=c&state="+b.query.Get("state"), nil)
	r.AddCookie(b.cookie)
	username, instance, err := b.Finish(httptest.NewRecorder(), r)
	if err == nil && instance != "sales" {
		t.Errorf("the instance that was meant is %q, want sales", instance)
	}
	return username, err
}

func TestOnlyWhatTheProviderSaysOfThisSignInIsBelieved(t *testing.T) {
	l := newLiar(t)
	p := &Provider{Issuer: l.url, ClientID: "us", Claim: "name", BaseURL: "http://here"}
	in, ago := time.Now().Add(time.Hour).Unix(), time.Now().Add(-time.Hour).Unix()
	tests := []struct {
		name   string
		change map[string]any // of the claims
		info   map[string]any
		want   string // the user, or why there is none
	}{
		{"all is well", nil, nil, "ann"},
		{"another sign-in", map[string]any{"nonce": "x"}, nil, WhyExpired},
		{"no nonce", map[string]any{"nonce": nil}, nil, WhyExpired},
		{"another client", map[string]any{"aud": "them"}, nil, WhyAway},
		{"another issuer", map[string]any{"iss": "http://them"}, nil, WhyAway},
		{"long ago", map[string]any{"exp": ago}, nil, WhyAway},
		{"no name", map[string]any{"name": nil}, map[string]any{"sub": "1"}, WhyUnnamed},
		{"a name that is no text", map[string]any{"name": 7}, nil, WhyUnnamed},
		{"the name apart", map[string]any{"name": nil}, map[string]any{"sub": "1", "name": "bob"}, "bob"},
		{"the name of another", map[string]any{"name": nil}, map[string]any{"sub": "2", "name": "bob"}, WhyAway},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := begin(t, p)
			l.claims = map[string]any{"iss": l.url, "aud": "us", "sub": "1", "exp": in, "nonce": b.query.Get("nonce"), "name": "ann"}
			for claim, value := range tt.change {
				l.claims[claim] = value
				if value == nil {
					delete(l.claims, claim)
				}
			}
			l.info = tt.info
			got, err := b.finish(t)
			if why := Why(err); why != "" {
				got = why
			}
			if got != tt.want {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestKeyOfSomebodyElseSignsNobodyIn(t *testing.T) {
	l, other := newLiar(t), newLiar(t)
	b := begin(t, &Provider{Issuer: l.url, ClientID: "us", Claim: "name"})
	l.key = other.key
	l.claims = map[string]any{
		"iss": l.url, "aud": "us", "sub": "1", "exp": time.Now().Add(time.Hour).Unix(), "nonce": b.query.Get("nonce"), "name": "ann",
	}
	if name, err := b.finish(t); Why(err) != WhyAway {
		t.Errorf("%q, %v; want %s", name, err, WhyAway)
	}
}

// The browser's secret stays with the browser: neither state, nonce nor challenge is it, and each sign-in has its own.
func TestSecretsOfSignInsDiffer(t *testing.T) {
	l := newLiar(t)
	p := &Provider{Issuer: l.url, ClientID: "us", Claim: "name"}
	one, two := begin(t, p), begin(t, p)
	seen := map[string]bool{one.cookie.Value: true}
	for _, b := range []begun{one, two} {
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if v := b.query.Get(name); v == "" || seen[v] {
				t.Errorf("%s is %q, which was seen before", name, v)
			} else {
				seen[v] = true
			}
		}
	}
	if !one.cookie.HttpOnly || one.cookie.SameSite != http.SameSiteLaxMode || one.query.Get("code_challenge_method") != "S256" {
		t.Errorf("cookie %v, query %v", one.cookie, one.query)
	}
	_, err := one.finish(t)
	if _, ok := errors.AsType[*ProviderError](err); !ok || l.redeemed["code"] != "c" || len(l.redeemed["code_verifier"]) < 43 || seen[l.redeemed["code_verifier"]] {
		t.Errorf("redeemed with %v, %v", l.redeemed, err)
	}
}
