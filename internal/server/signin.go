package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/desk"
)

// SignIn are the settings of signing in.
type SignIn struct {
	SessionLife  time.Duration `help:"How long a sign-in lasts." default:"12h" env:"TASKLANE_SESSION_LIFE"`
	Inactivity   time.Duration `help:"How long a session stands in which the agent is not active, such as 30m (default 0: as long as it lives)." default:"0s" env:"TASKLANE_SESSION_INACTIVITY" name:"session-inactivity"`
	Passwords    string        `help:"Whether users sign in with passwords (on), or with the identity provider only (off)." enum:"on,off" default:"on" env:"TASKLANE_PASSWORDS"`
	WrongForUser int           `help:"Wrong passwords in a row that a user has free (default 5), 0 for any number." default:"5" placeholder:"N" env:"TASKLANE_WRONG_PASSWORDS" name:"wrong-passwords"`
	WrongFrom    int           `help:"Wrong passwords that an address has free (default 100) until it has sent none for a quarter of an hour, 0 for any number." default:"100" placeholder:"N" env:"TASKLANE_WRONG_PASSWORDS_PER_ADDRESS" name:"wrong-passwords-per-address"`
	WrongWait    time.Duration `help:"How long no password is taken after the next wrong one; doubles with each that follows, up to 15m." default:"30s" env:"TASKLANE_WRONG_PASSWORD_WAIT" name:"wrong-password-wait"`
	Proxies      []string      `help:"Proxies in front, which tell by X-Forwarded-For where a request comes from (default: those of this machine)." placeholder:"CIDR" env:"TASKLANE_TRUSTED_PROXY" name:"trusted-proxy"`

	OIDC OIDC `embed:"" prefix:"oidc-"`
}

// OIDC are the settings of single sign-on with an OpenID Connect identity provider.
type OIDC struct {
	Issuer       string   `help:"Issuer URL of an OpenID Connect identity provider that users may sign in with (default: none)." placeholder:"URL" env:"TASKLANE_OIDC_ISSUER"`
	ClientID     string   `help:"Client that the provider knows this server as. Its redirect URL is /auth/oidc/callback of --base-url." placeholder:"ID" env:"TASKLANE_OIDC_CLIENT_ID"`
	ClientSecret string   `help:"Secret of that client, if it has one." placeholder:"SECRET" env:"TASKLANE_OIDC_CLIENT_SECRET"`
	Claim        string   `help:"Claim that is the name of a user here." default:"preferred_username" placeholder:"CLAIM" env:"TASKLANE_OIDC_USERNAME_CLAIM" name:"username-claim"`
	Scopes       []string `help:"Scopes to ask for besides openid." default:"profile,email" placeholder:"SCOPE" env:"TASKLANE_OIDC_SCOPE" name:"scope"`
	Name         string   `help:"What the sign-in page calls the provider." default:"single sign-on" env:"TASKLANE_OIDC_NAME"`
	SignOut      bool     `help:"Who signs out here signs out at the provider, too." env:"TASKLANE_OIDC_SIGN_OUT" name:"sign-out"`
}

// longestSession bounds the life of a session.
const longestSession = 30 * 24 * time.Hour

// check finds settings that make no sense.
func (s *SignIn) check() error {
	switch {
	case s.SessionLife < time.Minute || s.SessionLife > longestSession:
		return fmt.Errorf("--session-life %s must be at least 1m, and at most 720h", s.SessionLife)
	case s.Inactivity != 0 && (s.Inactivity < time.Minute || s.Inactivity > s.SessionLife):
		return fmt.Errorf("--session-inactivity %s must be 0, or at least 1m and at most --session-life %s", s.Inactivity, s.SessionLife)
	case s.WrongForUser < 0 || s.WrongFrom < 0:
		return errors.New("--wrong-passwords and --wrong-passwords-per-address cannot be negative")
	case s.WrongWait <= 0 || s.WrongWait > 15*time.Minute:
		return fmt.Errorf("--wrong-password-wait %s must be positive, and at most 15m", s.WrongWait)
	case s.Passwords == "off" && s.OIDC.Issuer == "":
		return errors.New("--passwords off needs --oidc-issuer, or nobody could sign in")
	}
	if _, err := auth.ParseProxies(s.Proxies); err != nil {
		return fmt.Errorf("--trusted-proxy: %w", err)
	}
	return s.OIDC.check()
}

// check finds settings of single sign-on that make no sense.
func (o *OIDC) check() error {
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret != "" {
			return errors.New("--oidc-client-id and --oidc-client-secret need --oidc-issuer")
		}
		return nil
	}
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("--oidc-issuer %q must be a URL that begins with https://", o.Issuer)
	case u.Scheme == "http" && !local(u.Hostname()):
		return errors.New("--oidc-issuer must begin with https:// unless the provider is on this machine")
	case o.ClientID == "":
		return errors.New("--oidc-issuer needs --oidc-client-id")
	case o.Claim == "":
		return errors.New("--oidc-username-claim must name a claim")
	}
	return nil
}

// local reports whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// provider is the identity provider; nil for none.
func (c *Config) provider() *auth.Provider {
	o := c.OIDC
	if o.Issuer == "" {
		return nil
	}
	return &auth.Provider{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Scopes: o.Scopes, Claim: o.Claim,
		BaseURL: strings.TrimSuffix(c.BaseURL, "/"), SignOut: o.SignOut,
	}
}

// panel are the options of the desk.
func (s *server) panel() (desk.Options, error) {
	c := &s.config
	proxies, err := auth.ParseProxies(c.Proxies)
	return desk.Options{
		Engine: s.engine, Sessions: s.sessions, Hasher: c.Hasher, Proxies: proxies, LocalPages: c.localCORS,
		Lockout: &auth.Lockout{
			Store: s.store, Now: s.store.SessionTime, PerUser: c.WrongForUser, PerAddress: c.WrongFrom, Wait: c.WrongWait,
		},
		Provider: c.provider(), ProviderName: c.OIDC.Name, NoPasswords: c.Passwords == "off",
	}, err
}
