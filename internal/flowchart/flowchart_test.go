package flowchart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/flow"
)

// waiting checks hours, waits and checks again.
const waiting = `{"Version":"2019-10-30","StartAction":"hours","Actions":[
 {"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}},
 {"Identifier":"hours","Type":"CheckHoursOfOperation","Parameters":{"HoursOfOperationId":"h <1>"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[
  {"NextAction":"0e2a1b9c-56f1-4a4d-9d3e-0a1b2c3d4e5f","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"later","Condition":{"Operator":"Equals","Operands":["False"]}}]}},
 {"Identifier":"later","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[
  {"NextAction":"hours","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
 {"Identifier":"0e2a1b9c-56f1-4a4d-9d3e-0a1b2c3d4e5f","Type":"TransferContactToQueue","Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"lost","Type":"Compare","Parameters":{"ComparisonValue":"$.Name"},"Transitions":{"NextAction":"lost","Errors":[{"NextAction":"lost","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"end","Condition":{"Operator":"TextContains","Operands":["\"x\""]}}]}}]}`

func parse(t *testing.T, content string) *flow.Document {
	t.Helper()
	doc, problems := flow.Parse(content)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc
}

func TestMermaid(t *testing.T) {
	const want = `flowchart LR
  start([Start]) --> a0
  a0["<b>hours</b><br>CheckHoursOfOperation<br>h #60;1#62;"]
  a1["<b>end</b><br>DisconnectParticipant"]
  a2["<b>later</b><br>Wait<br>60"]
  a3["TransferContactToQueue"]
  a4["<b>lost</b><br>Compare<br>$.Name"]
  a0 -->|"True"| a3
  a0 -->|"False"| a2
  a0 -.->|"NoMatchingError"| a1
  a2 -->|"WaitCompleted"| a0
  a2 -.->|"NoMatchingError"| a1
  a3 -.->|"NoMatchingError, QueueAtCapacity"| a1
  a4 -->|"contains #34;x#34;"| a1
  a4 -->|"NoMatchingCondition"| a4
`
	if got := Mermaid(parse(t, waiting)); got != want {
		t.Errorf("Mermaid draws\n%s\nwant\n%s", got, want)
	}
}

func TestPicture(t *testing.T) {
	svg := SVG(parse(t, waiting))
	for _, want := range []string{">Start<", ">hours<", "h &lt;1&gt;", ">True<", ">WaitCompleted<", "NoMatchingError, QueueAtCapacity", "action alone"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture does not hold %s:\n%s", want, svg)
		}
	}
	if strings.Contains(svg, "0e2a1b9c") {
		t.Error("the picture holds a UUID")
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
	}
}

// Whatever leads where: every action has a place within the picture that no other one takes, the ways lead from their
// first layer to their last, and the ends of ways are at their actions.
func TestEverythingHasItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawChart(t)
		p := place(c)
		for i := range c.nodes {
			s := p.spots[i]
			if x := p.x[s.layer]; x < 0 || x+p.width[s.layer] > p.w || s.y-s.height/2 < 0 || s.y+s.height/2 > p.h {
				t.Fatalf("action %d is at layer %d, %v, outside of %v by %v", i, s.layer, s, p.w, p.h)
			}
			for k := range i {
				if o := p.spots[k]; o.layer == s.layer && abs(o.y-s.y) < (o.height+s.height)/2 {
					t.Fatalf("actions %d and %d overlap: %v, %v", k, i, o, s)
				}
			}
		}
		for i, way := range p.ways {
			for k := 1; k < len(way); k++ {
				if p.spots[way[k]].layer != p.spots[way[k-1]].layer+1 {
					t.Fatalf("way %d leaps from layer %d to %d", i, p.spots[way[k-1]].layer, p.spots[way[k]].layer)
				}
			}
			if way == nil {
				continue
			}
			if s := p.spots[way[0]]; abs(s.y-p.leaves[i]) > s.height/2 {
				t.Fatalf("way %d leaves beside its action", i)
			}
			if s := p.spots[way[len(way)-1]]; abs(s.y-p.arrives[i]) > s.height/2 {
				t.Fatalf("way %d arrives beside its action", i)
			}
		}
	})
}

func drawChart(t *rapid.T) *chart {
	n := rapid.IntRange(1, 12).Draw(t, "actions")
	c := &chart{}
	for i := range n {
		c.nodes = append(c.nodes, node{name: fmt.Sprint("n", i), kind: "Compare"})
	}
	node := rapid.IntRange(0, n-1)
	known := map[[2]int]bool{}
	for range rapid.IntRange(0, 30).Draw(t, "edges") {
		e := edge{from: node.Draw(t, "from"), to: node.Draw(t, "to"), label: "label"}
		if !known[[2]int{e.from, e.to}] {
			known[[2]int{e.from, e.to}] = true
			c.edges = append(c.edges, e)
		}
	}
	c.reach(0)
	return c
}

func abs(x float64) float64 { return max(x, -x) }

// A flow as large as there may be is drawn in a moment.
func BenchmarkSVG(b *testing.B) {
	var actions []string
	for i := range flow.MaxActions {
		actions = append(actions, fmt.Sprintf(`{"Identifier":"a%d","Type":"UpdateContactAttributes","Transitions":{"NextAction":"a%d","Errors":[{"NextAction":"a%d","ErrorType":"NoMatchingError"}]}}`,
			i, (i*7+3)%flow.MaxActions, (i+1)%flow.MaxActions))
	}
	doc, problems := flow.Parse(`{"Version":"2019-10-30","StartAction":"a0","Actions":[` + strings.Join(actions, ",") + `]}`)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for b.Loop() {
		SVG(doc)
	}
}
