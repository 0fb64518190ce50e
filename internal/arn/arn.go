// Package arn forms, parses and compares the identifiers of an Amazon Connect instance and of what is in it.
//
// Every resource has an id (a UUID) and an ARN whose last segment is that id. Wherever the API takes an id it
// also takes the ARN; [Instance.Resolve] makes the one out of the other and refuses ARNs of other instances.
//
//	arn:aws:connect:us-east-1:000000000000:instance/{instance}/queue/{id}
package arn

import (
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// Kind is the kind of a resource: the words between the instance id and the resource id in an ARN.
type Kind string

// The kinds of resources, spelled as Amazon Connect spells them (AWS service authorization reference).
const (
	Contact         Kind = "contact"
	Flow            Kind = "contact-flow"
	Module          Kind = "flow-module"
	Queue           Kind = "queue"
	AgentQueue      Kind = "queue/agent"
	QuickConnect    Kind = "transfer-destination"
	User            Kind = "agent"
	AgentStatus     Kind = "agent-state"
	RoutingProfile  Kind = "routing-profile"
	SecurityProfile Kind = "security-profile"
	Hours           Kind = "operating-hours"
	HierarchyGroup  Kind = "agent-group"
	HierarchyLevel  Kind = "agent-group-level"
	TaskTemplate    Kind = "task-template"
	File            Kind = "file"
	Prompt          Kind = "prompt"
	View            Kind = "view"
	StorageConfig   Kind = "storage-config" // has no ARN

	// HierarchyStructure has no ARN: an instance has one.
	HierarchyStructure Kind = "hierarchy-structure"

	// InstanceSettings have no ARN: an instance has them.
	InstanceSettings Kind = "instance-settings"

	// PredefinedAttribute has no ARN: the API names it by its name.
	PredefinedAttribute Kind = "predefined-attribute"

	// LambdaFunction has no ARN of Amazon Connect: its name is the ARN of the function.
	LambdaFunction Kind = "lambda-function"

	// ApprovedOrigin has no ARN: its name is the origin.
	ApprovedOrigin Kind = "approved-origin"

	// What belongs to a flow or a module has no ARN but a name behind that of the flow or the module.
	FlowVersion   Kind = "contact-flow/version"
	ModuleVersion Kind = "flow-module/version"
	ModuleAlias   Kind = "flow-module/alias"
)

// nouns name the kinds in messages.
var nouns = map[Kind]string{
	Contact: "contact", Flow: "flow", Module: "flow module", Queue: "queue", AgentQueue: "agent queue",
	QuickConnect: "quick connect", User: "user", AgentStatus: "agent status", RoutingProfile: "routing profile",
	SecurityProfile: "security profile", Hours: "hours of operation", HierarchyGroup: "hierarchy group",
	HierarchyLevel: "hierarchy level", HierarchyStructure: "hierarchy structure", InstanceSettings: "instance settings",
	TaskTemplate: "task template", File: "attached file", Prompt: "prompt", View: "view", PredefinedAttribute: "predefined attribute",
	StorageConfig: "storage config", FlowVersion: "flow version", ModuleVersion: "flow module version",
	ModuleAlias: "flow module alias", LambdaFunction: "Lambda function",
	ApprovedOrigin: "approved origin",
}

// Noun is the kind as a message names it.
func (k Kind) Noun() string {
	if n, ok := nouns[k]; ok {
		return n
	}
	return string(k)
}

// Instance identifies a Connect instance. The zero Partition means "aws".
type Instance struct {
	Partition string
	Region    string
	Account   string // 12 digits
	ID        string // UUID
}

// String is the instance's ARN.
func (i Instance) String() string {
	partition := i.Partition
	if partition == "" {
		partition = "aws"
	}
	return "arn:" + partition + ":connect:" + i.Region + ":" + i.Account + ":instance/" + i.ID
}

// Of is the ARN of a resource of this instance.
func (i Instance) Of(kind Kind, id string) string {
	return i.String() + "/" + string(kind) + "/" + id
}

// Resolve returns the id that idOrARN means: an id stays as it is, an ARN gives its last segment.
// It fails with [fault.Invalid] for what is neither an id nor an ARN of a resource in an instance, and with
// [fault.NotFound] when the ARN is of another kind or of another instance.
func (i Instance) Resolve(kind Kind, idOrARN string) (string, error) {
	home, of, id := i.String(), kind, idOrARN
	if strings.HasPrefix(idOrARN, "arn:") {
		var err error
		if home, of, id, err = Split(idOrARN); err != nil {
			return "", err
		}
	}
	if !kind.has(id) {
		return "", fault.New(fault.Invalid, "Invalid parameter: %s %q is neither an id nor an ARN", kind.Noun(), idOrARN)
	}
	if home != i.String() || of != kind {
		return "", fault.New(fault.NotFound, "%s %s does not exist in instance %s", kind.Noun(), idOrARN, i.ID)
	}
	return id, nil
}

// freeIDs are the kinds whose ids have other forms than a UUID.
var freeIDs = map[Kind]bool{
	HierarchyLevel: true, FlowVersion: true, ModuleVersion: true, ModuleAlias: true,
	HierarchyStructure: true, InstanceSettings: true, PredefinedAttribute: true, LambdaFunction: true, ApprovedOrigin: true,
}

// has reports whether id has the form of the ids of a kind.
func (k Kind) has(id string) bool { return freeIDs[k] && id != "" || IsUUID(id) }

// IsUUID reports whether text is a UUID in its usual form of 36 characters.
func IsUUID(text string) bool {
	for i, c := range []byte(text) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') {
			return false
		}
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return len(text) == 36
}

// CheckID fails with [fault.Invalid] for a text that has not the form of an id of what has no ARN; noun names it.
func CheckID(noun, text string) error {
	if !IsUUID(text) {
		return fault.New(fault.Invalid, "Invalid parameter: %s %q is not an id", noun, text)
	}
	return nil
}

// Split takes the ARN of a resource apart: into the ARN of its instance, its kind and its id. What it is given need
// not exist. It fails with [fault.Invalid] for anything that is no such ARN.
func Split(resource string) (instance string, kind Kind, id string, err error) {
	head, rest, _ := strings.Cut(resource, ":instance/")
	of, rest, _ := strings.Cut(rest, "/")
	last := strings.LastIndex(rest, "/")
	if !strings.HasPrefix(head, "arn:") || of == "" || last < 1 || last == len(rest)-1 {
		return "", "", "", fault.New(fault.Invalid, "%q is not the ARN of a resource in an instance", resource)
	}
	return head + ":instance/" + of, Kind(rest[:last]), rest[last+1:], nil
}

// IsInstance reports whether a text is the ARN of an instance itself, and not of something in it.
func IsInstance(text string) bool {
	head, id, ok := strings.Cut(text, ":instance/")
	return ok && strings.HasPrefix(head, "arn:") && id != "" && !strings.Contains(id, "/")
}

// InstanceID returns the instance id in an instance id or ARN. Anything else comes back unchanged, and is
// then found not to exist.
func InstanceID(idOrARN string) string {
	if !strings.HasPrefix(idOrARN, "arn:") {
		return idOrARN
	}
	if _, id, ok := strings.Cut(idOrARN, ":instance/"); ok {
		return id
	}
	return idOrARN
}
