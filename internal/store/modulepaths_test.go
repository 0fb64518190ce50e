package store

import (
	"github.com/tasklane/tasklane/internal/engine"
)

// endModule ends at once, and can be published as a module.
const endModule = `{"Version":"2019-10-30","StartAction":"z","Settings":{},"Actions":[
	{"Identifier":"z","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`

func (s *stage) newModule(name string) (string, error) {
	return s.engine.CreateModule(s.t.Context(), instance, engine.Module{Name: name, Saved: engine.ModuleText{Content: endModule}}, name)
}

// versioned makes a module with two versions, the first of which has an alias.
func (s *stage) versioned() (module, alias string) {
	s.t.Helper()
	id, err := s.newModule(s.name())
	s.must(err)
	for range 2 {
		_, _, err = s.engine.CreateModuleVersion(s.t.Context(), instance, id, "", "")
		s.must(err)
	}
	_, alias, err = s.engine.CreateAlias(s.t.Context(), instance, id, engine.Alias{Name: "live", Number: 1})
	s.must(err)
	return id, alias
}

// onModule is a command on a module with two versions and an alias.
func onModule(do func(s *stage, module, alias string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		module, alias := s.versioned()
		return func() error { return do(s, module, alias) }
	}
}

var modulePaths = []path{
	{"CreateModule", making((*stage).newModule)},
	{"UpdateModuleContent", onModule(func(s *stage, module, _ string) error {
		content := endModule + " "
		return s.engine.UpdateModuleContent(s.t.Context(), instance, module, &content, nil)
	})},
	{"UpdateModuleContent: of the draft", onModule(func(s *stage, module, _ string) error {
		content := "{}"
		return s.engine.UpdateModuleContent(s.t.Context(), instance, module+":$SAVED", &content, nil)
	})},
	{"UpdateModule", onModule(func(s *stage, module, _ string) error {
		archived := true
		return s.engine.UpdateModule(s.t.Context(), instance, module, engine.Metadata{Archived: &archived})
	})},
	{"DeleteModule", onModule(func(s *stage, module, _ string) error {
		return s.engine.DeleteModule(s.t.Context(), instance, module)
	})},
	{"CreateModuleVersion", onModule(func(s *stage, module, _ string) error {
		_, _, err := s.engine.CreateModuleVersion(s.t.Context(), instance, module, "", "")
		return err
	})},
	{"DeleteModuleVersion", onModule(func(s *stage, module, _ string) error {
		return s.engine.DeleteModuleVersion(s.t.Context(), instance, module, 2)
	})},
	{"CreateAlias", onModule(func(s *stage, module, _ string) error {
		_, _, err := s.engine.CreateAlias(s.t.Context(), instance, module, engine.Alias{Name: "next", Number: 2})
		return err
	})},
	{"UpdateAlias", onModule(func(s *stage, module, alias string) error {
		number := int64(2)
		return s.engine.UpdateAlias(s.t.Context(), instance, module, alias, engine.AliasUpdate{Number: &number})
	})},
	{"DeleteAlias", onModule(func(s *stage, module, alias string) error {
		return s.engine.DeleteAlias(s.t.Context(), instance, module, alias)
	})},
}
