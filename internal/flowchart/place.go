package flowchart

import "slices"

// Measures of the picture, in pixels.
const (
	lineHeight = 16.0
	letter     = 6.6  // a letter of a label, on average; a wide sign takes two
	emoji      = 16.5 // a sign that is a picture
	bold       = 1.15 // how much wider the first line of an action is
	margin     = 24.0
	padding    = 12.0 // within an action
	rowGap     = 18.0 // between actions above each other
	wayGap     = 14.0 // around ways between them
	curve      = 48.0 // that a way needs to bend
	mostLetter = 36   // of a label; more is cut. A wide sign counts twice
	widest     = 2400 // a row of layers; what is wider goes on in a row below
	laneGap    = 6.0  // between ways that lead from one row to the next
)

// placed is a chart that can be drawn.
type placed struct {
	*chart
	*grid
	x, width []float64 // of each layer
	w, h     float64   // of the whole
	labels   []float64 // room for labels behind each layer
	leaves   []float64 // height at which each edge leaves its left end
	arrives  []float64 // and arrives at its right one
	folds
}

func place(c *chart) *placed {
	p := &placed{chart: c, grid: newGrid(c), leaves: make([]float64, len(c.edges)), arrives: make([]float64, len(c.edges))}
	p.sizes()
	p.columns()
	p.rows()
	p.ports()
	p.fold()
	return p
}

// sizes gives every action the room that its text and its ways need.
func (p *placed) sizes() {
	in, out := make([]int, len(p.nodes)), make([]int, len(p.nodes))
	for i, e := range p.edges {
		left, right := e.from, e.to
		if p.back[i] {
			left, right = right, left
		}
		out[left]++
		in[right]++
	}
	for i := range p.spots {
		s := &p.spots[i]
		if s.node < 0 {
			s.height = wayGap
			continue
		}
		ways := max(in[s.node], out[s.node])
		s.height = max(2*padding+lineHeight*float64(len(p.nodes[s.node].lines())), lineHeight*float64(ways)+padding)
	}
}

// lines are the text of an action.
func (n node) lines() []string {
	lines := []string{n.kind}
	if n.name != "" {
		lines = []string{cut(n.name), n.kind}
	}
	if n.detail != "" {
		lines = append(lines, cut(n.detail))
	}
	return lines
}

// columns gives every layer its place: behind it there is room for the labels of the ways that leave it.
func (p *placed) columns() {
	p.x, p.width, p.labels = make([]float64, len(p.layers)), make([]float64, len(p.layers)), make([]float64, len(p.layers))
	at := margin
	for i, layer := range p.layers {
		label := 0.0
		for _, k := range layer {
			if s := p.spots[k]; s.node >= 0 {
				for k, line := range p.nodes[s.node].lines() {
					width := textWidth(line)
					if k == 0 {
						width *= bold
					}
					p.width[i] = max(p.width[i], width+2*padding)
				}
			}
		}
		for k, e := range p.edges {
			if left := p.ways[k]; left != nil && p.spots[left[0]].layer == i || left == nil && p.spots[e.from].layer == i {
				label = max(label, textWidth(cut(e.label)))
			}
		}
		p.x[i], p.labels[i] = at, label
		at += p.width[i] + label + curve
	}
	p.w = at - curve + margin
}

// rows gives every spot its height: in order, and as near to its neighbours as that allows.
func (p *placed) rows() {
	for _, layer := range p.layers {
		y := 0.0
		for _, i := range layer {
			s := &p.spots[i]
			s.y = y + s.height/2
			y += s.height + rowGap
		}
	}
	for sweep := range 2 * sweeps {
		layers := slices.Clone(p.layers)
		if sweep%2 == 1 {
			slices.Reverse(layers)
		}
		for _, layer := range layers {
			p.settle(layer, sweep%2 == 0)
		}
	}
	top, bottom := 0.0, 0.0
	for i, s := range p.spots {
		if i == 0 {
			top, bottom = s.y, s.y
		}
		top, bottom = min(top, s.y-s.height/2), max(bottom, s.y+s.height/2)
	}
	for i := range p.spots {
		p.spots[i].y += margin + lineHeight - top
	}
	p.h = bottom - top + 2*margin + lineHeight
}

// settle moves the spots of a layer to the mean height of their neighbours before them, or behind them. Those that
// would overlap share the distance that keeps them apart.
func (p *placed) settle(layer []int, forward bool) {
	type block struct {
		first, last   int // places in the layer
		middle, weigh float64
		height        float64
	}
	var blocks []block
	for k, i := range layer {
		s := p.spots[i]
		want, weigh := s.y, 0.1
		near := s.after
		if forward {
			near = s.before
		}
		if len(near) > 0 {
			sum := 0.0
			for _, n := range near {
				sum += p.spots[n].y
			}
			want, weigh = sum/float64(len(near)), float64(len(near))
		}
		b := block{k, k, want, weigh, s.height + rowGap}
		for len(blocks) > 0 {
			a := blocks[len(blocks)-1]
			if a.middle+a.height/2 <= b.middle-b.height/2 {
				break
			}
			blocks = blocks[:len(blocks)-1]
			sum := a.weigh + b.weigh
			// Where both would have their wish fulfilled the two middles are apart; the joint block splits that.
			middle := (a.weigh*(a.middle+b.height/2) + b.weigh*(b.middle-a.height/2)) / sum
			b = block{a.first, b.last, middle, sum, a.height + b.height}
		}
		blocks = append(blocks, b)
	}
	for _, b := range blocks {
		y := b.middle - b.height/2
		for _, i := range layer[b.first : b.last+1] {
			s := &p.spots[i]
			s.y = y + (s.height+rowGap)/2
			y += s.height + rowGap
		}
	}
}

// ports spreads the ends of the ways over the sides of the actions, in the order of where they go.
func (p *placed) ports() {
	for node := range p.nodes {
		p.spread(node, p.leaves, func(way []int) (end, next int) { return way[0], way[1] })
		p.spread(node, p.arrives, func(way []int) (end, next int) { return way[len(way)-1], way[len(way)-2] })
	}
}

func (p *placed) spread(node int, ports []float64, ends func(way []int) (end, next int)) {
	var here []int
	for i, way := range p.ways {
		if way == nil {
			continue
		}
		if end, _ := ends(way); end == node {
			here = append(here, i)
		}
	}
	slices.SortStableFunc(here, func(a, b int) int {
		_, na := ends(p.ways[a])
		_, nb := ends(p.ways[b])
		return int(p.spots[na].y - p.spots[nb].y)
	})
	for k, i := range here {
		ports[i] = p.spots[node].y + lineHeight*(float64(k)-float64(len(here)-1)/2)
	}
}
