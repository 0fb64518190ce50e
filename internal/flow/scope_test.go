package flow

// scope is a scope for tests: what an engine knows of a contact. An empty field has no value.
type scope struct {
	ContactID, InitialContactID, PreviousContactID string
	Name, Description, Channel, InitiationMethod   string
	InstanceARN, Region                            string

	Queue      struct{ Name, ARN string }
	Attributes map[string]string
	References map[string]struct{ Value, Type string }

	More map[string]any // what else there is, by root
}

// library holds the documents of a test.
type library map[Ref]*Program

func (l library) Program(r Ref) *Program { return l[r] }

// runner runs one program.
func runner(p *Program, sc Scope) *Runner { return &Runner{Library: library{Ref{}: p}, Scope: sc} }

// step takes one step of one program.
func step(p *Program, s State, r Result, sc Scope) (State, Effect) { return runner(p, sc).Step(s, r) }

func (s *scope) Lookup(p []string) (any, bool) {
	switch {
	case len(p) == 1 && s.field(p[0]) != "":
		return s.field(p[0]), true
	case len(p) == 2 && p[0] == "Attributes":
		v, ok := s.Attributes[p[1]]
		return v, ok
	case len(p) == 2 && p[0] == "Queue":
		return present(map[string]string{"Name": s.Queue.Name, "ARN": s.Queue.ARN}[p[1]])
	case len(p) == 2 && p[0] == "References":
		r, ok := s.References[p[1]]
		return map[string]any{"Value": r.Value, "Type": r.Type}, ok
	case len(p) == 3 && p[0] == "References":
		r, ok := s.References[p[1]]
		v, known := map[string]string{"Value": r.Value, "Type": r.Type}[p[2]]
		return v, ok && known
	}
	return Dig(s.More, p)
}

func (s *scope) field(name string) string {
	return map[string]string{
		"ContactId": s.ContactID, "InitialContactId": s.InitialContactID, "PreviousContactId": s.PreviousContactID,
		"Name": s.Name, "Description": s.Description, "Channel": s.Channel, "InitiationMethod": s.InitiationMethod,
		"InstanceARN": s.InstanceARN, "AwsRegion": s.Region,
	}[name]
}

func present(v string) (any, bool) { return v, v != "" }
