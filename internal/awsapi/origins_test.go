package awsapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
)

const crm = "https://crm.example.com"

func (x *trial) approve(origin string, token *string) error {
	_, err := x.sdk.AssociateApprovedOrigin(x.ctx, &connect.AssociateApprovedOriginInput{
		InstanceId: &x.InstanceID, Origin: &origin, ClientToken: token,
	})
	return err
}

func (x *trial) disapprove(origin string, token *string) error {
	_, err := x.sdk.DisassociateApprovedOrigin(x.ctx, &connect.DisassociateApprovedOriginInput{
		InstanceId: &x.InstanceID, Origin: &origin, ClientToken: token,
	})
	return err
}

// origins lists all approved origins, and how many pages that took. The SDK does not send a size of 0.
func (x *trial) origins(size int32) (all []string, pages int) {
	x.t.Helper()
	list := pagesOf(x.t, connect.NewListApprovedOriginsPaginator(x.sdk, &connect.ListApprovedOriginsInput{InstanceId: &x.InstanceID, MaxResults: &size}))
	for _, out := range list {
		all = append(all, out.Origins...)
	}
	return all, len(list)
}

func TestOriginsAreApproved(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	want := []string{crm, crm + ":8443", "https://desk.example.com"}
	for _, origin := range want {
		x.ok(x.approve(origin, nil))
	}
	if got, pages := x.origins(2); !cmp.Equal(got, want) || pages != 2 {
		t.Errorf("ListApprovedOrigins = %v in %d pages, want %v in 2", got, pages, want)
	}
	x.ok(x.disapprove(crm, nil))
	if got, _ := x.origins(0); !cmp.Equal(got, want[1:]) {
		t.Errorf("when one is gone, ListApprovedOrigins = %v", got)
	}
	for range 2 {
		x.ok(x.approve(crm, aws.String("A")))
	}
	for range 2 {
		x.ok(x.disapprove(crm, aws.String("D")))
	}
	if err := x.approve(crm+":1", aws.String("A")); !isA[*types.InvalidRequestException](err) {
		t.Errorf("the token with another origin: %v", err)
	}
}

func TestOriginIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"approved-origins": 2} })
	x.ok(x.approve(crm, nil))
	if err := x.approve(crm, nil); !isA[*types.ResourceConflictException](err) || !strings.Contains(err.Error(), crm) {
		t.Errorf("a second time: %v", err)
	}
	for _, origin := range []string{"", "crm.example.com", "http://crm.example.com", crm + "/", "https://*.example.com", crm + "; x", crm + strings.Repeat("x", 267)} {
		if err := x.approve(origin, nil); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), "Origin") {
			t.Errorf("%q: %v", origin, err)
		}
	}
	x.ok(x.approve("http://localhost:3000", nil)) // the trial runs in development mode
	if err := x.approve(fmt.Sprint(crm, ":1"), nil); !isA[*types.ServiceQuotaExceededException](err) {
		t.Errorf("one more than the quota: %v", err)
	}
	if err := x.disapprove("https://other.example", nil); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("what is not approved: %v", err)
	}
	x.InstanceID = "11111111-1111-4111-8111-000000000000"
	for name, err := range map[string]error{"associate": x.approve(crm, nil), "disassociate": x.disapprove(crm, nil)} {
		if !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("%s in an unknown instance: %v", name, err)
		}
	}
}
