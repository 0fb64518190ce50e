package awsapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// predefine makes a predefined attribute.
func (x *trial) predefine(name string, values ...string) {
	x.t.Helper()
	_, err := x.sdk.CreatePredefinedAttribute(x.ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &x.InstanceID, Name: &name, Values: valuesOf(values...)})
	x.ok(err)
}

func skill(name, value string, level float32) types.UserProficiency {
	return types.UserProficiency{AttributeName: &name, AttributeValue: &value, Level: &level}
}

func (x *trial) addSkills(user string, list ...types.UserProficiency) error {
	_, err := x.sdk.AssociateUserProficiencies(x.ctx, &connect.AssociateUserProficienciesInput{InstanceId: &x.InstanceID, UserId: &user, UserProficiencies: append([]types.UserProficiency{}, list...)})
	return err
}

func (x *trial) updateSkills(user string, list ...types.UserProficiency) error {
	_, err := x.sdk.UpdateUserProficiencies(x.ctx, &connect.UpdateUserProficienciesInput{InstanceId: &x.InstanceID, UserId: &user, UserProficiencies: append([]types.UserProficiency{}, list...)})
	return err
}

func (x *trial) dropSkills(user string, list ...types.UserProficiencyDisassociate) error {
	_, err := x.sdk.DisassociateUserProficiencies(x.ctx, &connect.DisassociateUserProficienciesInput{InstanceId: &x.InstanceID, UserId: &user, UserProficiencies: append([]types.UserProficiencyDisassociate{}, list...)})
	return err
}

// skillsOf are the proficiencies of a user, in one line.
func (x *trial) skillsOf(user string) string {
	x.t.Helper()
	var all []string
	pages := connect.NewListUserProficienciesPaginator(x.sdk, &connect.ListUserProficienciesInput{InstanceId: &x.InstanceID, UserId: &user, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(x.t, pages) {
		for _, p := range out.UserProficiencyList {
			all = append(all, fmt.Sprintf("%s:%s=%g", *p.AttributeName, *p.AttributeValue, *p.Level))
		}
		if out.LastModifiedTime == nil || *out.LastModifiedRegion != x.Region {
			x.t.Errorf("proficiencies %+v", out)
		}
	}
	return strings.Join(all, " ")
}

func TestProficienciesOfUser(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"proficiencies-per-user": 3} })
	x.predefine("language", "German", "French", "Dutch")
	x.predefine("product", "cars")
	id := x.Agent.UserID
	gone := func(name, value string) types.UserProficiencyDisassociate {
		return types.UserProficiencyDisassociate{AttributeName: &name, AttributeValue: &value}
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, ""},
		{func() error { return x.addSkills(id, skill("product", "cars", 1), skill("language", "German", 4)) }, "language:German=4 product:cars=1"},
		{func() error { return x.addSkills(id, skill("language", "German", 5), skill("language", "French", 2)) }, "language:French=2 language:German=5 product:cars=1"},
		{func() error { return x.updateSkills(id, skill("language", "French", 3)) }, "language:French=3 language:German=5 product:cars=1"},
		{func() error { return x.dropSkills(id, gone("language", "German"), gone("language", "Dutch")) }, "language:French=3 product:cars=1"},
	} {
		x.ok(step.do())
		if got := x.skillsOf(id); got != step.want {
			t.Errorf("proficiencies %s, want %s", got, step.want)
		}
	}
	x.refused(x.addSkills(id, skill("language", "German", 1), skill("language", "Dutch", 1)), invalidRequest, 400, "4 of at most 3")
	x.refused(x.addSkills(id), invalidParameter, 400, "UserProficiencies")
	x.refused(x.addSkills(id, skill("colour", "red", 1)), notFound, 404, "colour")
	x.refused(x.addSkills(id, skill("language", "Latin", 1)), invalidParameter, 400, "Latin", "language")
	x.refused(x.addSkills(id, skill("language", "German", 0.9)), invalidParameter, 400, "Level")
	x.refused(x.addSkills(id, skill("language", "German", 1.5)), invalidParameter, 400, "UserProficiencies[0].Level")
	x.refused(x.updateSkills(id, skill("language", "French", 2.5)), invalidParameter, 400, "UserProficiencies[0].Level")
	x.refused(x.addSkills(id, skill("language", "German", 5.1)), invalidParameter, 400, "Level")
	x.refused(x.addSkills(id, skill("language", "German", 1), skill("language", "German", 2)), invalidParameter, 400, "more than once")
	x.refused(x.updateSkills(id, skill("language", "German", 1)), notFound, 404, "German")
	x.refused(x.updateSkills(id, skill("language", "French", 1), skill("language", "French", 2)), invalidParameter, 400, "more than once")
	x.refused(x.updateSkills(id), invalidParameter, 400, "UserProficiencies")
	x.refused(x.dropSkills(id), invalidParameter, 400, "UserProficiencies")
	x.refused(x.addSkills(unknown, skill("language", "German", 1)), notFound, 404, unknown)
	x.refused(x.updateSkills(unknown, skill("language", "German", 1)), notFound, 404, unknown)
	x.refused(x.dropSkills(unknown, gone("language", "German")), notFound, 404, unknown)
	_, err := x.sdk.ListUserProficiencies(x.ctx, &connect.ListUserProficienciesInput{InstanceId: &x.InstanceID, UserId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
	if got := x.skillsOf(id); got != "language:French=3 product:cars=1" {
		t.Errorf("after what was refused the proficiencies are %s", got)
	}
	remove := func() error {
		_, err := x.sdk.DeletePredefinedAttribute(x.ctx, &connect.DeletePredefinedAttributeInput{InstanceId: &x.InstanceID, Name: aws.String("product")})
		return err
	}
	x.refused(remove(), inUse, 409, "product", `"agent"`)
	x.ok(x.dropSkills(id, gone("product", "cars")))
	x.ok(remove())
}
