package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/store"
)

// Admission says which data a server opens although it looks like a mistake. Each flag overrides one refusal.
type Admission struct {
	AllowProductionData  bool `help:"Open data of production in development mode, where anybody may read, change and reset it." env:"TASKLANE_ALLOW_PRODUCTION_DATA" group:"data"`
	AllowDevelopmentData bool `help:"Open data of development mode, whose keys and passwords are public." env:"TASKLANE_ALLOW_DEVELOPMENT_DATA" group:"data"`
	AllowMovedClock      bool `help:"Go on with a clock that was moved in development mode." env:"TASKLANE_ALLOW_MOVED_CLOCK" group:"data"`
	ResetClock           bool `help:"Set a clock that was moved back to that of the machine." env:"TASKLANE_RESET_CLOCK" group:"data"`
	AllowNewerData       bool `help:"Open data whose schema a newer version of Tasklane has made." env:"TASKLANE_ALLOW_NEWER_DATA" group:"data"`
	AllowMissingInstance bool `help:"Start although the database lacks the instance that bootstrap.json names; that file is set aside." env:"TASKLANE_ALLOW_MISSING_INSTANCE" group:"data"`
	AllowLostLog         bool `help:"Start with what the SQLite file holds although its log (tasklane.db-wal) is missing or another's." env:"TASKLANE_ALLOW_LOST_LOG" group:"data"`
}

// openStore opens the database, if what it holds is what these settings are for.
func openStore(ctx context.Context, c Config, options store.Options) (*store.Store, error) {
	var state store.State
	options.AllowLostLog = c.AllowLostLog
	options.Admit = func(s store.State) error {
		state = s
		return c.admit(s)
	}
	st, err := store.Open(ctx, options)
	switch {
	case errors.Is(err, store.ErrLog):
		err = fmt.Errorf("%w: put the log back or restore a backup (tasklane restore --replace), or start without it by --allow-lost-log", err)
	case errors.Is(err, store.ErrDamaged):
		err = fmt.Errorf("%w: restore a backup (tasklane restore --replace); tasklane verify says what is wrong", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := c.record(ctx, st, state); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// admit refuses data that these settings are not for.
func (c *Config) admit(s store.State) error {
	if s.Schema > s.Known && !c.AllowNewerData {
		return fmt.Errorf("the data is of a newer version of Tasklane (schema %d, this version knows %d): run that version, or start with --allow-newer-data", s.Schema, s.Known)
	}
	if err := c.admitBootstrap(s); err != nil {
		return err
	}
	if len(s.Instances) == 0 {
		return nil
	}
	purpose := purposeOf(s)
	if c.fixedIdentity && purpose == store.Production && !c.AllowProductionData {
		return errors.New("the data is of production, and in development mode anybody may read, change and reset it: use tasklane serve, another directory, or --allow-production-data")
	}
	if !c.fixedIdentity && purpose == store.Development && !c.AllowDevelopmentData {
		return errors.New("the data is of development mode, and its keys and passwords are public: use tasklane dev, another directory, or --allow-development-data")
	}
	if s.ClockOffset != 0 && !c.Development && !c.AllowMovedClock && !c.ResetClock {
		return fmt.Errorf("the clock of the data was moved in development mode, by %s: start with --allow-moved-clock or --reset-clock", s.ClockOffset.Round(time.Second))
	}
	return nil
}

// admitCommand refuses data that a command without these settings cannot work on.
func admitCommand(s store.State) error {
	switch {
	case s.Schema == 0:
		return errors.New("the database is empty")
	case s.Schema > s.Known:
		return fmt.Errorf("the data is of a newer version of Tasklane (schema %d, this version knows %d)", s.Schema, s.Known)
	}
	return nil
}

// admitBootstrap refuses a database that lacks the instance of bootstrap.json: it is another one than that of the first
// start. An instance that was deleted since is not lacking.
func (c *Config) admitBootstrap(s store.State) error {
	b, err := readBootstrap(c.Data)
	if err != nil {
		return fmt.Errorf("%w: mend the file or move it away", err)
	}
	if b == nil || b.InstanceID == s.FirstInstance || slices.Contains(s.Instances, b.InstanceID) {
		return nil
	}
	if pending, err := c.firstIsPending(s); pending || err != nil {
		return err
	}
	if c.AllowMissingInstance {
		return setBootstrapAside(c.Data, b.InstanceID)
	}
	found := "the database has other instances"
	if len(s.Instances) == 0 {
		found = "the database is missing or empty"
	}
	return fmt.Errorf("%s names instance %s, but %s (is its file system mounted, is it the right database?): put the database back, restore a backup (tasklane restore --replace), or start with --allow-missing-instance",
		bootstrapPath(c.Data), b.InstanceID, found)
}

// firstIsPending reports whether the database has the instance of a start that died before it wrote bootstrap.json.
func (c *Config) firstIsPending(s store.State) (bool, error) {
	all, err := pendingStarts(c.Data)
	return slices.ContainsFunc(all, func(p pendingStart) bool { return slices.Contains(s.Instances, p.InstanceID) }), err
}

// purposeOf is what the data is for. An earlier version recorded nothing, and made the fixed instance in development
// mode alone.
func purposeOf(s store.State) store.Purpose {
	switch {
	case s.Purpose != "":
		return s.Purpose
	case slices.Contains(s.Instances, fixedInstance):
		return store.Development
	}
	return store.Production
}

// record writes down what an earlier version has not, and resets the clock when it was asked to.
func (c *Config) record(ctx context.Context, st *store.Store, s store.State) error {
	if c.ResetClock && st.Offset() != 0 {
		if err := st.SetOffset(ctx, 0); err != nil {
			return err
		}
	}
	if len(s.Instances) == 0 || s.Purpose != "" && s.FirstInstance != "" {
		return nil
	}
	first := s.FirstInstance
	if b, err := readBootstrap(c.Data); err == nil && b != nil && first == "" {
		first = b.InstanceID // admitted, so it is there
	}
	if s.Purpose != "" && first == s.FirstInstance {
		return nil
	}
	return st.Record(ctx, purposeOf(s), first)
}
