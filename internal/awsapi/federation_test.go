package awsapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// federate calls GetFederationToken in a session of a name.
func federate(t *testing.T, s *servertest.Server, name string) (*connect.GetFederationTokenOutput, error) {
	t.Helper()
	client := connect.New(connect.Options{
		BaseEndpoint: &s.URL, Region: s.Region, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: name}, nil
		}),
	})
	return client.GetFederationToken(t.Context(), &connect.GetFederationTokenInput{InstanceId: &s.InstanceID})
}

// asks makes a call of the panel's protocol with a token and returns its status.
func asks(t *testing.T, s *servertest.Server, token string) int {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api", strings.NewReader("{}"))
	r.Header.Set("X-Amz-Bearer", token)
	r.Header.Set("X-Amz-Target", "AmazonConnectCTIService.GetAgentSnapshot")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestFederationTokenSignsAUserIn(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	out, err := federate(t, s, "agent")
	if err != nil {
		t.Fatal(err)
	}
	if *out.UserId != s.Agent.UserID || !strings.HasSuffix(*out.UserArn, "/agent/"+s.Agent.UserID) || out.Credentials.AccessTokenExpiration.Before(s.Now()) {
		t.Errorf("GetFederationToken = %v of %v", *out.UserId, out.Credentials)
	}
	if status := asks(t, s, *out.Credentials.AccessToken); status != http.StatusOK {
		t.Errorf("with the token: %d, want 200", status)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(address string) (int, string) {
		t.Helper()
		res, err := browser.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode, res.Header.Get("Location")
	}
	if _, to := get(*out.SignInUrl); to != "/ccp-v2/" {
		t.Errorf("the URL leads to %q", to)
	}
	if status, _ := get(s.URL + "/auth/authorize"); status != http.StatusOK {
		t.Errorf("the browser is not signed in: %d", status)
	}
	if _, to := get(*out.SignInUrl); to != "/login?failed=expired" {
		t.Errorf("the second time the URL leads to %q", to)
	}
}

func TestFederationTokenNeedsAUser(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	if _, err := federate(t, s, unknown); !is[*types.UserNotFoundException](err) {
		t.Errorf("of an unknown user: %v, want UserNotFoundException", err)
	}
	if _, err := federate(t, s, ""); !is[*types.InvalidRequestException](err) || !strings.Contains(err.Error(), "AWS_SESSION_TOKEN") {
		t.Errorf("without a session token: %v, want InvalidRequestException", err)
	}
	s.InstanceID = "22222222-2222-4222-8222-222222222222"
	if _, err := federate(t, s, "agent"); !is[*types.ResourceNotFoundException](err) {
		t.Errorf("of another instance: %v, want ResourceNotFoundException", err)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestDeletedUserIsSignedOut(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	u := s.Hire("bob")
	out, err := federate(t, s, "bob")
	if err != nil {
		t.Fatal(err)
	}
	if status := asks(t, s, *out.Credentials.AccessToken); status != http.StatusOK {
		t.Fatalf("before: %d", status)
	}
	if _, err := s.Client().DeleteUser(t.Context(), &connect.DeleteUserInput{InstanceId: &s.InstanceID, UserId: &u.UserID}); err != nil {
		t.Fatal(err)
	}
	if status := asks(t, s, *out.Credentials.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("after the deletion: %d, want 401", status)
	}
	if _, err := federate(t, s, "bob"); !is[*types.UserNotFoundException](err) {
		t.Errorf("GetFederationToken after the deletion: %v", err)
	}
}

// Where an identity provider vouches for users, they need no password, and may be named after longer addresses.
func TestUsersOfAProviderNeedNoPassword(t *testing.T) {
	t.Parallel()
	name := "ann.lee.of.the.claims.department@example.com"
	hire := func(s *servertest.Server, name string, password *string) error {
		stock, err := s.Client().DescribeUser(t.Context(), &connect.DescribeUserInput{InstanceId: &s.InstanceID, UserId: &s.Agent.UserID})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Client().CreateUser(t.Context(), &connect.CreateUserInput{
			InstanceId: &s.InstanceID, Username: &name, Password: password, IdentityInfo: servertest.Somebody(),
			RoutingProfileId: stock.User.RoutingProfileId, SecurityProfileIds: stock.User.SecurityProfileIds,
		})
		return err
	}
	with := servertest.New(t, func(c *server.Config) {
		c.OIDC = server.OIDC{Issuer: "https://idp.example", ClientID: "tasklane", Claim: "preferred_username"}
	})
	if err := hire(with, name, nil); err != nil {
		t.Errorf("with a provider: %v", err)
	}
	if err := hire(with, "bob", aws.String("x")); !is[*types.InvalidParameterException](err) {
		t.Errorf("with a provider, and a bad password: %v", err)
	}
	if err := hire(with, strings.Repeat("a", 65), nil); !is[*types.InvalidParameterException](err) {
		t.Errorf("with a provider, and a name of 65 characters: %v", err)
	}
	without := servertest.New(t)
	if err := hire(without, "bob", nil); !is[*types.InvalidRequestException](err) || !strings.Contains(err.Error(), "Required parameter missing: Password") {
		t.Errorf("without a provider, and without a password: %v", err)
	}
}
