package flowchart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// folds say how layers that would make too long a row are laid in several, as text is in lines:
//
//	┌───┐   ┌───┐   ┌───┐
//	│ 1 ├──►│ 2 ├──►│ 3 ├─┐
//	└───┘   └───┘   └───┘ │
//	┌─────────────────────┘
//	│  ┌───┐   ┌───┐
//	└─►│ 4 ├──►│ 5 │
//	   └───┘   └───┘
//
// A way to the next row goes down behind the row's last layer, back between the rows, and down before the next layer,
// each in a lane of its own.
type folds struct {
	row   []int              // of each layer
	lanes map[[2]int]laneWay // of an edge into a layer that begins a row
}

// laneWay is where a way turns between two rows.
type laneWay struct{ right, between, left float64 }

// crossing is a way from the last layer of a row to the first of the next.
type crossing struct {
	edge int
	from float64 // height
}

// fold lays the layers in rows that are not too wide.
func (p *placed) fold() {
	p.row = make([]int, len(p.layers))
	breaks := p.breaks()
	if len(breaks) == 0 {
		return
	}
	p.lanes = map[[2]int]laneWay{}
	top, left, width := margin+lineHeight, margin, 0.0
	begin, lanesIn := 0, []crossing(nil) // from the row above
	var above laneSide
	for row := 0; begin < len(p.layers); row++ {
		end := len(p.layers)
		if row < len(breaks) {
			end = breaks[row]
		}
		upper, lower := p.span(begin, end)
		if row > 0 {
			top += laneGap*float64(len(lanesIn)) + rowGap
			left = margin + laneGap*float64(len(lanesIn)) + curve/2
		}
		dx, dy := left-p.x[begin], top-upper
		out := p.crossings(end) // before their heights change
		for i := begin; i < end; i++ {
			p.row[i] = row
			p.x[i] += dx
			for _, k := range p.layers[i] {
				p.spots[k].y += dy
			}
		}
		p.shiftPorts(begin, end, dy)
		for i, c := range lanesIn {
			n := float64(len(lanesIn) - i)
			p.lanes[[2]int{c.edge, begin}] = laneWay{above.right + laneGap*n, above.bottom + laneGap*n, left - curve/2 - laneGap*n}
		}
		last := end - 1
		above = laneSide{p.x[last] + p.width[last] + p.labels[last] + padding, top + lower - upper + rowGap/2}
		width = max(width, above.right+laneGap*float64(len(out)))
		top += lower - upper + rowGap
		begin, lanesIn = end, out
	}
	p.w, p.h = width+margin, top+margin
}

// laneSide is where the lanes below a row begin: behind its last layer, and below all of it.
type laneSide struct{ right, bottom float64 }

// breaks are the layers that begin rows, without the first: where few ways cross, and not too early in a row.
func (p *placed) breaks() []int {
	var all []int
	begin := 0
	for i := range p.layers {
		if p.x[i]+p.width[i]-p.x[begin] <= widest || i == begin {
			continue
		}
		best := i
		for at := i; at > begin && p.x[at]-p.x[begin] > 0.6*widest; at-- {
			if len(p.crossings(at)) < len(p.crossings(best)) {
				best = at
			}
		}
		all = append(all, best)
		begin = best
	}
	return all
}

// crossings are the ways into a layer from the one before it, from top to bottom.
func (p *placed) crossings(layer int) []crossing {
	var all []crossing
	for i, way := range p.ways {
		for k := 1; k < len(way); k++ {
			if p.spots[way[k]].layer != layer {
				continue
			}
			from := p.spots[way[k-1]].y
			if k == 1 {
				from = p.leaves[i]
			}
			all = append(all, crossing{i, from})
		}
	}
	slices.SortStableFunc(all, func(a, b crossing) int { return cmp.Compare(a.from, b.from) })
	return all
}

// span is from where to where some layers reach.
func (p *placed) span(begin, end int) (upper, lower float64) {
	first := true
	for _, layer := range p.layers[begin:end] {
		for _, k := range layer {
			s := p.spots[k]
			if first {
				upper, lower, first = s.y, s.y, false
			}
			upper, lower = min(upper, s.y-s.height/2), max(lower, s.y+s.height/2)
		}
	}
	return upper, lower
}

// shiftPorts moves the ends of the ways at the actions of some layers.
func (p *placed) shiftPorts(begin, end int, dy float64) {
	within := func(spot int) bool { return p.spots[spot].layer >= begin && p.spots[spot].layer < end }
	for i, way := range p.ways {
		if way == nil {
			continue
		}
		if within(way[0]) {
			p.leaves[i] += dy
		}
		if within(way[len(way)-1]) {
			p.arrives[i] += dy
		}
	}
}

// draw leads a way from one row to the next.
func (l laneWay) draw(d *strings.Builder, y, toX, toY float64) {
	fmt.Fprintf(d, " L%.1f,%.1f L%.1f,%.1f L%.1f,%.1f L%.1f,%.1f L%.1f,%.1f", l.right, y, l.right, l.between, l.left, l.between, l.left, toY, toX, toY)
}
