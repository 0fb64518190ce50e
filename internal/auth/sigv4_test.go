package auth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/directory"
)

type keys map[string]string

func (k keys) AccessKey(_ context.Context, id string) (directory.AccessKey, bool, error) {
	secret, ok := k[id]
	return directory.AccessKey{ID: id, Secret: secret, Account: "000000000000"}, ok, nil
}

var signedAt = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func verifier() *SigV4 {
	return &SigV4{Keys: keys{"AKID": "secret"}, Now: func() time.Time { return signedAt.Add(time.Minute) }, Region: "us-east-1"}
}

// sign signs a request with the signer of the AWS SDK and sends it through a real server, for what arrives is
// what counts.
func sign(t testing.TB, method, target string, body []byte, headers http.Header, token string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("NewRequest(%q): %v", target, err)
	}
	maps.Copy(r.Header, headers)
	signFor(t, r, body, "us-east-1", token)
	return r
}

// signFor signs a request for a Region.
func signFor(t testing.TB, r *http.Request, body []byte, region, token string) {
	t.Helper()
	signScope(t, r, body, "connect", region, token)
}

// signScope signs a request for a service and a Region.
func signScope(t testing.TB, r *http.Request, body []byte, service, region, token string) {
	t.Helper()
	sum := sha256.Sum256(body)
	creds := aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: token}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, hex.EncodeToString(sum[:]), service, region, signedAt); err != nil {
		t.Fatal(err)
	}
}

// arrive turns a request of a client into one of a server.
func arrive(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var got *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	defer s.Close()
	u, _ := url.Parse(s.URL)
	r.Host = r.URL.Host
	r.URL.Host = u.Host
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return got
}

func TestTheSDKsSignaturesAreAccepted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		segment := rapid.StringMatching(`[a-zA-Z0-9 :/$%&+=?~äß漢-]{1,12}`)
		path := ""
		for _, s := range rapid.SliceOfN(segment, 1, 4).Draw(rt, "path") {
			path += "/" + url.PathEscape(s)
		}
		query := url.Values{}
		for _, k := range rapid.SliceOfN(rapid.StringMatching(`[ab][ab1._:-]{0,2}`), 0, 4).Draw(rt, "names") {
			query[k] = rapid.SliceOfN(segment, 1, 3).Draw(rt, "values")
		}
		body := []byte(rapid.String().Draw(rt, "body"))
		headers := http.Header{"Content-Type": {"application/json"}, "X-Extra": {rapid.StringMatching(`[a-z  ]{0,9}`).Draw(rt, "extra")}}
		token := rapid.SampledFrom([]string{"", "session"}).Draw(rt, "token")
		r := arrive(t, sign(t, http.MethodPut, "http://connect.example"+path+"?"+query.Encode(), body, headers, token))
		if key, err := verifier().Verify(r, body); err != nil || key.ID != "AKID" {
			rt.Fatalf("Verify(%s) = %v, %v", r.URL, key, err)
		}
	})
}

func TestTamperingIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		tamper func(*http.Request)
		body   string
		want   string // exception
	}{
		{"nothing", func(*http.Request) {}, `{}`, ""},
		{"another body", func(*http.Request) {}, `{"a":1}`, "InvalidSignatureException"},
		{"another path", func(r *http.Request) { r.URL.Path = "/contact/stop" }, `{}`, "InvalidSignatureException"},
		{"another method", func(r *http.Request) { r.Method = http.MethodPost }, `{}`, "InvalidSignatureException"},
		{"another query", func(r *http.Request) { r.URL.RawQuery = "x=2" }, `{}`, "InvalidSignatureException"},
		{"another host", func(r *http.Request) { r.Host = "elsewhere" }, `{}`, "InvalidSignatureException"},
		{"another token", func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "other") }, `{}`, "InvalidSignatureException"},
		{"another signed header", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, `{}`, "InvalidSignatureException"},
		{"another date", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20261123T120001Z") }, `{}`, "InvalidSignatureException"},
		{"too old", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20261123T110000Z") }, `{}`, "InvalidSignatureException"},
		{"date of another day", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20261122T120000Z") }, `{}`, "InvalidSignatureException"},
		{"no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, `{}`, "IncompleteSignature"},
		{"no header", func(r *http.Request) { r.Header.Del("Authorization") }, `{}`, "MissingAuthenticationTokenException"},
		{"bearer", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, `{}`, "IncompleteSignature"},
		{"digest of another body", func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64)) }, `{}`, "InvalidSignatureException"},
		{"unknown key", replaceAuth("AKID", "WHO"), `{}`, "UnrecognizedClientException"},
		{"another service", replaceAuth("/connect/", "/s3/"), `{}`, "InvalidSignatureException"},
		{"another Region", replaceAuth("us-east-1", "eu-west-1"), `{}`, "InvalidSignatureException"},
		{"no terminator", replaceAuth("aws4_request", "aws5_request"), `{}`, "IncompleteSignature"},
		{"host not signed", replaceAuth("host;", ""), `{}`, "InvalidSignatureException"},
		{"no signature", replaceAuth("Signature=", "Sig="), `{}`, "IncompleteSignature"},
		{"signature is not hex", replaceAuth("Signature=", "Signature=zz"), `{}`, "InvalidSignatureException"},
		{"signature cut", func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-2])
		}, `{}`, "InvalidSignatureException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			headers := http.Header{"Content-Type": {"application/json"}}
			r := arrive(t, sign(t, http.MethodPut, "http://connect.example/contact/task?x=1", []byte(`{}`), headers, "session"))
			tt.tamper(r)
			_, err := verifier().Verify(r, []byte(tt.body))
			got := ""
			if p, ok := errors.AsType[*SignatureError](err); ok {
				got = p.Type
			} else if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("Verify = %v (%s), want %q", err, got, tt.want)
			}
		})
	}
}

