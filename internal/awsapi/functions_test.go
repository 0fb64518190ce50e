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

const lookup = "arn:aws:lambda:us-east-1:000000000000:function:lookup"

func (x *trial) associate(function, token string) error {
	in := &connect.AssociateLambdaFunctionInput{InstanceId: &x.InstanceID, FunctionArn: &function}
	if token != "" {
		in.ClientToken = &token
	}
	_, err := x.sdk.AssociateLambdaFunction(x.ctx, in)
	return err
}

func (x *trial) disassociate(function, token string) error {
	in := &connect.DisassociateLambdaFunctionInput{InstanceId: &x.InstanceID, FunctionArn: &function}
	if token != "" {
		in.ClientToken = &token
	}
	_, err := x.sdk.DisassociateLambdaFunction(x.ctx, in)
	return err
}

// functions lists all functions, and how many pages that took. The SDK does not send a size of 0.
func (x *trial) functions(size int32) (all []string, pages int) {
	x.t.Helper()
	list := pagesOf(x.t, connect.NewListLambdaFunctionsPaginator(x.sdk, &connect.ListLambdaFunctionsInput{InstanceId: &x.InstanceID, MaxResults: &size}))
	for _, out := range list {
		all = append(all, out.LambdaFunctions...)
	}
	return all, len(list)
}

func TestFunctionsAreAssociated(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.associate(lookup, ""))
	x.ok(x.associate(lookup+":prod", ""))
	x.ok(x.associate(strings.Replace(lookup, "lookup", "find", 1), ""))
	want := []string{strings.Replace(lookup, "lookup", "find", 1), lookup, lookup + ":prod"}
	if got, pages := x.functions(2); !cmp.Equal(got, want) || pages != 2 {
		t.Errorf("ListLambdaFunctions = %v in %d pages, want %v in 2", got, pages, want)
	}
	x.ok(x.disassociate(lookup, ""))
	if got, _ := x.functions(0); !cmp.Equal(got, []string{want[0], want[2]}) {
		t.Errorf("when one is gone, ListLambdaFunctions = %v", got)
	}
	x.ok(x.associate(lookup, "")) // its name is free again
}

func TestFunctionTokenMakesOneAssociation(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for range 2 {
		x.ok(x.associate(lookup, "A"))
	}
	if err := x.associate(lookup+"2", "A"); !isA[*types.InvalidRequestException](err) {
		t.Errorf("the token with another function: %v", err)
	}
	for range 2 {
		x.ok(x.disassociate(lookup, "D"))
	}
	if err := x.disassociate(lookup, ""); !isA[*types.ResourceNotFoundException](err) || !strings.Contains(err.Error(), lookup) {
		t.Errorf("what is not associated: %v", err)
	}
}

func TestFunctionIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.associate(lookup, ""))
	if err := x.associate(lookup, ""); !isA[*types.ResourceConflictException](err) || !strings.Contains(err.Error(), lookup) {
		t.Errorf("a second time: %v", err)
	}
	if err := x.associate("lookup", ""); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), "FunctionArn") {
		t.Errorf("no ARN: %v", err)
	}
	if err := x.associate(lookup+strings.Repeat("x", 100), ""); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), "140") {
		t.Errorf("a long ARN: %v", err)
	}
	_, err := x.sdk.ListLambdaFunctions(x.ctx, &connect.ListLambdaFunctionsInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(26)})
	if !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), "MaxResults") {
		t.Errorf("a page of 26: %v", err)
	}
	x.InstanceID = "11111111-1111-4111-8111-000000000000"
	for name, err := range map[string]error{"associate": x.associate(lookup, ""), "disassociate": x.disassociate(lookup, "")} {
		if !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("%s in an unknown instance: %v", name, err)
		}
	}
}

func TestQuotaOfFunctions(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"lambda-functions": 26} })
	for i := range 26 {
		x.ok(x.associate(fmt.Sprint(lookup, i), ""))
	}
	if err := x.associate(lookup, ""); !isA[*types.ServiceQuotaExceededException](err) {
		t.Errorf("one more than the quota: %v", err)
	}
	if all, pages := x.functions(0); len(all) != 26 || pages != 2 {
		t.Errorf("ListLambdaFunctions = %d in %d pages, want 26 in 2", len(all), pages)
	}
}
