package flowchart

import (
	"fmt"
	"html"
	"strings"

	"github.com/tasklane/tasklane/internal/flow"
)

const style = `
svg { background: #fff; font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
.action rect { fill: #f2f8fd; stroke: #0972d3; rx: 6px; }
.action.ends rect { fill: #f4f4f4; stroke: #5f6b7a; }
.action.alone rect { stroke-dasharray: 4 3; opacity: .6; }
.action text { fill: #000716; text-anchor: middle; }
.action .name { font-weight: 600; }
.action .kind { fill: #414d5c; }
.way { fill: none; stroke: #5f6b7a; }
.way.failure { stroke: #d13212; stroke-dasharray: 5 3; }
.label { fill: #414d5c; font-size: 11px; paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.label.failure { fill: #b02a0c; }
.start { fill: #037f0c; }
.start-text { fill: #037f0c; font-weight: 600; text-anchor: middle; }
`

// SVG is a picture of a flow. It needs nothing beside itself.
func SVG(doc *flow.Document) string {
	p := place(newChart(doc))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">`+"\n", p.w, p.h, p.w, p.h)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n<defs>\n", esc(fmt.Sprintf("Flow of %d actions", len(p.nodes))), style)
	for _, kind := range []struct{ id, color string }{{"arrow", "#5f6b7a"}, {"arrow-failure", "#d13212"}} {
		fmt.Fprintf(&b, `<marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0,0 L8,4 L0,8 z" fill="%s"/></marker>`+"\n", kind.id, kind.color)
	}
	b.WriteString("</defs>\n")
	for i := range p.edges {
		p.drawWay(&b, i)
	}
	for i := range p.nodes {
		p.drawNode(&b, i)
	}
	for i := range p.edges {
		p.drawLabel(&b, i)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func esc(s string) string { return html.EscapeString(strings.ToValidUTF8(s, "�")) }

func (p *placed) drawNode(b *strings.Builder, i int) {
	s, n := p.spots[i], p.nodes[i]
	class := "action"
	if len(s.after) == 0 {
		class += " ends"
	}
	if !n.reached {
		class += " alone"
	}
	x, top := p.x[s.layer], s.y-s.height/2
	fmt.Fprintf(b, `<g class="%s"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, class, x, top, p.width[s.layer], s.height)
	lines := n.lines()
	y := s.y - lineHeight*float64(len(lines))/2 + lineHeight*0.75
	for k, line := range lines {
		role := "kind"
		if k == 0 {
			role = "name"
		}
		fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, role, x+p.width[s.layer]/2, y+lineHeight*float64(k), esc(line))
	}
	b.WriteString("</g>\n")
	if i == 0 {
		fmt.Fprintf(b, `<circle class="start" cx="%.1f" cy="%.1f" r="5"/><text class="start-text" x="%.1f" y="%.1f">Start</text>`+"\n",
			x, s.y, x+p.width[s.layer]/2, top-6)
	}
}

// drawWay draws an edge: straight past its label, then in curves from layer to layer.
func (p *placed) drawWay(b *strings.Builder, i int) {
	e, way := p.edges[i], p.ways[i]
	class, arrow := "way", "arrow"
	if e.failure {
		class, arrow = "way failure", "arrow-failure"
	}
	end := "marker-end"
	if p.back[i] {
		end = "marker-start"
	}
	var d string
	if way == nil {
		d, end = p.circle(e.from), "marker-end"
	} else {
		d = p.path(i)
	}
	fmt.Fprintf(b, `<path class="%s" %s="url(#%s)" d="%s"/>`+"\n", class, end, arrow, d)
}

func (p *placed) path(i int) string {
	way := p.ways[i]
	layer := p.spots[way[0]].layer
	x, y := p.x[layer]+p.width[layer], p.leaves[i]
	var d strings.Builder
	fmt.Fprintf(&d, "M%.1f,%.1f", x, y)
	for k := 1; k < len(way); k++ {
		s := p.spots[way[k]]
		toX, toY := p.x[s.layer], s.y
		if k == len(way)-1 {
			toY = p.arrives[i]
		}
		if lane, folded := p.lanes[[2]int{i, s.layer}]; folded {
			lane.draw(&d, y, toX, toY)
		} else {
			bend := max(x, toX-curve)
			fmt.Fprintf(&d, " L%.1f,%.1f C%.1f,%.1f %.1f,%.1f %.1f,%.1f", bend, y, bend+curve/2, y, toX-curve/2, toY, toX, toY)
		}
		x, y = toX+p.width[s.layer], toY
		if k < len(way)-1 {
			fmt.Fprintf(&d, " L%.1f,%.1f", x, y)
		}
	}
	return d.String()
}

// circle is the way of an action to itself.
func (p *placed) circle(i int) string {
	s := p.spots[i]
	x, y := p.x[s.layer]+p.width[s.layer], s.y-s.height/2
	return fmt.Sprintf("M%.1f,%.1f C%.1f,%.1f %.1f,%.1f %.1f,%.1f", x-12, y, x-12, y-26, x+26, y+12, x, y+12)
}

// drawLabel writes the label of an edge where it begins, which for a way back is at the right end.
func (p *placed) drawLabel(b *strings.Builder, i int) {
	e, way := p.edges[i], p.ways[i]
	if e.label == "" {
		return
	}
	class := "label"
	if e.failure {
		class += " failure"
	}
	s := p.spots[e.from]
	x, y, anchor := p.x[s.layer]+p.width[s.layer]+6, 0.0, "start"
	switch {
	case way == nil:
		x, y = x+14, s.y-s.height/2
	case p.back[i]:
		x, y, anchor = p.x[s.layer]-12, p.arrives[i]-3, "end"
	default:
		y = p.leaves[i] - 3
	}
	fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s"><title>%s</title>%s</text>`+"\n", class, x, y, anchor, esc(e.label), esc(cut(e.label)))
}
