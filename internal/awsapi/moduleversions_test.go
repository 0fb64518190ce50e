package awsapi_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
)

// moduleVersion makes a version of a module.
func (x *trial) moduleVersion(id string, description, sum *string) (int64, error) {
	out, err := x.sdk.CreateContactFlowModuleVersion(x.ctx, &connect.CreateContactFlowModuleVersionInput{
		InstanceId: &x.InstanceID, ContactFlowModuleId: &id, Description: description, FlowModuleContentSha256: sum,
	})
	if err != nil {
		return 0, err
	}
	return *out.Version, nil
}

func (x *trial) wantVersion(want int64) func(int64, error) {
	return func(n int64, err error) {
		x.t.Helper()
		if n != want || err != nil {
			x.t.Fatalf("version %d, %v; want %d", n, err, want)
		}
	}
}

func (x *trial) deleteModuleVersion(id string, n int64) error {
	_, err := x.sdk.DeleteContactFlowModuleVersion(x.ctx, &connect.DeleteContactFlowModuleVersionInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id, ContactFlowModuleVersion: &n})
	return err
}

// moduleVersions lists the versions of a module, one a page.
func (x *trial) moduleVersions(id string) []string {
	x.t.Helper()
	var all []string
	pages := connect.NewListContactFlowModuleVersionsPaginator(x.sdk, &connect.ListContactFlowModuleVersionsInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(x.t, pages) {
		for _, v := range out.ContactFlowModuleVersionSummaryList {
			all = append(all, fmt.Sprint(*v.Arn, " ", *v.Version, " ", aws.ToString(v.VersionDescription)))
		}
	}
	return all
}

func TestModuleVersionsDoNotChange(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"versions-per-flow": 2} })
	one, two := ending("one"), ending("two")
	id := x.newModule(moduleInput{Content: &one, Settings: aws.String(contract)})
	arn := *x.module(id).Arn
	good, other := sum(one), sum(two)
	_, err := x.moduleVersion(id, nil, &other)
	x.refused(err, invalidRequest, 400, good, other)
	_, err = x.moduleVersion(id, nil, aws.String("abc"))
	x.refused(err, invalidParameter, 400, "FlowModuleContentSha256")
	x.wantVersion(1)(x.moduleVersion(id, aws.String("first"), &good))
	x.ok(x.setModuleContent(id, &two, aws.String("{}")))
	x.wantVersion(2)(x.moduleVersion(arn+":$LATEST", nil, nil))
	_, err = x.moduleVersion(id, nil, nil)
	x.refused(err, limitExceeded, 429, "2")
	x.ok(x.setModuleContent(id, aws.String(ending("three")), nil))
	x.wantModule(id+":1", one, contract, "published")
	x.wantModule(arn+":2", two, "{}", "published")
	if m := x.module(id + ":1"); *m.Version != 1 || *m.VersionDescription != "first" || *m.Arn != arn {
		t.Errorf("version 1 = %+v", m)
	}
	if diff := cmp.Diff([]string{arn + ":1 1 first", arn + ":2 2 "}, x.moduleVersions(id)); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	x.ok(x.deleteModuleVersion(arn, 2))
	x.refused(x.deleteModuleVersion(id, 2), notFound, 404, "2")
	x.wantVersion(3)(x.moduleVersion(id, nil, nil))
	for _, unknown := range []string{id + ":2", id + ":01", id + ":99999999999999999999", id + ":live"} {
		_, err := x.tryDescribeModule(unknown)
		x.refused(err, notFound, 404)
	}
	for _, name := range []string{id + ":1", id + ":$SAVED"} {
		_, err := x.moduleVersion(name, nil, nil)
		x.refused(err, invalidRequest, 400, "published")
	}
	_, err = x.moduleVersion(unknown, nil, nil)
	x.refused(err, notFound, 404, unknown)
	x.ok(x.deleteModule(id))
	x.refused(x.deleteModuleVersion(id, 1), notFound, 404)
	_, err = x.sdk.ListContactFlowModuleVersions(x.ctx, &connect.ListContactFlowModuleVersionsInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id})
	x.refused(err, notFound, 404)
}

func (x *trial) tryAlias(id, name string, version int64) (string, error) {
	out, err := x.sdk.CreateContactFlowModuleAlias(x.ctx, &connect.CreateContactFlowModuleAliasInput{
		InstanceId: &x.InstanceID, ContactFlowModuleId: &id, AliasName: &name, ContactFlowModuleVersion: &version, Description: aws.String("about " + name),
	})
	if err != nil {
		return "", err
	}
	return *out.Id, nil
}

func (x *trial) alias(id, name string, version int64) string {
	x.t.Helper()
	alias, err := x.tryAlias(id, name, version)
	x.ok(err)
	return alias
}

func (x *trial) describeAlias(id, alias string) (*types.ContactFlowModuleAliasInfo, error) {
	out, err := x.sdk.DescribeContactFlowModuleAlias(x.ctx, &connect.DescribeContactFlowModuleAliasInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id, AliasId: &alias})
	if err != nil {
		return nil, err
	}
	return out.ContactFlowModuleAlias, nil
}

func (x *trial) setAlias(id, alias string, change connect.UpdateContactFlowModuleAliasInput) error {
	change.InstanceId, change.ContactFlowModuleId, change.AliasId = &x.InstanceID, &id, &alias
	_, err := x.sdk.UpdateContactFlowModuleAlias(x.ctx, &change)
	return err
}

func (x *trial) deleteAlias(id, alias string) error {
	_, err := x.sdk.DeleteContactFlowModuleAlias(x.ctx, &connect.DeleteContactFlowModuleAliasInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id, AliasId: &alias})
	return err
}

