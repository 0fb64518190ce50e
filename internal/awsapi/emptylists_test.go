package awsapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/wire"
)

// TestEmptyLists calls every operation that lists resources of a kind that there are none of.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	task := x.begin()
	there := map[string]string{"InstanceId": x.InstanceID, "QueueId": x.QueueID, "UserId": x.Agent.UserID}
	// call answers with the status, the exception and the members of an answer.
	call := func(op wire.Operation, instance, token string) (int, string, map[string]json.RawMessage) {
		t.Helper()
		path := pathLabel.ReplaceAllStringFunc(op.Path, func(l string) string {
			switch name := strings.Trim(l, "{}"); {
			case name == "InstanceId":
				return instance
			case there[name] != "":
				return there[name]
			default:
				return unknown
			}
		})
		var body io.Reader
		if op.Method == http.MethodPost {
			body = strings.NewReader(`{"InstanceId":"` + instance + `","NextToken":"` + token + `"}`)
		} else {
			path += "?contactId=" + task + "&InstanceId=" + instance + "&nextToken=" + token
		}
		r, err := http.NewRequestWithContext(x.ctx, op.Method, x.URL+path, body)
		x.ok(err)
		res, err := http.DefaultClient.Do(r)
		x.ok(err)
		defer res.Body.Close()
		var out map[string]json.RawMessage
		x.ok(json.NewDecoder(res.Body).Decode(&out))
		return res.StatusCode, res.Header.Get("X-Amzn-Errortype"), out
	}
	n := 0
	for _, op := range wire.Operations {
		if op.Empty == "" {
			continue
		}
		n++
		nothing := false // the path names something of a kind that there is none of
		for _, l := range pathLabel.FindAllStringSubmatch(op.Path, -1) {
			nothing = nothing || there[l[1]] == ""
		}
		status, kind, out := call(op, x.InstanceID, "")
		switch {
		case nothing && (status != 404 || kind != notFound):
			t.Errorf("%s of an unknown resource: %d %s", op.Name, status, kind)
		case !nothing && (status != 200 || string(out[op.Empty]) != "[]"):
			t.Errorf("%s: %d %s %s, want an empty list %s", op.Name, status, kind, out, op.Empty)
		}
		if strings.HasPrefix(op.Path, "/search-") && string(out["ApproximateTotalCount"]) != "0" {
			t.Errorf("%s tells ApproximateTotalCount %s", op.Name, out["ApproximateTotalCount"])
		}
		if op.Name == "ListTrafficDistributionGroupUsers" { // names no instance
			continue
		}
		if status, kind, _ := call(op, unknown, ""); status != 404 || kind != notFound {
			t.Errorf("%s of an unknown instance: %d %s", op.Name, status, kind)
		}
		if status, kind, _ := call(op, "abc", ""); status != 400 || kind != invalidParameter {
			t.Errorf("%s of a malformed instance: %d %s", op.Name, status, kind)
		}
		if status, kind, _ := call(op, x.InstanceID, "zzz"); !nothing && (status != 400 || kind != invalidParameter) {
			t.Errorf("%s with a token that no page has given: %d %s", op.Name, status, kind)
		}
	}
	if n < 40 {
		t.Errorf("only %d operations list nothing", n)
	}
}

// TestEmptyListsForTheSDK are answers that the SDK can read.
func TestEmptyListsForTheSDK(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	numbers, err := x.sdk.ListPhoneNumbersV2(x.ctx, &connect.ListPhoneNumbersV2Input{TargetArn: &x.InstanceARN})
	if err != nil || len(numbers.ListPhoneNumbersSummaryList) != 0 || numbers.NextToken != nil {
		t.Errorf("ListPhoneNumbersV2 = %+v, %v", numbers, err)
	}
	bots, err := x.sdk.ListBots(x.ctx, &connect.ListBotsInput{InstanceId: &x.InstanceID, LexVersion: types.LexVersionV2})
	if err != nil || len(bots.LexBots) != 0 {
		t.Errorf("ListBots = %+v, %v", bots, err)
	}
	views, err := x.sdk.SearchViews(x.ctx, &connect.SearchViewsInput{InstanceId: &x.InstanceID})
	if err != nil || len(views.Views) != 0 || views.ApproximateTotalCount == nil || *views.ApproximateTotalCount != 0 {
		t.Errorf("SearchViews = %+v, %v", views, err)
	}
	_, err = x.sdk.CreateRule(x.ctx, &connect.CreateRuleInput{
		InstanceId: &x.InstanceID, Name: new("r"), Function: new("f"), PublishStatus: types.RulePublishStatusDraft,
		TriggerEventSource: &types.RuleTriggerEventSource{EventSourceName: types.EventSourceNameOnPostCallAnalysisAvailable}, Actions: []types.RuleAction{},
	})
	x.refused(err, "NotImplementedException", 501, "CreateRule")
}

// Lists of other resources that an instance of tasks does have: the security profiles of a user, and what files are taken.
func TestListsOfWhatIsThere(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	user, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	answer := func(method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(x.ctx, method, x.URL+path+x.InstanceID, strings.NewReader(body))
		x.ok(err)
		res, err := http.DefaultClient.Do(r)
		x.ok(err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		x.ok(err)
		return string(text)
	}
	of := func(kind, entity string) string { return `{"EntityType":"` + kind + `","EntityArn":"` + entity + `"}` }
	if got, want := answer("POST", "/entity-security-profiles-summary/", of("USER", *user.User.Arn)), `{"SecurityProfiles":[{"Id":"`+user.User.SecurityProfileIds[0]+`"}]}`; got != want {
		t.Errorf("ListEntitySecurityProfiles = %s, want %s", got, want)
	}
	for kind, entity := range map[string]string{"USER": x.InstanceARN + "/agent/" + unknown, "AI_AGENT": "arn:aws:wisdom:us-east-1:000000000000:ai-agent/a/b"} {
		if status, exception, message := x.call("ListEntitySecurityProfiles", m{"EntityType": kind, "EntityArn": entity}); exception != notFound {
			t.Errorf("ListEntitySecurityProfiles of an unknown %s: %d %s %q", kind, status, exception, message)
		}
	}
	if got := answer("GET", "/attached-files-configurations/", ""); !strings.Contains(got, `"AttachmentScope":"TASK"`) || !strings.Contains(got, `{"Extension":"pdf"}`) || strings.Contains(got, "EMAIL") {
		t.Errorf("ListAttachedFilesConfigurations = %s", got)
	}
}
