package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

const (
	// logsKept is how many records may wait to be written; what comes when there are more is lost, and said so.
	logsKept = 65_536
	// logFlush is how long a record waits for others at most.
	logFlush = 200 * time.Millisecond
)

// flowLog writes the flow logs, one JSON object a line, in the form in which Amazon Connect sends them to CloudWatch
// (https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-logs-stored-in-cloudwatch.html).
type flowLog struct {
	to      io.WriteCloser // nil: nobody wants them
	records chan engine.FlowLog
}

// logFlows has the flow logs written where the settings say.
func (s *server) logFlows(stdout io.Writer) error {
	s.flowLog = &flowLog{records: make(chan engine.FlowLog, logsKept)}
	switch s.config.FlowLog {
	case "":
	case "-":
		s.flowLog.to = nopCloser{stdout}
	default:
		f, err := os.OpenFile(s.config.FlowLog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("--flow-log: %w", err)
		}
		s.flowLog.to = f
	}
	s.engine.Watch(s.flowLog.committed)
	return nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// committed takes the records of a commit; it does not block. A flow that was stopped is told in the server's own
// log, too, whether flow logs are on or not.
func (l *flowLog) committed(c engine.Commit) {
	for _, r := range c.Logs {
		if r.Stopped {
			slog.Warn("a flow was stopped", "flow", r.Name, "contact", r.Contact, "action", r.Identifier, "err", r.Error)
		}
		if l.to == nil || !r.Logging {
			continue
		}
		select {
		case l.records <- r:
		default:
			slog.Error("flow logs come faster than they can be written; some are lost")
		}
	}
}

// Run writes records until ctx ends, and then those that are left.
func (l *flowLog) Run(ctx context.Context) error {
	if l.to == nil {
		return nil
	}
	defer l.to.Close()
	w := bufio.NewWriter(l.to)
	tick := time.NewTicker(logFlush)
	defer tick.Stop()
	for {
		select {
		case r := <-l.records:
			l.write(ctx, w, r)
		case <-tick.C:
			l.flush(ctx, w)
		case <-ctx.Done():
			for len(l.records) > 0 {
				l.write(ctx, w, <-l.records)
			}
			l.flush(ctx, w)
			return nil
		}
	}
}

func (l *flowLog) write(ctx context.Context, w io.Writer, r engine.FlowLog) {
	for _, record := range recordsOf(r) {
		line, err := json.Marshal(record)
		if err == nil {
			_, err = w.Write(append(line, '\n'))
		}
		if err != nil {
			slog.ErrorContext(ctx, "cannot write the flow log", "err", err)
		}
	}
}

func (l *flowLog) flush(ctx context.Context, w *bufio.Writer) {
	if err := w.Flush(); err != nil {
		slog.ErrorContext(ctx, "cannot write the flow log", "err", err)
	}
}

// logRecord is a record as Amazon Connect writes it.
type logRecord struct {
	ContactID             string `json:"ContactId"`
	ContactFlowID         string `json:"ContactFlowId"`
	ContactFlowName       string `json:",omitempty"`
	ContactFlowModuleType string
	Identifier            string
	Timestamp             string
	Parameters            map[string]any
	Results               string         `json:",omitempty"`
	ExternalResults       map[string]any `json:",omitempty"`
	Error                 string         `json:",omitempty"`
}

// recordsOf are the records of an action: one, or for attributes that are set one each.
func recordsOf(r engine.FlowLog) []logRecord {
	record := recordOf(r)
	attributes, _ := r.Inputs["Attributes"].(map[string]any)
	if r.Type != "UpdateContactAttributes" || len(attributes) == 0 {
		return []logRecord{record}
	}
	var all []logRecord
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		record.Parameters = map[string]any{
			"Key": key, "Value": attributes[key], "AddAttributeToRelatedContact": strconv.FormatBool(r.Inputs["TargetContact"] == "Related"),
		}
		all = append(all, record)
	}
	return all
}

func recordOf(r engine.FlowLog) logRecord {
	out := logRecord{
		ContactID: r.Contact, ContactFlowID: r.Flow, ContactFlowName: r.Name, ContactFlowModuleType: blockOf(r),
		Identifier: r.Identifier, Timestamp: r.At.UTC().Format("2006-01-02T15:04:05.000Z"), Parameters: parametersOf(r),
		Error: r.Error,
	}
	switch v := r.Result.(type) {
	case string:
		out.Results = v
	case map[string]any:
		out.ExternalResults = v
	}
	if r.Error != "" {
		out.Results = "Error"
	}
	return out
}

// parametersOf are the parameters as the block calls them, where that is known.
func parametersOf(r engine.FlowLog) map[string]any {
	in := r.Inputs
	renamed := map[string]any{}
	switch r.Type {
	case "UpdateFlowLoggingBehavior":
		renamed["LoggingBehavior"] = strings.TrimSuffix(fmt.Sprint(in["FlowLoggingBehavior"]), "d")
	case "UpdateContactTargetQueue":
		renamed["Queue"] = in["QueueId"]
	case "InvokeLambdaFunction":
		renamed = map[string]any{
			"FunctionArn": in["LambdaFunctionARN"], "TimeLimit": in["InvocationTimeLimitSeconds"],
			"Parameters": in["LambdaInvocationAttributes"],
		}
	case "Compare":
		renamed["Value"] = in["ComparisonValue"]
	default:
		if in == nil {
			return renamed
		}
		return in
	}
	return renamed
}

// blockOf is what the logs call an action.
func blockOf(r engine.FlowLog) string {
	if name, ok := blocks[r.Type]; ok {
		return name
	}
	return r.Type
}

// blocks are the names that the logs have for actions (AG contact-flow-log-data); those of a few are inferred.
var blocks = map[string]string{
	"UpdateFlowLoggingBehavior": "SetLoggingBehavior", "UpdateContactAttributes": "SetAttributes",
	"UpdateContactTargetQueue": "SetQueue", "InvokeLambdaFunction": "InvokeExternalResource", "Compare": "CheckAttribute",
	"TransferContactToQueue": "Transfer", "DequeueContactAndTransferToQueue": "Transfer", "TransferToFlow": "Transfer",
	"MessageParticipant": "PlayPrompt", "MessageParticipantIteratively": "LoopPrompts", "GetParticipantInput": "GetUserInput",
	"UpdateContactTextToSpeechVoice": "SetVoice", "DisconnectParticipant": "Disconnect", "EndFlowExecution": "Resume",
	"UpdateContactRoutingBehavior": "ChangeRoutingPriority", "GetMetricData": "GetQueueMetrics",
	"EndFlowModuleExecution": "ReturnFromFlowModule", "UpdateContactData": "SetContactData",
	"UpdateContactEventHooks": "SetEventHook", "UpdateFlowAttributes": "SetFlowAttributes",
	"UpdateContactRoutingCriteria": "SetRoutingCriteria",
}
