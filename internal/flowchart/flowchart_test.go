package flowchart

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	n := rapid.IntRange(1, 40).Draw(t, "actions")
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

// chain is a flow of so many actions one after the other, each of which also leads to the end, and one back.
func chain(n int) string {
	var actions []string
	for i := range n {
		actions = append(actions, fmt.Sprintf(`{"Identifier":"Schritt %d","Type":"UpdateContactAttributes","Transitions":{"NextAction":"Schritt %d","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`, i, (i+1)%n))
	}
	return `{"Version":"2019-10-30","StartAction":"Schritt 0","Actions":[` + strings.Join(actions, ",") + `,{"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`
}

// A row that would be too long goes on in a row below, wholly.
func TestLongFlowsGoOnBelow(t *testing.T) {
	p := place(newChart(parse(t, chain(60))))
	if p.w > widest+400 {
		t.Errorf("the picture is %v wide, want about %v", p.w, widest)
	}
	lower := map[int]float64{}
	for i := range p.spots {
		s := p.spots[i]
		lower[p.row[s.layer]] = max(lower[p.row[s.layer]], s.y+s.height/2)
	}
	for i := range p.spots {
		s := p.spots[i]
		if row := p.row[s.layer]; row > 0 && s.y-s.height/2 <= lower[row-1] {
			t.Fatalf("%v in row %d is not below the row above, which ends at %v", s, row, lower[row-1])
		}
	}
	if len(lower) < 4 {
		t.Errorf("60 actions are in %d rows", len(lower))
	}
	for key, lane := range p.lanes {
		end := p.spots[p.ways[key[0]][len(p.ways[key[0]])-1]]
		if lane.left < 0 || lane.right > p.w || lane.between < 0 || lane.between > p.h || end.y > p.h {
			t.Errorf("lane %v of way %d is outside of %v by %v", lane, key[0], p.w, p.h)
		}
	}
}

// Signs of any script take the room that they take, and are cut between signs.
func TestWideSignsHaveRoom(t *testing.T) {
	for _, tt := range []struct {
		text  string
		least float64 // how many letters it must have room for
	}{
		{"abc", 3}, {"受付番号", 8}, {"ｆｕｌｌ", 8}, {"끝", 2}, {"、。「」", 8}, {"🎉", 2.4}, {"👩‍👩‍👧‍👦", 2.4}, {"🇩🇪", 2.4}, {"é", 1}, {"e\u0301", 1},
	} {
		if got := textWidth(tt.text); got < tt.least*letter || got > (tt.least+1)*letter {
			t.Errorf("%s has %.1f letters of room, want %.1f", tt.text, got/letter, tt.least)
		}
	}
	for in, want := range map[string]string{
		strings.Repeat("a", 36):       strings.Repeat("a", 36),
		strings.Repeat("a", 37):       strings.Repeat("a", 35) + "…",
		strings.Repeat("受", 19):       strings.Repeat("受", 17) + "…",
		strings.Repeat("👩‍👩‍👧‍👦", 19): strings.Repeat("👩‍👩‍👧‍👦", 17) + "…",
	} {
		if got := cut(in); got != want {
			t.Errorf("cut(%s) = %s, want %s", in, got, want)
		}
	}
}

var update = flag.Bool("update", false, "write the pictures in testdata anew")

// The pictures are as they were looked at last; look at them again when you change them.
func TestPicturesStay(t *testing.T) {
	for name, content := range map[string]string{
		"waiting": waiting, "folded": chain(12),
		"wide": `{"Version":"2019-10-30","StartAction":"受付 お問い合わせ内容の確認をする長い名前","Actions":[
 {"Identifier":"受付 お問い合わせ内容の確認をする長い名前","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.種類"},"Transitions":{"NextAction":"🎉 Feier 🇩🇪","Errors":[{"NextAction":"🎉 Feier 🇩🇪","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"끝","Condition":{"Operator":"Equals","Operands":["はい"]}}]}},
 {"Identifier":"🎉 Feier 🇩🇪","Type":"UpdateContactRoutingBehavior","Parameters":{"QueuePriority":"1"},"Transitions":{"NextAction":"끝"}},
 {"Identifier":"끝","Type":"DisconnectParticipant","Transitions":{}}]}`,
	} {
		file := filepath.Join("testdata", name+".svg")
		got := SVG(parse(t, content))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
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
