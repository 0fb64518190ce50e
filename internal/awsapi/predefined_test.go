package awsapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

func valuesOf(list ...string) types.PredefinedAttributeValues {
	return &types.PredefinedAttributeValuesMemberStringList{Value: append([]string{}, list...)}
}

// attribute puts a predefined attribute in one line.
func attribute(a *types.PredefinedAttribute) string {
	values := a.Values.(*types.PredefinedAttributeValuesMemberStringList).Value
	return fmt.Sprintf("%s %q %q enforced %t read-only %t", *a.Name, values, a.Purposes,
		a.AttributeConfiguration.EnableValueValidationOnAssociation, a.AttributeConfiguration.IsReadOnly)
}

func describeAttribute(t *testing.T, s *servertest.Server, name string) string {
	t.Helper()
	out, err := s.Client().DescribePredefinedAttribute(context.Background(), &connect.DescribePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: &name})
	if err != nil {
		t.Fatalf("DescribePredefinedAttribute: %v", err)
	}
	if a := out.PredefinedAttribute; a.LastModifiedTime == nil || *a.LastModifiedRegion != s.Region {
		t.Errorf("DescribePredefinedAttribute: modified %v in %v", a.LastModifiedTime, a.LastModifiedRegion)
	}
	return attribute(out.PredefinedAttribute)
}

func TestPredefinedAttributeIsKeptAndChanged(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	name := "order / kind"
	if _, err := client.CreatePredefinedAttribute(ctx, &connect.CreatePredefinedAttributeInput{
		InstanceId: &s.InstanceID, Name: &name, Values: valuesOf("gold", "silver"), Purposes: []string{"routing"},
		AttributeConfiguration: &types.InputPredefinedAttributeConfiguration{EnableValueValidationOnAssociation: true},
	}); err != nil {
		t.Fatal(err)
	}
	if got, want := describeAttribute(t, s, name), `order / kind ["gold" "silver"] ["routing"] enforced true read-only false`; got != want {
		t.Errorf("created: %s, want %s", got, want)
	}
	off := &types.InputPredefinedAttributeConfiguration{EnableValueValidationOnAssociation: false}
	for _, step := range []struct {
		name string
		in   connect.UpdatePredefinedAttributeInput
		want string
	}{
		{"values", connect.UpdatePredefinedAttributeInput{Values: valuesOf("lead")}, `order / kind ["lead"] ["routing"] enforced true read-only false`},
		{"purposes", connect.UpdatePredefinedAttributeInput{Purposes: []string{"a", "b"}}, `order / kind ["lead"] ["a" "b"] enforced true read-only false`},
		{"enforcement", connect.UpdatePredefinedAttributeInput{AttributeConfiguration: off}, `order / kind ["lead"] ["a" "b"] enforced false read-only false`},
		{"nothing", connect.UpdatePredefinedAttributeInput{}, `order / kind ["lead"] ["a" "b"] enforced false read-only false`},
		{"no values", connect.UpdatePredefinedAttributeInput{Values: valuesOf(), Purposes: []string{}}, `order / kind [] [] enforced false read-only false`},
	} {
		step.in.InstanceId, step.in.Name = &s.InstanceID, &name
		if _, err := client.UpdatePredefinedAttribute(ctx, &step.in); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := describeAttribute(t, s, name); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
	for range 2 { // the name is free when the attribute is gone
		if _, err := client.DeletePredefinedAttribute(ctx, &connect.DeletePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: &name}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.CreatePredefinedAttribute(ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := describeAttribute(t, s, name), `order / kind [] [] enforced false read-only false`; got != want {
		t.Errorf("created with nothing but a name: %s, want %s", got, want)
	}
}

func TestWrongPredefinedAttributes(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Quota = map[string]int{"predefined-attributes": 2} })
	ctx, client := context.Background(), s.Client()
	create := func(name string, values ...string) error {
		_, err := client.CreatePredefinedAttribute(ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: &name, Values: valuesOf(values...)})
		return err
	}
	if err := create("tier", "gold"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		err   error
		wrong func(error) bool
		says  string
	}{
		{"a name twice", create("tier"), isA[*types.DuplicateResourceException], "tier"},
		{"a reserved name", create("connect:Language"), isA[*types.InvalidParameterException], "connect:"},
		{"a value in two cases", create("new", "a", "A"), isA[*types.InvalidParameterException], "Values.StringList"},
		{"an empty value", create("new", ""), isA[*types.InvalidParameterException], "Values.StringList"},
		{"too long a name", create(strings.Repeat("x", 101)), isA[*types.InvalidParameterException], "Name"},
	}
	for _, tt := range tests {
		if !tt.wrong(tt.err) || !strings.Contains(tt.err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, tt.err)
		}
	}
	if _, err := client.UpdatePredefinedAttribute(ctx, &connect.UpdatePredefinedAttributeInput{
		InstanceId: &s.InstanceID, Name: aws.String("tier"), Values: valuesOf("x", "X"),
	}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("updated to a value in two cases: %v", err)
	}
	if got, want := describeAttribute(t, s, "tier"), `tier ["gold"] [] enforced false read-only false`; got != want {
		t.Errorf("a refused update has left %s, want %s", got, want)
	}
	if err := create("second"); err != nil {
		t.Fatal(err)
	}
	if err := create("third"); !isA[*types.LimitExceededException](err) {
		t.Errorf("third of two: %v", err)
	}
	none := aws.String(unknown)
	_, described := client.DescribePredefinedAttribute(ctx, &connect.DescribePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: none})
	_, updated := client.UpdatePredefinedAttribute(ctx, &connect.UpdatePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: none})
	_, deleted := client.DeletePredefinedAttribute(ctx, &connect.DeletePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: none})
	for what, err := range map[string]error{"describe": described, "update": updated, "delete": deleted} {
		if !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("%s an unknown one: %v", what, err)
		}
	}
}

