package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/flow"
)

// named is what a flow that is published may name: anything, or with [Options.StrictResources] what exists.
type named struct{ *tenant }

// may tells whether something may be named that is there unless err says otherwise.
func (n named) may(err error) bool { return err == nil || !n.strictResources }

func (n named) Queue(name string) bool {
	_, err := n.target(name, "")
	return n.may(err)
}

func (n named) Agent(name string) bool {
	_, err := n.agentNamed(name)
	return n.may(err)
}

func (n named) Hours(name string) bool {
	_, err := n.object(arn.Hours, name)
	return n.may(err)
}

func (n named) Flow(name string) bool {
	_, err := n.object(arn.Flow, name)
	return n.may(err)
}

func (n named) Module(name string) bool {
	_, _, _, err := n.moduleNamed(name)
	return n.may(err)
}

func (n named) Template(name string) bool {
	_, err := n.object(arn.TaskTemplate, name)
	return n.may(err)
}

func (n named) Contract(name string) *flow.Contract {
	_, _, contract, err := n.moduleNamed(name)
	if err != nil {
		return nil
	}
	return contract
}
