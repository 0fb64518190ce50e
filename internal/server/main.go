// Package server builds everything, starts it and stops it. It is the only package that knows them all.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Serve struct {
		Config
	} `cmd:"" help:"Run a server."`
	Dev struct {
		Config
	} `cmd:"" help:"Run a server for development: any access key is taken, ids are the same at every start, pages on localhost may call, and the clock can be moved. Data is temporary unless --data is given."`
	Backup     backupCommand      `cmd:"" help:"Copy all data into one file, also while servers run on it."`
	Restore    restoreCommand     `cmd:"" help:"Put the data of a backup into a data directory that no server runs on."`
	Verify     verifyCommand      `cmd:"" help:"Read all data and report what is wrong with it; exit code 1 when something is."`
	Key        keyCommands        `cmd:"" help:"Make, list and revoke the access keys that requests to the API are signed with."`
	Quarantine quarantineCommands `cmd:"" help:"Look after rows that servers leave out, because they cannot be decoded or because working on them fails."`
	Flow       flowCommands       `cmd:"" help:"Work on flows without a server: find their mistakes, draw them, play them, test them."`
	Version    struct{}           `cmd:"" help:"Print the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// usageError is a mistake of the caller: bad flags, a bad database, a port that is taken.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// Main runs a command line until it is done or ctx ends, and returns the exit code: 0 for a clean stop, 2 for
// a mistake of the caller, 1 for everything else.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var logFormat string
	err := run(ctx, args, stdout, stderr, &logFormat)
	if err == nil {
		return 0
	}
	complain(stderr, logFormat, err)
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// errHelp ends a command line that only asked for help.
var errHelp = errors.New("help was shown")

// run sets logFormat, the form of lines on stderr, as soon as it is known.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, logFormat *string) (err error) {
	var c cli
	parser, err := kong.New(&c, kong.Name("tasklane"), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Description("The task half of Amazon Connect that you run yourself."),
		kong.Vars{"version": "tasklane " + Version()},
		kong.Exit(func(int) { panic(errHelp) }))
	if err != nil {
		return fmt.Errorf("build command line: %w", err)
	}
	defer func() {
		if r := recover(); r == errHelp { //nolint:errorlint // the very value that was thrown
			err = nil
		} else if r != nil {
			panic(r)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError{err}
	}
	*logFormat = map[string]string{"serve": c.Serve.LogFormat, "dev": c.Dev.LogFormat}[parsed.Command()]
	if parsed.Command() != "version" {
		if err := checkEnvironment(parser.Model.Node, os.Environ()); err != nil {
			return err
		}
	}
	switch parsed.Command() {
	case "serve":
		config := c.Serve.Config
		if config.Data == "" {
			config.Data = "./tasklane-data"
		}
		config.logTo(stderr)
		return Run(ctx, config, stdout, stderr)
	case "dev":
		return dev(ctx, c.Dev.Config, stdout, stderr)
	case "backup":
		return c.Backup.run(ctx, stdout)
	case "restore":
		return c.Restore.run(ctx, stdout)
	case "verify":
		return c.Verify.run(ctx, stdout)
	case "version":
		_, err := fmt.Fprintln(stdout, "tasklane", Version())
		return err
	}
	if strings.HasPrefix(parsed.Command(), "key ") {
		return c.Key.run(ctx, parsed.Command(), stdout)
	}
	if strings.HasPrefix(parsed.Command(), "quarantine ") {
		return c.Quarantine.run(ctx, parsed.Command(), stdout)
	}
	return c.Flow.run(ctx, parsed.Command(), stdout)
}

// dev is serve with other defaults; everything behind it is the same.
func dev(ctx context.Context, c Config, stdout, stderr io.Writer) (err error) {
	c = c.ForDevelopment()
	c.logTo(stderr)
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "tasklane-"); err != nil {
			return fmt.Errorf("make a temporary data directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.Data)) }()
	}
	return Run(ctx, c, stdout, stderr)
}

// Version is the version of the build.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
