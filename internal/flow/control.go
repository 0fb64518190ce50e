package flow

import (
	"strconv"
	"time"
)

const maxWait = 604_800 // seconds: 7 days (DG flow-control-actions-wait)

// controlActions steer the flow.
var controlActions = map[string]behaviour{
	"Compare": {decides: true, run: runCompare},
	"CheckHoursOfOperation": {decides: true, run: func(_ *view, _ *instruction, given Inputs) outcome {
		return named(given, CheckHours{given.text("HoursOfOperationId")}, "HoursOfOperationId")
	}},
	"CheckMetricData": {decides: true, run: func(_ *view, _ *instruction, given Inputs) outcome {
		e := CheckMetric{Metric(given.text("MetricType")), given.text("QueueId"), given.text("AgentId")}
		return named(given, e, queueOrAgent...)
	}},
	"GetMetricData":          {run: runGetMetrics, learn: func(s *State, r Result) { s.Metrics = r.Data }},
	"DistributeByPercentage": {decides: true, run: always(Draw{})},
	"Loop":                   {decides: true, run: runLoop},
	"Wait":                   {decides: true, suspends: true, run: runWait},
	"TransferToFlow": {success: jumps, run: func(_ *view, _ *instruction, given Inputs) outcome {
		return needs(given.text("ContactFlowId"), func(id string) Effect { return GoTo{id} })
	}},
	"InvokeFlowModule": {rule: (*checker).contract, success: enters, run: runModule},
	"EndFlowModuleExecution": {run: func(_ *view, _ *instruction, given Inputs) outcome {
		return outcome{effect: returning{given.text("Result"), given.object("ResultData")}}
	}},
	"EndFlowExecution":     {run: always(End{})},
	"UpdateFlowAttributes": {run: runFlowAttributes},
	"UpdateFlowLoggingBehavior": {run: func(_ *view, _ *instruction, given Inputs) outcome {
		return outcome{effect: SetLogging{given.text("FlowLoggingBehavior") == "Enabled"}}
	}},
	"InvokeLambdaFunction": {suspends: true, run: runFunction, learn: func(s *State, r Result) {
		if r.Invocation != "" {
			s.Invocation = r.Invocation
			return
		}
		s.External = r.Data
	}},
}

// Words that actions result in.
const (
	continueLooping = "ContinueLooping"
	doneLooping     = "DoneLooping"
	waitCompleted   = "WaitCompleted"
)

// returning is what a module ends with; [Runner.Step] carries it out itself.
type returning struct {
	result string
	data   map[string]any
}

func (returning) effect() {}

// needs asks for an effect with an id that must not be empty.
func needs(id string, effect func(string) Effect) outcome {
	if id == "" {
		return outcome{failure: NoMatchingError}
	}
	return outcome{effect: effect(id)}
}

// named asks for an effect on what some parameters name, or when they are not there on what the target queue says.
// A parameter that resolves to nothing names nothing that there is.
func named(given Inputs, e Effect, parameters ...string) outcome {
	for _, p := range parameters {
		if _, ok := given.get(p); ok && given.text(p) == "" {
			return outcome{failure: NoMatchingError}
		}
	}
	return outcome{effect: e}
}

// runCompare is Compare ("Check contact attributes"): its result is the value of a reference.
func runCompare(_ *view, in *instruction, given Inputs) outcome {
	w, _ := in.param("ComparisonValue").(whole)
	return outcome{result: result{text: given.text("ComparisonValue"), path: path(w)}}
}

func runGetMetrics(_ *view, _ *instruction, given Inputs) outcome {
	channel := given.text("QueueChannel")
	if channel != "" && !channelWord(channel) {
		return outcome{failure: NoMatchingError}
	}
	return named(given, GetMetrics{given.text("QueueId"), given.text("AgentId"), upper(channel)}, queueOrAgent...)
}

// runLoop counts the visits of this action in this document. A count that is no number fails, or when the action
// cannot fail, is done.
func runLoop(v *view, in *instruction, given Inputs) outcome {
	times, ok := number(given.text("LoopCount"), 0, 100)
	_, canFail := in.failures[NoMatchingError]
	switch {
	case !ok && canFail:
		return outcome{failure: NoMatchingError}
	case ok && v.state.visit(in.identifier, times):
		return outcome{result: result{text: continueLooping}}
	default:
		return outcome{result: result{text: doneLooping}}
	}
}

func runWait(_ *view, _ *instruction, given Inputs) outcome {
	seconds, ok := number(given.text("TimeLimitSeconds")+given.text("TimeoutSeconds"), 1, maxWait)
	if !ok {
		return outcome{failure: NoMatchingError}
	}
	return outcome{effect: Wait{time.Duration(seconds) * time.Second}}
}

func runModule(v *view, _ *instruction, given Inputs) outcome {
	if len(v.state.Callers) >= maxDepth {
		return outcome{failure: NoMatchingError}
	}
	return needs(given.text("FlowModuleId"), func(id string) Effect { return Call{id, given.object("Input")} })
}

func runFlowAttributes(v *view, _ *instruction, given Inputs) outcome {
	values := map[string]string{}
	for key, attribute := range given.object("FlowAttributes") {
		fields, _ := attribute.(map[string]any)
		values[key], _ = text(fields["Value"])
	}
	if !v.state.set(values) {
		return outcome{failure: NoMatchingError}
	}
	return outcome{}
}

func runFunction(_ *view, _ *instruction, given Inputs) outcome {
	limit, _ := strconv.Atoi(given.text("InvocationTimeLimitSeconds"))
	validation := given.object("ResponseValidation")
	params := given.object("LambdaInvocationAttributes")
	if params == nil {
		params = map[string]any{}
	}
	return needs(given.text("LambdaFunctionARN"), func(arn string) Effect {
		return Invoke{
			Function: arn, Limit: time.Duration(limit) * time.Second, Params: params,
			Async: given.text("InvocationType") == "ASYNCHRONOUS", JSON: validation["ResponseType"] == "JSON",
		}
	})
}

// found is what an action found out by its effect.
func found(in *instruction, r Result) result {
	if in.kind.suspends {
		return result{text: waitCompleted}
	}
	return result{text: r.Value, age: in.typeName == "CheckMetricData" && in.isAge()}
}

// isAge reports whether CheckMetricData asks for an age.
func (in *instruction) isAge() bool {
	l, ok := in.param("MetricType").(literal)
	return ok && l.value == string(OldestContact)
}