// aliases lists the aliases of a module, one a page.
func (x *trial) aliases(id string) []string {
	x.t.Helper()
	var all []string
	pages := connect.NewListContactFlowModuleAliasesPaginator(x.sdk, &connect.ListContactFlowModuleAliasesInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(x.t, pages) {
		for _, a := range out.ContactFlowModuleAliasSummaryList {
			all = append(all, fmt.Sprint(*a.Arn, " ", *a.AliasId, " ", *a.AliasName, " ", *a.Version, " ", *a.AliasDescription, " ", a.LastModifiedTime != nil))
		}
	}
	return all
}

// twoVersions makes a module with two versions, and returns its id and their contents.
func (x *trial) twoVersions(name string) (id, one, two string) {
	x.t.Helper()
	one, two = ending("one"), ending("two")
	id = x.newModule(moduleInput{Name: &name, Content: &one})
	x.wantVersion(1)(x.moduleVersion(id, nil, nil))
	x.ok(x.setModuleContent(id, &two, nil))
	x.wantVersion(2)(x.moduleVersion(id, nil, nil))
	return id, one, two
}

func TestAliasMoves(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id, one, two := x.twoVersions("m")
	arn := *x.module(id).Arn
	live, next := x.alias(id, "live", 1), x.alias(arn, "next-1_a", 2)
	x.wantModule(id+":live", one, "", "published")
	x.wantModule(arn+":next-1_a", two, "", "published")
	if m := x.module(id + ":live"); *m.Version != 1 {
		t.Errorf("live is version %d", *m.Version)
	}
	if diff := cmp.Diff([]string{
		arn + ":live " + live + " live 1 about live true", arn + ":next-1_a " + next + " next-1_a 2 about next-1_a true",
	}, x.aliases(id)); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
	x.refused(x.deleteModuleVersion(id, 1), invalidRequest, 400, "live")
	x.ok(x.setAlias(arn, live, connect.UpdateContactFlowModuleAliasInput{ContactFlowModuleVersion: aws.Int64(2)}))
	x.wantModule(id+":live", two, "", "published")
	x.ok(x.deleteModuleVersion(id, 1))
	x.ok(x.setAlias(id, live, connect.UpdateContactFlowModuleAliasInput{Name: aws.String("prod"), Description: aws.String("new")}))
	got, err := x.describeAlias(id, live)
	x.ok(err)
	if *got.AliasId != live || *got.Name != "prod" || *got.Description != "new" || *got.Version != 2 || *got.ContactFlowModuleId != id ||
		*got.ContactFlowModuleArn != arn || got.LastModifiedTime == nil || *got.LastModifiedRegion != "us-east-1" {
		t.Errorf("DescribeContactFlowModuleAlias = %+v", got)
	}
	_, err = x.tryDescribeModule(id + ":live")
	x.refused(err, notFound, 404, "live")
	x.wantModule(id+":prod", two, "", "published")
	x.ok(x.deleteAlias(id, live))
	_, err = x.tryDescribeModule(id + ":prod")
	x.refused(err, notFound, 404, "prod")
	x.ok(x.deleteModule(id))
	if again, _, _ := x.twoVersions("m"); len(x.aliases(again)) != 0 {
		t.Error("a new module has the aliases of another")
	}
}

func TestAliasIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"aliases-per-module": 2} })
	id, _, _ := x.twoVersions("m")
	other, _, _ := x.twoVersions("other")
	live, next := x.alias(id, "live", 1), x.alias(id, "next", 1)
	x.alias(other, "live", 1)
	for name, says := range map[string]string{"$LATEST": "$LATEST", "$SAVED": "$SAVED", "12": "12", "a b": "AliasName", "-a": "AliasName", "": "AliasName"} {
		_, err := x.tryAlias(other, name, 1)
		x.refused(err, invalidParameter, 400, says)
		if name != "" {
			x.refused(x.setAlias(id, live, connect.UpdateContactFlowModuleAliasInput{Name: &name}), invalidParameter, 400, "Name")
		}
	}
	_, err := x.tryAlias(other, "live", 1)
	x.refused(err, duplicate, 409, "live")
	_, err = x.tryAlias(id, "third", 1)
	x.refused(err, limitExceeded, 429, "2 aliases")
	_, err = x.tryAlias(other, "next", 3)
	x.refused(err, notFound, 404, "Version 3")
	_, err = x.tryAlias(unknown, "next", 1)
	x.refused(err, notFound, 404, unknown)
	_, err = x.tryAlias(other+":$SAVED", "next", 1)
	x.refused(err, invalidRequest, 400, "published")
	x.refused(x.setAlias(id, next, connect.UpdateContactFlowModuleAliasInput{Name: aws.String("live")}), duplicate, 409, "live")
	x.refused(x.setAlias(id, next, connect.UpdateContactFlowModuleAliasInput{ContactFlowModuleVersion: aws.Int64(9)}), notFound, 404, "Version 9")
	x.ok(x.setAlias(id, next, connect.UpdateContactFlowModuleAliasInput{Name: aws.String("next")}))
	for _, of := range []string{other, unknown} { // not of the alias's module
		_, err = x.describeAlias(of, live)
		x.refused(err, notFound, 404)
		x.refused(x.setAlias(of, live, connect.UpdateContactFlowModuleAliasInput{}), notFound, 404)
		x.refused(x.deleteAlias(of, live), notFound, 404)
	}
	x.refused(x.deleteAlias(id, unknown), notFound, 404, unknown)
	_, err = x.sdk.ListContactFlowModuleAliases(x.ctx, &connect.ListContactFlowModuleAliasesInput{InstanceId: &x.InstanceID, ContactFlowModuleId: aws.String(unknown)})
	x.refused(err, notFound, 404)
}
