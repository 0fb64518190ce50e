package flowchart

import (
	"cmp"
	"slices"
)

// spot is a place in the grid: an action, or a point that a way across layers passes through.
type spot struct {
	node   int // -1: a point of a way
	layer  int
	before []int // spots in the layer before that lead here
	after  []int
	rank   float64 // place within its layer
	y      float64 // of the middle
	height float64
}

// grid is a chart whose actions and ways have been brought into layers.
type grid struct {
	spots  []spot  // those of the actions first, in the order of the chart
	layers [][]int // spots from top to bottom
	ways   [][]int // for each edge the spots it passes through, both ends included, from left to right
	back   []bool  // for each edge, whether it leads from right to left
}

func newGrid(c *chart) *grid {
	g := &grid{back: turned(c), ways: make([][]int, len(c.edges))}
	for i, layer := range layering(c, g.back) {
		g.spots = append(g.spots, spot{node: i, layer: layer})
	}
	for i, e := range c.edges {
		if e.from != e.to {
			g.lay(i, e)
		}
	}
	for i, s := range g.spots {
		for len(g.layers) <= s.layer {
			g.layers = append(g.layers, nil)
		}
		g.layers[s.layer] = append(g.layers[s.layer], i)
	}
	g.sort()
	return g
}

// turned finds the edges that lead back to where a walk from the start came from. The rest has no circle.
func turned(c *chart) []bool {
	back := make([]bool, len(c.edges))
	state := make([]int, len(c.nodes)) // 1: on the way, 2: done
	var walk func(int)
	walk = func(i int) {
		state[i] = 1
		for k, e := range c.edges {
			switch {
			case e.from != i:
			case state[e.to] == 1:
				back[k] = true
			case state[e.to] == 0:
				walk(e.to)
			}
		}
		state[i] = 2
	}
	for i := range c.nodes {
		if state[i] == 0 {
			walk(i)
		}
	}
	return back
}

// layering puts every action one layer behind the last of those that lead to it.
func layering(c *chart, back []bool) []int {
	layers := make([]int, len(c.nodes))
	for range c.nodes { // the longest way has no more edges than that
		moved := false
		for k, e := range c.edges {
			from, to := e.from, e.to
			if back[k] {
				from, to = to, from
			}
			if from != to && layers[to] <= layers[from] {
				layers[to], moved = layers[from]+1, true
			}
		}
		if !moved {
			break
		}
	}
	return layers
}

// lay leads an edge through a point in each layer on its way.
func (g *grid) lay(i int, e edge) {
	from, to := e.from, e.to
	if g.back[i] {
		from, to = to, from
	}
	way := []int{from}
	for layer := g.spots[from].layer + 1; layer < g.spots[to].layer; layer++ {
		g.spots = append(g.spots, spot{node: -1, layer: layer})
		way = append(way, len(g.spots)-1)
	}
	way = append(way, to)
	for k := 1; k < len(way); k++ {
		a, b := way[k-1], way[k]
		g.spots[a].after = append(g.spots[a].after, b)
		g.spots[b].before = append(g.spots[b].before, a)
	}
	g.ways[i] = way
}

// sweeps is how often the order is looked over in each direction; more change little.
const sweeps = 12

// sort orders every layer so that few ways cross: each spot goes to the mean rank of its neighbours, layer by layer,
// forth and back. The best order seen is kept.
func (g *grid) sort() {
	g.rank()
	best, least := g.order(), g.crossings()
	for sweep := range 2 * sweeps {
		if sweep%2 == 0 {
			for _, layer := range g.layers[1:] {
				g.pull(layer, func(s spot) []int { return s.before })
			}
		} else {
			for _, layer := range slices.Backward(g.layers[:len(g.layers)-1]) {
				g.pull(layer, func(s spot) []int { return s.after })
			}
		}
		if n := g.crossings(); n < least {
			best, least = g.order(), n
		}
	}
	g.layers = best
	g.rank()
}

func (g *grid) order() [][]int {
	order := make([][]int, len(g.layers))
	for i := range g.layers {
		order[i] = slices.Clone(g.layers[i])
	}
	return order
}

func (g *grid) rank() {
	for _, layer := range g.layers {
		for k, i := range layer {
			g.spots[i].rank = float64(k)
		}
	}
}

// pull orders a layer by the mean rank of its spots' neighbours. A spot without any stays where it is.
func (g *grid) pull(layer []int, neighbours func(spot) []int) {
	mean := make(map[int]float64, len(layer))
	for _, i := range layer {
		mean[i] = g.spots[i].rank
		if near := neighbours(g.spots[i]); len(near) > 0 {
			sum := 0.0
			for _, k := range near {
				sum += g.spots[k].rank
			}
			mean[i] = sum / float64(len(near))
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	for k, i := range layer {
		g.spots[i].rank = float64(k)
	}
}

// crossings counts the pairs of ways that cross between neighbouring layers.
func (g *grid) crossings() int {
	n := 0
	for _, layer := range g.layers {
		var ends [][2]float64
		for _, i := range layer {
			for _, k := range g.spots[i].after {
				ends = append(ends, [2]float64{g.spots[i].rank, g.spots[k].rank})
			}
		}
		for a := range ends {
			for b := range a {
				if (ends[a][0]-ends[b][0])*(ends[a][1]-ends[b][1]) < 0 {
					n++
				}
			}
		}
	}
	return n
}
