package flow

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/tasklane/tasklane/internal/fault"
)

// TypeModule is what stands for a type where a module is checked as a flow is. A module has none of the flow types: it
// may hold any action, and the type of the flow that calls it decides when it runs.
const TypeModule Type = "MODULE"

// endOfModule is the action that ends a module.
const endOfModule = "EndFlowModuleExecution"

// PublishModule reads and checks the content of a module that is being published under a contract, and makes it
// ready to run. Resources may be nil; see [Check].
// It fails with [fault.BadFlow], and with [fault.Unusable] when the content has no Settings: those are no contract
// and have no effect, but Amazon Connect asks for them.
func PublishModule(content string, c *Contract, r Resources) (*Program, error) {
	doc, problems := Parse(content)
	if len(problems) == 0 {
		problems = Check(doc, TypeModule, r)
	}
	if len(problems) == 0 {
		problems = c.check(doc)
	}
	if len(problems) > 0 {
		return nil, refuse(problems)
	}
	if !hasSettings(content) {
		return nil, fault.New(fault.Unusable, noSettings)
	}
	return Compile(doc), nil
}

// noSettings is what Amazon Connect says of a module without Settings.
const noSettings = "JSON field is missing or null for field name: settings"

func hasSettings(content string) bool {
	top, err := decodeObject(content)
	return err == nil && top["Settings"] != nil
}

// NewContract reads the contract of a module that is being published. It fails with [fault.BadFlow].
func NewContract(settings string) (*Contract, error) {
	c, problems := ParseContract(settings)
	if len(problems) > 0 {
		return nil, refuse(problems)
	}
	return c, nil
}

// check looks whether a module returns only what its contract declares. The document has passed [Check].
func (c *Contract) check(doc *Document) []Problem {
	k := checker{}
	for i := range doc.Actions {
		if doc.Actions[i].Type == endOfModule {
			k.look(i, &doc.Actions[i])
			k.returns(c)
		}
	}
	return k.problems
}

// returns looks at one action that ends a module.
func (c *checker) returns(contract *Contract) {
	if result, ok := c.action.Parameters["Result"].(string); ok && !contract.HasBranch(result) {
		c.report("", "Invalid branch. Path: %s.Parameters.Result", c.path)
	}
	data, _ := c.action.Parameters["ResultData"].(map[string]any)
	for _, key := range sortedKeys(data) {
		if !contract.HasResult(key) {
			c.badValue("a name that the settings of the module declare", "Parameters.ResultData.%s", key)
		}
	}
}

// contract looks whether a flow calls a module as the module's contract has it.
func (c *checker) contract() {
	name := c.action.text("FlowModuleId")
	if c.resources == nil || name == "" || isReference(name) {
		return
	}
	contract := c.resources.Contract(name)
	if contract == nil {
		return
	}
	input, _ := c.action.Parameters["Input"].(map[string]any)
	for _, key := range sortedKeys(input) {
		if !contract.AcceptsInput(key) {
			c.badValue("a name that the module takes", "Parameters.Input.%s", key)
		}
	}
	for n, b := range c.action.Transitions.Conditions {
		if word := b.Operands[0].(string); word != "Success" && !contract.HasBranch(word) {
			c.report("", "Invalid branch. Path: %s.Transitions.Conditions[%d]", c.path, n)
		}
	}
}

// Sum is the checksum of a content, as FlowContentSha256 tells it: of its bytes, as they are kept.
func Sum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
