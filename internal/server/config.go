package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/awsapi"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/files"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// Config is every setting of a server: its flags, its environment variables, its defaults.
type Config struct {
	Listen        string         `help:"Address to listen on." default:"127.0.0.1:8484" env:"TASKLANE_LISTEN"`
	Data          string         `help:"Directory of the SQLite database, of bootstrap.json and of attached files (default ./tasklane-data; in development mode a temporary directory)." placeholder:"DIR" env:"TASKLANE_DATA"`
	Attachments   string         `help:"Directory of attached files (default: attachments in --data). Servers that share a database share it." placeholder:"DIR" env:"TASKLANE_ATTACHMENTS"`
	FetchAllow    []string       `help:"Places that attached files may be fetched from besides public addresses: a network, an address, or a host with its port (default: none; in development mode this machine)." placeholder:"CIDR|HOST:PORT" env:"TASKLANE_ATTACHMENT_FETCH_ALLOW" name:"attachment-fetch-allow"`
	Database      string         `help:"PostgreSQL database to use instead of SQLite." placeholder:"postgres://…" env:"TASKLANE_DATABASE"`
	Region        string         `help:"AWS Region in ARNs." default:"us-east-1" env:"TASKLANE_REGION"`
	Account       string         `help:"AWS account in ARNs, 12 digits." default:"000000000000" env:"TASKLANE_ACCOUNT"`
	InstanceAlias string         `help:"Alias of the instance that the first start makes." default:"tasklane" placeholder:"ALIAS" env:"TASKLANE_INSTANCE_ALIAS" name:"instance-alias"`
	InstanceID    string         `help:"Id of that instance, a UUID (default: a random one; in development mode 11111111-1111-4111-8111-111111111111)." placeholder:"UUID" env:"TASKLANE_INSTANCE_ID" name:"instance-id"`
	Auth          string         `help:"Check signatures (sigv4), or take any access key (off). Default sigv4; off in development mode." enum:",sigv4,off" default:"" placeholder:"sigv4|off" env:"TASKLANE_AUTH"`
	Throttle      string         `help:"Bound request rates: off, aws (Amazon's numbers), or a JSON file of rates." default:"off" placeholder:"off|aws|FILE" env:"TASKLANE_THROTTLE"`
	Quota         map[string]int `help:"Set a quota, 0 to lift it; an unknown NAME is answered with all names. Default: Amazon's numbers. Repeatable." placeholder:"NAME=N" env:"TASKLANE_QUOTA"`
	BaseURL       string         `help:"URL by which browsers and clients reach the server, where it is not http://LISTEN." placeholder:"URL" env:"TASKLANE_BASE_URL"`
	AllowHost     []string       `help:"Names besides localhost, the address of --listen and the host of --base-url by which clients reach a server that checks no signatures or serves development endpoints, such as the name of its container. Requests that name another host are refused. Repeatable." placeholder:"HOST" env:"TASKLANE_ALLOW_HOST" name:"allow-host"`
	OfferTimeout  time.Duration  `help:"How long a task rings at an agent." default:"30s" env:"TASKLANE_OFFER_TIMEOUT"`
	ScheduleAhead Span           `help:"How far ahead a task may be scheduled, in days or hours; at most 90d." default:"6d" env:"TASKLANE_SCHEDULE_AHEAD"`
	Retention     Span           `help:"How long contacts are kept from their initiation, in days (730d) or hours (17520h)." default:"730d" env:"TASKLANE_RETENTION"`
	LenientFlow   bool           `help:"Take a StartTaskContact that names more than one of flow, quick connect and task template, as long as one flow follows from them; Amazon Connect refuses it." env:"TASKLANE_LENIENT_FLOW"`
	StrictFlow    *bool          `help:"Has become the default; see --lenient-flow." env:"TASKLANE_STRICT_FLOW" hidden:""`
	Resources     string         `help:"Whether a flow that is published may name queues, agents, hours, flows, modules, task templates, prompts, views and predefined attributes that the instance does not have: strict as Amazon Connect is (default), or lenient with a warning (default in development mode)." enum:",lenient,strict" default:"" placeholder:"lenient|strict" env:"TASKLANE_FLOW_RESOURCES" name:"flow-resources"`
	FlowLog       string         `help:"File that flow logs are appended to, one JSON object a line (- for standard output; default: none are kept)." placeholder:"FILE" env:"TASKLANE_FLOW_LOG"`
	Redact        []string       `help:"Patterns of names, such as *password*, whose values no trace and no flow log tells (default *password*, *secret*, *token*)." placeholder:"PATTERN" env:"TASKLANE_REDACT"`
	Development   bool           `help:"Serve the development endpoints: clock, reset and traces." env:"TASKLANE_DEVELOPMENT" name:"development-endpoints"`
	LogFormat     string         `help:"Form of log lines." enum:"text,json" default:"text" env:"TASKLANE_LOG_FORMAT"`
	LogLevel      slog.Level     `help:"Least level that is logged: DEBUG, INFO, WARN or ERROR." default:"WARN" env:"TASKLANE_LOG_LEVEL"`

	Functions      map[string]string `help:"Call a function that flows name at a URL of its own; an asterisk in ARN stands for any characters. Repeatable." placeholder:"ARN=URL" env:"TASKLANE_FUNCTION" name:"function"`
	LambdaEndpoint string            `help:"Call all other functions at AWS Lambda (aws), or at a URL that answers its Invoke API (default: they cannot be called)." placeholder:"aws|URL" env:"TASKLANE_LAMBDA_ENDPOINT"`

	DatabaseTimeout time.Duration `help:"How long the database may take over one step, such as the statements of a commit, before its connection is given up; at most 1m." default:"5s" env:"TASKLANE_DATABASE_TIMEOUT" name:"database-timeout"`

	InFlight      int    `help:"How many requests to the API may be answered at the same time; what exceeds that is refused with 503. 0: any number." default:"1024" placeholder:"N" env:"TASKLANE_MAX_IN_FLIGHT" name:"max-in-flight"`
	InFlightOfOne int    `help:"The same for one access key, or for one address where requests have none; refused with 429." default:"512" placeholder:"N" env:"TASKLANE_MAX_IN_FLIGHT_PER_CALLER" name:"max-in-flight-per-caller"`
	BytesOfOne    int64  `help:"How many bytes the bodies of such a caller's requests may have together at the same time, as the requests promise; what exceeds that is refused with 429. 0: any number." default:"16777216" placeholder:"BYTES" env:"TASKLANE_MAX_BYTES_IN_FLIGHT_PER_CALLER" name:"max-bytes-in-flight-per-caller"`
	PprofListen   string `help:"Address to serve Go's profiles on, under /debug/pprof/ (default: they are not served). Without a host it is one of this machine alone." placeholder:"[HOST]:PORT" env:"TASKLANE_PPROF_LISTEN" name:"pprof-listen"`

	SignIn    `embed:""`
	Admission `embed:""`

	// Clock is the time of the machine, to which that of the server is relative; nil: its own. It is for tests.
	Clock func() time.Time `kong:"-"`
	// Hasher hashes the passwords of users. The zero value is the one to use; others are for tests.
	Hasher auth.Hasher `kong:"-"`

	// fixedIdentity makes ids, keys and passwords the same at every first start, for tests and scripts.
	fixedIdentity bool
	// localCORS lets pages on localhost call the API.
	localCORS bool
}