// refusedBy is what a verifier answers to a request without a body that is rightly signed for a scope, at [signedAt].
func refusedBy(t *testing.T, v *SigV4, service, region string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://connect.example/instance", nil)
	if err != nil {
		t.Fatal(err)
	}
	signScope(t, r, nil, service, region, "")
	_, err = v.Verify(arrive(t, r), nil)
	if err == nil {
		return ""
	}
	p, ok := errors.AsType[*SignatureError](err)
	if !ok {
		t.Fatal(err)
	}
	return p.Type + ": " + p.Message
}

// The words are those that AWS answers, as users of other services of AWS have reported them
// (https://github.com/aws/aws-sdk-js/issues/4545, https://github.com/basak/glacier-cli/issues/36).
func TestSignatureForAnotherScopeIsRefused(t *testing.T) {
	const region = "InvalidSignatureException: Credential should be scoped to a valid region."
	for _, tt := range []struct{ service, region, want string }{
		{"connect", "us-east-1", ""},
		{"connect", "eu-west-1", region},
		{"connect", "us-east-10", region},
		{"connect", "US-EAST-1", region},
		{"connect", "*", region},
		{"connect", "", region},
		{"execute-api", "us-east-1", "InvalidSignatureException: Credential should be scoped to correct service: 'connect'."},
		{"", "us-east-1", "InvalidSignatureException: Credential should be scoped to correct service: 'connect'."},
	} {
		if got := refusedBy(t, verifier(), tt.service, tt.region); got != tt.want {
			t.Errorf("signed for service %q, Region %q: %q, want %q", tt.service, tt.region, got, tt.want)
		}
	}
}

func TestSignatureIsTakenWithinFiveMinutes(t *testing.T) {
	for _, tt := range []struct {
		ahead time.Duration // of the server's clock before the client's
		want  string
	}{
		{0, ""},
		{5 * time.Minute, ""},
		{5*time.Minute + time.Second, "InvalidSignatureException: Signature expired: 20261123T120000Z is now earlier than 20261123T120001Z (20261123T120501Z - 5 min.)"},
		{365 * 24 * time.Hour, "InvalidSignatureException: Signature expired: 20261123T120000Z is now earlier than 20271123T115500Z (20271123T120000Z - 5 min.)"},
		{-5 * time.Minute, ""},
		{-5*time.Minute - time.Second, "InvalidSignatureException: Signature not yet current: 20261123T120000Z is still later than 20261123T115959Z (20261123T115459Z + 5 min.)"},
		{-365 * 24 * time.Hour, "InvalidSignatureException: Signature not yet current: 20261123T120000Z is still later than 20251123T120500Z (20251123T120000Z + 5 min.)"},
	} {
		v := verifier()
		v.Now = func() time.Time { return signedAt.Add(tt.ahead) }
		if got := refusedBy(t, v, "connect", "us-east-1"); got != tt.want {
			t.Errorf("server ahead by %v: %q, want %q", tt.ahead, got, tt.want)
		}
	}
}

func replaceAuth(old, with string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
	}
}

// TestSigningKeysAreForgotten: a caller may sign for any number of Regions, and is let in every time, without
// the memory growing with it.
func TestSigningKeysAreForgotten(t *testing.T) {
	v := verifier()
	v.Region = ""
	r := arrive(t, sign(t, http.MethodGet, "http://connect.example/instance", nil, nil, ""))
	for i := range 2*maxDerived + 1 {
		region := "region-" + strconv.Itoa(i)
		signFor(t, r, nil, region, "")
		if _, err := v.Verify(r, nil); err != nil {
			t.Fatalf("Verify for %s: %v", region, err)
		}
		if n := len(v.derived.keys); n > maxDerived {
			t.Fatalf("%d signing keys are remembered, want at most %d", n, maxDerived)
		}
	}
}

// TestARefusedSignatureLeavesNoKey: what an unknown caller names as its scope must not take memory.
func TestARefusedSignatureLeavesNoKey(t *testing.T) {
	v := verifier()
	r := arrive(t, sign(t, http.MethodGet, "http://connect.example/instance", nil, nil, ""))
	replaceAuth("us-east-1", "elsewhere")(r)
	if _, err := v.Verify(r, nil); err == nil || len(v.derived.keys) != 0 {
		t.Errorf("Verify = %v, with %d keys remembered", err, len(v.derived.keys))
	}
}

func TestAccessKeyID(t *testing.T) {
	r := sign(t, http.MethodGet, "http://connect.example/instance", nil, nil, "")
	if got := AccessKeyID(r); got != "AKID" {
		t.Errorf("AccessKeyID = %q, want AKID", got)
	}
	r.Header.Set("Authorization", "nonsense")
	if got := AccessKeyID(r); got != "" {
		t.Errorf("AccessKeyID of nonsense = %q", got)
	}
}

func BenchmarkVerify(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 400)
	r := arrive(b, sign(b, http.MethodPut, "http://connect.example/contact/task", body, http.Header{"Content-Type": {"application/json"}}, ""))
	v := verifier()
	for b.Loop() {
		if _, err := v.Verify(r, body); err != nil {
			b.Fatal(err)
		}
	}
}
