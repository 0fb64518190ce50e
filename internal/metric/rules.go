package metric

import (
	"maps"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// Dimension is what historical metrics are chosen and told apart by.
type Dimension string

// The dimensions that tasks have.
const (
	DimensionQueue   Dimension = "QUEUE"
	DimensionProfile Dimension = "ROUTING_PROFILE"
	DimensionAgent   Dimension = "AGENT"
	DimensionChannel Dimension = "CHANNEL"
	DimensionSubtype Dimension = "contact/segmentAttributes/connect:Subtype"
	DimensionMethod  Dimension = "INITIATION_METHOD"
	DimensionReason  Dimension = "DISCONNECT_REASON"
)

// HierarchyDimensions are the hierarchy groups that a contact's agent was in, from the topmost level down.
var HierarchyDimensions = [...]Dimension{
	"AGENT_HIERARCHY_LEVEL_ONE", "AGENT_HIERARCHY_LEVEL_TWO", "AGENT_HIERARCHY_LEVEL_THREE",
	"AGENT_HIERARCHY_LEVEL_FOUR", "AGENT_HIERARCHY_LEVEL_FIVE",
}

// foreign are the dimensions of other channels and features, which the reference has besides.
var foreign = strings.Fields(`
	ANSWERING_MACHINE_DETECTION_STATUS BOT_ALIAS BOT_ID BOT_INTENT_NAME BOT_LOCALE BOT_VERSION CAMPAIGN
	CAMPAIGN_DELIVERY_EVENT_TYPE CAMPAIGN_EXCLUDED_EVENT_TYPE CAMPAIGN_EXECUTION_TIMESTAMP CASE_STATUS CASE_TEMPLATE_ARN
	contact/segmentAttributes/connect:ValidationTestType EVALUATION_FORM EVALUATION_QUESTION EVALUATION_SECTION
	EVALUATION_SOURCE EVALUATOR_ID FEATURE FLOW_ACTION_ID FLOW_TYPE FLOWS_MODULE_RESOURCE_ID FLOWS_NEXT_RESOURCE_ID
	FLOWS_NEXT_RESOURCE_QUEUE_ID FLOWS_OUTCOME_TYPE FLOWS_RESOURCE_ID FORM_VERSION INITIATING_FLOW
	INVOKING_RESOURCE_PUBLISHED_TIMESTAMP INVOKING_RESOURCE_TYPE PARENT_FLOWS_RESOURCE_ID Q_CONNECT_ENABLED
	RESOURCE_PUBLISHED_TIMESTAMP ROUTING_STEP_EXPRESSION TEST_CASE TEST_CASE_EXECUTION_FAILURE_REASON
	TEST_CASE_EXECUTION_RESULT TEST_CASE_EXECUTION_STATE TEST_CASE_INVOCATION_METHOD`)

// CheckDimension reports whether tasks have a dimension. It fails with [fault.Unsupported] for one that only other
// channels and features have, and with [fault.Invalid] for one that there is not.
func CheckDimension(d Dimension) error {
	switch {
	case d.kind() != 0:
		return nil
	case slices.Contains(foreign, string(d)):
		return fault.New(fault.Unsupported, "%s is not supported by this version of Tasklane", d)
	}
	return fault.New(fault.Invalid, "there is no dimension %q", d)
}

// dimensions is a set of kinds of dimensions. The levels of the hierarchy are one kind.
type dimensions uint8

const (
	ofQueue dimensions = 1 << iota
	ofChannel
	ofProfile
	ofAgent
	ofHierarchy
	ofSubtype
	ofMethod
	ofReason

	ofQueues = ofQueue | ofChannel | ofProfile
	ofTeam   = ofAgent | ofHierarchy
	ofAll    = ofQueues | ofTeam
)

func (d Dimension) kind() dimensions {
	switch d {
	case DimensionQueue:
		return ofQueue
	case DimensionChannel:
		return ofChannel
	case DimensionProfile:
		return ofProfile
	case DimensionAgent:
		return ofAgent
	case DimensionSubtype:
		return ofSubtype
	case DimensionMethod:
		return ofMethod
	case DimensionReason:
		return ofReason
	}
	if slices.Contains(HierarchyDimensions[:], d) {
		return ofHierarchy
	}
	return 0
}

// OfResource reports whether a filter by the dimension names something in the instance. A request needs such a filter.
func (d Dimension) OfResource() bool { return d.kind()&(ofQueue|ofProfile|ofTeam) != 0 }

// rule is what the reference has for a metric, of the dimensions that tasks have.
type rule struct {
	by   dimensions // valid groupings and filters
	only dimensions // valid keys of its own filters
}

// rules are all historical metrics that Amazon Connect has, with what can be asked of each: "Valid groupings and
// filters", "Valid metric filter key" (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetMetricDataV2.html).
// Those that [histories] lacks are of other channels and features, or of what agents do besides their contacts.
var rules = readRules([]struct {
	rule
	names string
}{
	{rule{by: ofAll | ofSubtype}, `
		ABANDONMENT_RATE AVG_CONTACT_DURATION AVG_CONVERSATION_DURATION AVG_GREETING_TIME_AGENT AVG_HANDLE_TIME AVG_HOLDS
		AVG_HOLD_TIME AVG_HOLD_TIME_ALL_CONTACTS AVG_INTERACTION_AND_HOLD_TIME AVG_INTERRUPTIONS_AGENT
		AVG_INTERRUPTION_TIME_AGENT AVG_NON_TALK_TIME AVG_QUEUE_ANSWER_TIME_CUSTOMER_FIRST_CALLBACK AVG_TALK_TIME
		AVG_TALK_TIME_AGENT AVG_TALK_TIME_CUSTOMER AVG_WAIT_TIME_AFTER_CUSTOMER_FIRST_CALLBACK_CONNECTION
		CONTACTS_HOLD_ABANDONS CONTACTS_QUEUED CONTACTS_TRANSFERRED_OUT CONTACTS_TRANSFERRED_OUT_BY_AGENT
		CONTACTS_TRANSFERRED_OUT_FROM_QUEUE MAX_QUEUED_TIME PERCENT_NON_TALK_TIME PERCENT_TALK_TIME
		PERCENT_TALK_TIME_AGENT PERCENT_TALK_TIME_CUSTOMER`},
	{rule{by: ofAll | ofSubtype, only: ofMethod}, `AVG_ABANDON_TIME AVG_AFTER_CONTACT_WORK_TIME CONTACTS_ABANDONED`},
	{rule{by: ofAll | ofSubtype, only: ofReason}, `SUM_CONTACTS_DISCONNECTED`},
	{rule{by: ofAll | ofSubtype, only: ofMethod | ofReason}, `CONTACTS_HANDLED`},
	{rule{by: ofAll}, `
		AGENT_ADHERENT_TIME AGENT_ANSWER_RATE AGENT_NON_ADHERENT_TIME AGENT_NON_RESPONSE
		AGENT_NON_RESPONSE_WITHOUT_CUSTOMER_ABANDONS AGENT_SCHEDULED_TIME AGENT_SCHEDULE_ADHERENCE AVG_ACTIVE_TIME
		AVG_AGENT_CONCURRENCY AVG_AGENT_PAUSE_TIME AVG_EVALUATION_SCORE AVG_WEIGHTED_EVALUATION_SCORE
		CONTACTS_ON_HOLD_AGENT_DISCONNECT CONTACTS_ON_HOLD_CUSTOMER_DISCONNECT CONTACTS_PUT_ON_HOLD
		CONTACTS_TRANSFERRED_OUT_EXTERNAL CONTACTS_TRANSFERRED_OUT_INTERNAL EVALUATIONS_PERFORMED PERCENT_AUTOMATIC_FAILS
		SUM_AFTER_CONTACT_WORK_TIME SUM_CONTACT_FLOW_TIME SUM_HANDLE_TIME SUM_HOLD_TIME SUM_INTERACTION_AND_HOLD_TIME
		SUM_INTERACTION_TIME`},
	{rule{by: ofAll, only: ofMethod}, `AVG_AGENT_CONNECTING_TIME SUM_CONNECTING_TIME_AGENT`},
	{rule{by: ofAll | ofSubtype | ofMethod | ofReason}, `
		AVG_CONTACT_FIRST_RESPONSE_TIME_AGENT AVG_CONVERSATION_CLOSE_TIME AVG_FIRST_RESPONSE_TIME_AGENT AVG_MESSAGES
		AVG_MESSAGES_AGENT AVG_MESSAGES_BOT AVG_MESSAGES_CUSTOMER AVG_MESSAGE_LENGTH_AGENT AVG_MESSAGE_LENGTH_CUSTOMER
		AVG_RESPONSE_TIME_AGENT AVG_RESPONSE_TIME_CUSTOMER CONVERSATIONS_ABANDONED`},
	{rule{by: ofQueue | ofChannel | ofTeam | ofSubtype}, `CONTACTS_QUEUED_BY_ENQUEUE`},
	{rule{by: ofQueue | ofChannel | ofTeam | ofSubtype, only: ofMethod}, `CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT`},
	{rule{by: ofQueues}, `
		ACTIVE_AI_AGENTS AI_AGENT_INVOCATIONS AI_AGENT_INVOCATION_SUCCESS AI_AGENT_INVOCATION_SUCCESS_RATE AI_HANDOFFS
		AI_HANDOFF_RATE AI_INVOLVED_CONTACTS AI_PROMPT_INVOCATIONS AI_PROMPT_INVOCATION_SUCCESS
		AI_PROMPT_INVOCATION_SUCCESS_RATE AI_RESPONSE_COMPLETION_RATE AI_TOOL_INVOCATIONS AI_TOOL_INVOCATION_SUCCESS
		AI_TOOL_INVOCATION_SUCCESS_RATE AVG_AI_AGENT_CONVERSATION_TURNS AVG_AI_CONVERSATION_TURNS
		AVG_AI_PROMPT_INVOCATION_LATENCY AVG_AI_TOOL_INVOCATION_LATENCY CONTACTS_REMOVED_FROM_QUEUE_IN_X
		KNOWLEDGE_CONTENT_REFERENCES PROACTIVE_INTENTS_ANSWERED PROACTIVE_INTENTS_DETECTED PROACTIVE_INTENTS_ENGAGED
		PROACTIVE_INTENT_ENGAGEMENT_RATE PROACTIVE_INTENT_RESPONSE_RATE SERVICE_LEVEL`},
	{rule{by: ofQueues | ofSubtype}, `
		AVG_RESOLUTION_TIME CONTACTS_RESOLVED_IN_X SUM_CONTACTS_ABANDONED_IN_X SUM_CONTACTS_ANSWERED_IN_X
		SUM_RETRY_CALLBACK_ATTEMPTS`},
	{rule{by: ofQueues | ofSubtype, only: ofMethod}, `AVG_INTERACTION_TIME CONTACTS_CREATED`},
	{rule{by: ofQueues | ofSubtype, only: ofMethod | ofReason}, `AVG_QUEUE_ANSWER_TIME`},
	{rule{by: ofQueues | ofAgent | ofSubtype | ofReason, only: ofReason}, `DELIVERY_ATTEMPTS DELIVERY_ATTEMPT_DISPOSITION_RATE`},
	{rule{by: ofProfile | ofTeam}, `
		AGENT_OCCUPANCY SUM_CONTACT_TIME_AGENT SUM_ERROR_STATUS_TIME_AGENT SUM_IDLE_TIME_AGENT
		SUM_NON_PRODUCTIVE_TIME_AGENT SUM_ONLINE_TIME_AGENT`},
	{rule{by: ofQueue | ofProfile | ofAgent}, `AVG_DIALS_PER_MINUTE`},
	{rule{by: ofAgent}, `CAMPAIGN_CONTACTS_ABANDONED_AFTER_X CAMPAIGN_CONTACTS_ABANDONED_AFTER_X_RATE HUMAN_ANSWERED_CALLS`},
	{rule{by: ofQueue}, `PERCENT_CONTACTS_STEP_EXPIRED PERCENT_CONTACTS_STEP_JOINED STEP_CONTACTS_QUEUED`},
	{rule{by: ofChannel | ofSubtype | ofMethod}, `
		AVG_BOT_CONVERSATION_TIME AVG_BOT_CONVERSATION_TURNS AVG_FLOW_TIME BOT_CONVERSATIONS_COMPLETED
		BOT_INTENTS_COMPLETED FLOWS_OUTCOME FLOWS_STARTED MAX_FLOW_TIME MIN_FLOW_TIME PERCENT_BOT_CONVERSATIONS_OUTCOME
		PERCENT_BOT_INTENTS_OUTCOME PERCENT_FLOWS_OUTCOME`},
	{rule{by: ofChannel | ofSubtype}, `CAMPAIGN_SEND_ATTEMPTS RECIPIENTS_INTERACTED`},
	{rule{}, `
		AVG_CASE_RELATED_CONTACTS AVG_CASE_RESOLUTION_TIME AVG_WAIT_TIME_AFTER_CUSTOMER_CONNECTION CAMPAIGN_INTERACTIONS
		CAMPAIGN_PROGRESS_RATE CAMPAIGN_SEND_EXCLUSIONS CASES_CREATED CURRENT_CASES PERCENT_CASES_FIRST_CONTACT_RESOLVED
		RECIPIENTS_ATTEMPTED RECIPIENTS_TARGETED REOPENED_CASE_ACTIONS RESOLVED_CASE_ACTIONS`},
})

func readRules(rows []struct {
	rule
	names string
},
) map[Name]rule {
	all := map[Name]rule{}
	for _, row := range rows {
		for name := range strings.FieldsSeq(row.names) {
			all[Name(name)] = row.rule
		}
	}
	return all
}

// CheckHistory reports whether Amazon Connect has a historical metric, and whether it has what is asked for: a
// threshold where it needs one, by what it is grouped and filtered, and by what filters of its own. A threshold that it
// does not need is of no effect. It fails with [fault.Invalid], naming what the metric lacks.
func CheckHistory(n Name, t *Threshold, groupings, filters, own []Dimension) error {
	r, ok := rules[n]
	if !ok {
		return fault.New(fault.Invalid, "Metrics: there is no metric %q", n)
	}
	if histories[n].threshold && t == nil {
		return fault.New(fault.Invalid, "Metrics: metric %s requires Threshold", n)
	}
	for _, part := range []struct {
		member string
		given  []Dimension
		valid  dimensions
	}{
		{"Groupings", groupings, r.by},
		{"Filters", filters, r.by},
		{"MetricFilters", own, r.only},
	} {
		for _, d := range part.given {
			if d.kind()&part.valid == 0 {
				return fault.New(fault.Invalid, "%s: %s is not valid for metric %s", part.member, d, n)
			}
		}
	}
	return nil
}

// HistoricalNames are all historical metrics that Amazon Connect has, sorted.
func HistoricalNames() []Name { return slices.Sorted(maps.Keys(rules)) }

// Counted reports whether a historical metric is counted here. The others that Amazon Connect has have no value.
func Counted(n Name) bool {
	_, ok := histories[n]
	return ok
}