// lenient lets flows name what is not there.
const lenient = "lenient"

var (
	account = regexp.MustCompile(`^[0-9]{12}$`)
	// instanceID is how ids of instances look.
	instanceID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	region     = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
)

// check finds settings that make no sense, before anything is started.
func (c *Config) check() error {
	switch {
	case !account.MatchString(c.Account):
		return fmt.Errorf("--account %q must be 12 digits", c.Account)
	case c.InstanceAlias != "" && !directory.IsAlias(c.InstanceAlias):
		return fmt.Errorf("--instance-alias %q must be 1 to 45 letters, digits and hyphens that neither begins nor ends with a hyphen, nor begins with d-", c.InstanceAlias)
	case c.InstanceID != "" && !instanceID.MatchString(c.InstanceID):
		return fmt.Errorf("--instance-id %q must be a UUID in lower case", c.InstanceID)
	case !region.MatchString(c.Region):
		return fmt.Errorf("--region %q is not the name of a Region", c.Region)
	case c.Retention <= 0:
		return fmt.Errorf("--retention %s must be positive", time.Duration(c.Retention))
	case c.DatabaseTimeout != 0 && (c.DatabaseTimeout < time.Second || c.DatabaseTimeout > time.Minute):
		return fmt.Errorf("--database-timeout %s must be at least 1s, and at most 1m", c.DatabaseTimeout)
	case c.BytesOfOne < 0:
		return fmt.Errorf("--max-bytes-in-flight-per-caller %d must not be negative", c.BytesOfOne)
	case c.InFlight < 0 || c.InFlightOfOne < 0:
		return fmt.Errorf("--max-in-flight %d and --max-in-flight-per-caller %d must not be negative", c.InFlight, c.InFlightOfOne)
	case c.OfferTimeout <= 0:
		return fmt.Errorf("--offer-timeout %s must be positive", c.OfferTimeout)
	case c.ScheduleAhead <= 0 || time.Duration(c.ScheduleAhead) > 90*24*time.Hour:
		return fmt.Errorf("--schedule-ahead %s must be positive, and at most 90d", time.Duration(c.ScheduleAhead))
	}
	if c.StrictFlow != nil && *c.StrictFlow == c.LenientFlow {
		return errors.New("--strict-flow (TASKLANE_STRICT_FLOW) has become the default; --lenient-flow is its opposite, and they do not go together")
	}
	if err := c.SignIn.check(); err != nil {
		return err
	}
	if _, err := files.ParseAllow(c.FetchAllow); err != nil {
		return fmt.Errorf("--attachment-fetch-allow: %w", err)
	}
	if _, err := c.functions(); err != nil {
		return err
	}
	for _, name := range c.AllowHost {
		if name == "" || hostName(name) != strings.ToLower(name) || strings.ContainsAny(name, "/*, ") {
			return fmt.Errorf("--allow-host %q must be the name of a host, without scheme and port", name)
		}
	}
	if err := c.checkDatabase(); err != nil {
		return err
	}
	if c.BaseURL != "" {
		u, err := url.Parse(c.BaseURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("--base-url %q must be a URL that begins with http:// or https://", c.BaseURL)
		}
	}
	return nil
}

