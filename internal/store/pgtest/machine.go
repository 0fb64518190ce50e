package pgtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// binaries returns the directory of the newest PostgreSQL server here: Debian keeps it out of the PATH.
func binaries() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(majorVersion(b), majorVersion(a)) })
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil { //nolint:noctx // prints a line
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, dir := range dirs {
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", ErrNotInstalled
}

func majorVersion(bin string) int {
	version, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	if err != nil {
		return 0 // 9.6 and before
	}
	return version
}

// directory makes the server's directory, and returns with it the command that makes another command run as
// the directory's owner: PostgreSQL refuses to run as root.
func directory() (dir string, asOwner []string, err error) {
	owner := &user.User{}
	if os.Geteuid() == 0 {
		if owner, err = otherUser(); err != nil {
			return "", nil, err
		}
		asOwner = []string{"setpriv", "--reuid", owner.Uid, "--regid", owner.Gid, "--clear-groups"}
	}
	if dir, err = os.MkdirTemp("", "tasklane-pg-"); err != nil || asOwner == nil {
		return dir, nil, err
	}
	uid, _ := strconv.Atoi(owner.Uid) // numbers wherever there is a root
	gid, _ := strconv.Atoi(owner.Gid)
	return dir, asOwner, os.Chown(dir, uid, gid)
}

// otherUser returns whom root runs the server as.
func otherUser() (*user.User, error) {
	if _, err := exec.LookPath("setpriv"); err != nil {
		return nil, fmt.Errorf("%w for root, who lacks setpriv", ErrNotInstalled)
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return u, nil
		}
	}
	return nil, fmt.Errorf("%w for root, and there is neither a user postgres nor nobody", ErrNotInstalled)
}

// freePort returns a port that nobody listens on. It lies below the range from which the system takes the ports
// of connections, so that none of those gets in between.
func freePort() (int, error) {
	var lastErr error
	for range 20 {
		port := 20_000 + rand.IntN(10_000)
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // closed at once
		if err == nil {
			return port, listener.Close()
		}
		lastErr = err
	}
	return 0, lastErr
}