func TestPredefinedAttributesAreListedAndSearched(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	for _, name := range []string{"tier", "region", "Tier of support"} {
		if _, err := client.CreatePredefinedAttribute(ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &s.InstanceID, Name: &name, Values: valuesOf("x")}); err != nil {
			t.Fatal(err)
		}
	}
	listed := []string{}
	lists := connect.NewListPredefinedAttributesPaginator(client, &connect.ListPredefinedAttributesInput{InstanceId: &s.InstanceID, MaxResults: aws.Int32(2)})
	for _, out := range pagesOf(t, lists) {
		for _, a := range out.PredefinedAttributeSummaryList {
			listed = append(listed, *a.Name)
		}
	}
	if diff := cmp.Diff([]string{"Tier of support", "region", "tier"}, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	in := &connect.SearchPredefinedAttributesInput{
		InstanceId: &s.InstanceID, MaxResults: aws.Int32(1),
		SearchCriteria: &types.PredefinedAttributeSearchCriteria{StringCondition: &types.StringCondition{
			FieldName: aws.String("name"), ComparisonType: types.StringComparisonTypeContains, Value: aws.String("TIER"),
		}},
	}
	found := []string{}
	pages := connect.NewSearchPredefinedAttributesPaginator(client, in)
	for _, out := range pagesOf(t, pages) {
		if *out.ApproximateTotalCount != 2 {
			t.Fatalf("SearchPredefinedAttributes = %v; want 2", out)
		}
		for _, a := range out.PredefinedAttributes {
			found = append(found, attribute(&a))
		}
	}
	if diff := cmp.Diff([]string{`Tier of support ["x"] [] enforced false read-only false`, `tier ["x"] [] enforced false read-only false`}, found); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	in.SearchCriteria.StringCondition.FieldName = aws.String("description")
	if _, err := client.SearchPredefinedAttributes(ctx, in); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), `"description"`) {
		t.Errorf("unknown field: %v", err)
	}
}
