package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// CallbackPath is where the identity provider sends the browser back to.
	CallbackPath = "/auth/oidc/callback"

	flowCookie   = "-oidc"
	flowLife     = 10 * time.Minute
	askingWithin = 10 * time.Second
)

// Provider is an OpenID Connect identity provider that vouches for users, by the authorization code flow with PKCE.
//
// The browser keeps one secret, in a cookie, from which state, nonce and code verifier follow; none leads back to it.
// So nothing is kept on the server, and any of several servers can finish what another one has begun.
type Provider struct {
	Issuer       string
	ClientID     string
	ClientSecret string   // empty for a public client
	Scopes       []string // besides openid
	Claim        string   // that is the name of the user
	BaseURL      string   // of this server, as browsers reach it
	SignOut      bool     // there, too, when a user signs out here

	found atomic.Pointer[oidc.Provider]
}

// Why an answer of the provider signs nobody in.
const (
	WhyRefused = "refused" // the provider has refused, or the user has given up
	WhyExpired = "expired" // the browser has not begun it, or too long ago
	WhyUnnamed = "unnamed" // the provider does not say who it is
	WhyAway    = "away"    // the provider cannot be reached, or what it says cannot be believed
)

// ProviderError is an answer of the provider that signs nobody in.
type ProviderError struct {
	Why string
	Err error
}

func (e *ProviderError) Error() string { return "single sign-on: " + e.Err.Error() }

func (e *ProviderError) Unwrap() error { return e.Err }

func refused(why, format string, args ...any) error {
	return &ProviderError{why, fmt.Errorf(format, args...)}
}

// asking is the context of questions to the provider.
func asking(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: askingWithin})
	return context.WithTimeout(ctx, 2*askingWithin)
}

// discovered is what the provider says of itself. It is asked when the first user comes, and again until it answers:
// a server starts without it.
func (p *Provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	if found := p.found.Load(); found != nil {
		return found, nil
	}
	// Keys are read with this context later, when that of the request is long over.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), &http.Client{Timeout: askingWithin}), p.Issuer)
	if err != nil {
		return nil, refused(WhyAway, "read the configuration of %s: %w", p.Issuer, err)
	}
	p.found.Store(found)
	return found, nil
}

func (p *Provider) client(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.BaseURL + CallbackPath,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
}

// Begin gives the browser its secret and returns the URL at the provider to send it to. The browser keeps with the secret
// which instance is meant, if that is said. It fails with a [*ProviderError] when the provider cannot be asked.
func (p *Provider) Begin(w http.ResponseWriter, r *http.Request, instance string) (string, error) {
	found, err := p.discovered(r.Context())
	if err != nil {
		return "", err
	}
	secret := randomToken()
	if instance != "" {
		secret += "." + base64.RawURLEncoding.EncodeToString([]byte(instance))
	}
	http.SetCookie(w, cookie(r, flowCookie, secret, flowLife, OwnSite))
	return p.client(found).AuthCodeURL(digest("state/"+secret), oidc.Nonce(digest("nonce/"+secret)),
		oauth2.S256ChallengeOption(digest("verifier/"+secret))), nil
}

// Finish reads what the provider answers through the browser, and returns the name of the user that it vouches for,
// and which instance was meant when it began; empty: none was named. It fails with a [*ProviderError].
func (p *Provider) Finish(w http.ResponseWriter, r *http.Request) (username, instance string, err error) {
	secret := strings.Join(cookies(r, flowCookie), "")
	_, kept, _ := strings.Cut(secret, ".")
	named, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil {
		return "", "", refused(WhyExpired, "the cookie is not one of ours")
	}
	username, err = p.finish(w, r, secret)
	return username, string(named), err
}

// finish is Finish of a browser with a secret.
func (p *Provider) finish(w http.ResponseWriter, r *http.Request, secret string) (username string, err error) {
	q := r.URL.Query()
	http.SetCookie(w, cookie(r, flowCookie, "", -time.Second, OwnSite))
	if secret == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(digest("state/"+secret))) != 1 {
		return "", refused(WhyExpired, "the browser has not begun this sign-in, or too long ago")
	}
	if code := q.Get("error"); code != "" {
		return "", refused(WhyRefused, "the provider answers %q: %q", code, q.Get("error_description"))
	}
	found, err := p.discovered(r.Context())
	if err != nil {
		return "", err
	}
	ctx, done := asking(r.Context())
	defer done()
	token, err := p.client(found).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(digest("verifier/"+secret)))
	if err != nil {
		return "", refused(WhyAway, "redeem the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", refused(WhyAway, "check the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(digest("nonce/"+secret))) != 1 {
		return "", refused(WhyExpired, "the ID token is for another sign-in")
	}
	return p.username(ctx, found, id, token)
}

// username is what the claim says, in the ID token or else in the provider's information about the user.
func (p *Provider) username(ctx context.Context, found *oidc.Provider, id *oidc.IDToken, token *oauth2.Token) (string, error) {
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return "", refused(WhyAway, "read the claims: %w", err)
	}
	if claims[p.Claim] == nil && found.UserInfoEndpoint() != "" {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return "", refused(WhyAway, "ask about the user: %w", err)
		}
		if info.Subject != id.Subject { // OpenID Connect Core, 5.3.2: it may be another user's
			return "", refused(WhyAway, "the information is about another user")
		}
		if err := info.Claims(&claims); err != nil {
			return "", refused(WhyAway, "read the claims about the user: %w", err)
		}
	}
	name, _ := claims[p.Claim].(string)
	switch {
	case name == "":
		return "", refused(WhyUnnamed, "there is no claim %s", p.Claim)
	case p.Claim == "email" && claims["email_verified"] != true:
		return "", refused(WhyUnnamed, "the provider has not verified the address %s", name)
	}
	return name, nil
}

// SignOutURL is where a browser signs out at the provider, and comes back from; empty when the provider has no such
// place, or is to be left alone.
func (p *Provider) SignOutURL(ctx context.Context) (string, error) {
	if !p.SignOut {
		return "", nil
	}
	found, err := p.discovered(ctx)
	if err != nil {
		return "", err
	}
	var more struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&more); err != nil {
		return "", fmt.Errorf("read the configuration of %s: %w", p.Issuer, err)
	}
	to, err := url.Parse(more.EndSession)
	if err != nil || more.EndSession == "" {
		return "", err
	}
	q := to.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", p.BaseURL+"/login")
	to.RawQuery = q.Encode()
	return to.String(), nil
}

// Why tells why nobody is signed in; empty when the error is no [*ProviderError].
func Why(err error) string {
	if p, ok := errors.AsType[*ProviderError](err); ok {
		return p.Why
	}
	return ""
}