func (c *Config) checkDatabase() error {
	if c.Database == "" {
		return nil
	}
	u, err := url.Parse(c.Database)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errors.New("--database must be a URL that begins with postgres://")
	}
	return nil
}

// rates are those that requests are bounded by; nil for none.
func (c *Config) rates() (awsapi.Rates, error) {
	switch c.Throttle {
	case "", "off":
		return nil, nil //nolint:nilnil // no rates bound nothing
	case "aws":
		return awsapi.AWSRates(), nil
	}
	rates, err := awsapi.ReadRates(c.Throttle)
	if err != nil {
		return nil, fmt.Errorf("--throttle: %w", err)
	}
	return rates, nil
}

// logTo makes the process log as the settings say.
func (c *Config) logTo(w io.Writer) { slog.SetDefault(telemetry.NewLogger(w, c.LogFormat, c.LogLevel)) }

// ForDevelopment returns the settings with the defaults of development mode: no signatures are checked, the
// development endpoints are served, pages on localhost may call, and what the first start makes is always the
// same. A setting that was given stays.
func (c Config) ForDevelopment() Config {
	if c.Auth == "" {
		c.Auth = authOff
	}
	if c.FetchAllow == nil {
		c.FetchAllow = []string{"127.0.0.0/8", "::1"}
	}
	if c.Resources == "" {
		c.Resources = lenient
	}
	if _, given := c.Quota[engine.QuotaInstances]; !given { // a test may have an instance of its own
		c.Quota = maps.Clone(c.Quota)
		if c.Quota == nil {
			c.Quota = map[string]int{}
		}
		c.Quota[engine.QuotaInstances] = 0
	}
	c.Development, c.fixedIdentity, c.localCORS = true, true, true
	return c
}
