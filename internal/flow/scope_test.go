package flow

// scope is a scope for tests: what an engine knows of a contact. An empty field has no value.
type scope struct {
	ContactID, InitialContactID, PreviousContactID string
	Name, Description, Channel, InitiationMethod   string
	InstanceARN, Region                            string

	Queue      struct{ Name, ARN string }
	Attributes map[string]string
	References map[string]struct{ Value, Type string }
}

func (s *scope) Lookup(p []string) (string, bool) {
	switch {
	case len(p) == 1:
		return present(s.field(p[0]))
	case len(p) == 2 && p[0] == "Attributes":
		v, ok := s.Attributes[p[1]]
		return v, ok
	case len(p) == 2 && p[0] == "Queue":
		return present(map[string]string{"Name": s.Queue.Name, "ARN": s.Queue.ARN}[p[1]])
	case len(p) == 3 && p[0] == "References":
		r, ok := s.References[p[1]]
		v, known := map[string]string{"Value": r.Value, "Type": r.Type}[p[2]]
		return v, ok && known
	}
	return "", false
}

func (s *scope) field(name string) string {
	return map[string]string{
		"ContactId": s.ContactID, "InitialContactId": s.InitialContactID, "PreviousContactId": s.PreviousContactID,
		"Name": s.Name, "Description": s.Description, "Channel": s.Channel, "InitiationMethod": s.InitiationMethod,
		"InstanceARN": s.InstanceARN, "AwsRegion": s.Region,
	}[name]
}

func present(v string) (string, bool) { return v, v != "" }
