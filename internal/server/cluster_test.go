package server_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// cluster is several servers, each a process of its own, on one database.
type cluster struct {
	*testing.T
	url   string
	dir   string // of bootstrap.json
	extra []string
	nodes []*node
}

// node is one server of a cluster.
type node struct {
	*servertest.Server
	address string
	process *exec.Cmd
}

// newCluster starts servers, one after the other.
func newCluster(t *testing.T, n int, extra ...string) *cluster {
	t.Helper()
	c := &cluster{T: t, url: pgtest.URL(t), dir: t.TempDir(), extra: extra}
	for range n {
		c.add()
	}
	t.Cleanup(func() {
		for _, n := range c.nodes {
			n.kill()
		}
	})
	return c
}

// add starts one more server.
func (c *cluster) add() *node {
	c.Helper()
	n := &node{address: freeAddress(c.T)}
	c.nodes = append(c.nodes, n)
	c.start(n)
	return n
}

// start starts a server, for the first time or again.
func (c *cluster) start(n *node) {
	c.Helper()
	n.process = startChild(c.T, c.dir, n.address, append([]string{"--database", c.url}, c.extra...)...)
	n.Server = clientOf(c.T, c.dir, n.address)
}

func (n *node) kill() {
	if n.process != nil {
		_ = n.process.Process.Kill()
		_ = n.process.Wait() // it was killed
		n.process = nil
	}
}

// signal sends a signal to the server's process.
func (n *node) signal(s syscall.Signal) { _ = n.process.Process.Signal(s) }

// database connects to the database of the cluster.
func (c *cluster) database() *sql.DB {
	c.Helper()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = db.Close() })
	return db
}

// staff makes agents, each with a password, and waits until every server knows them.
func (c *cluster) staff(names ...string) []servertest.User {
	c.Helper()
	first := c.nodes[0]
	like, err := first.Client().DescribeUser(context.Background(), &connect.DescribeUserInput{InstanceId: &first.InstanceID, UserId: &first.Agent.UserID})
	if err != nil {
		c.Fatal(err)
	}
	var all []servertest.User
	for _, name := range names {
		u := servertest.User{Username: name, Password: "Tasklane-12"}
		out, err := first.Client().CreateUser(context.Background(), &connect.CreateUserInput{
			InstanceId: &first.InstanceID, Username: &u.Username, Password: &u.Password,
			RoutingProfileId: like.User.RoutingProfileId, SecurityProfileIds: like.User.SecurityProfileIds,
			IdentityInfo: servertest.Somebody(), PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone},
		})
		if err != nil {
			c.Fatal(err)
		}
		u.UserID = *out.UserId
		all = append(all, u)
	}
	for _, n := range c.nodes {
		n.Eventually("a server does not know the new users", func() bool {
			_, err := n.Client().DescribeUser(context.Background(), &connect.DescribeUserInput{InstanceId: &n.InstanceID, UserId: &all[len(all)-1].UserID})
			return err == nil
		})
	}
	return all
}

// queued reports whether a task has got to a queue.
func queued(s *servertest.Server, id string) bool { return s.Describe(id).QueueInfo != nil }

// Whichever server is asked, it answers, and what was done at one is seen at the other: by its API, and on the panels
// that are connected to it.
func TestEitherServerServes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	one, two := c.nodes[0], c.nodes[1]
	c.staff("bob")
	deskAt := two.SignIn(two.Agent)
	for i, n := range []*node{one, two, one, two} {
		id := n.StartTask(fmt.Sprint("task ", i))
		for _, other := range c.nodes {
			if got := aws.ToString(other.Describe(id).Name); got != fmt.Sprint("task ", i) {
				t.Errorf("%s is named %q at the other server", id, got)
			}
		}
		if i == 0 {
			setAvailable(t, one.Server)
		}
		desk := deskAt
		if i%2 == 1 {
			desk = one.SignIn(one.Agent)
		}
		took := servertest.Within(t, "the task is not offered", func() bool { return desk.State(id) == "connecting" })
		t.Logf("a task of server %d rang at the desk after %v", i%2+1, took)
		desk.Accept(id)
		desk.End(id)
		desk.Clear(id)
	}
}

// waits is a flow that waits a second and then transfers to a queue.
const waits = `{"Version":"2019-10-30","StartAction":"wait","Actions":[
 {"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"%d"},"Transitions":{"NextAction":"fail","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}],"Conditions":[{"NextAction":"set","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
 {"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"fail","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"},{"NextAction":"fail","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"fail","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func (c *cluster) publish(name, content string) string {
	c.Helper()
	s := c.nodes[0]
	out, err := s.Client().CreateContactFlow(context.Background(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: &name, Type: types.ContactFlowTypeContactFlow, Content: &content,
	})
	if err != nil {
		c.Fatal(err)
	}
	for _, n := range c.nodes {
		n.Eventually("a server does not know the flow", func() bool {
			_, err := n.Client().DescribeContactFlow(context.Background(), &connect.DescribeContactFlowInput{InstanceId: &n.InstanceID, ContactFlowId: out.ContactFlowId})
			return err == nil
		})
	}
	return *out.ContactFlowId
}

func startOn(t *testing.T, s *servertest.Server, flow, name string) string {
	t.Helper()
	out, err := s.Client().StartTaskContact(context.Background(), &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: &flow, Name: &name,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ContactId
}

// A timer that is set at a server which does not own the instance fires on time.
func TestTimersOfEitherServerFire(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	flow := c.publish("waits", fmt.Sprintf(waits, 1, c.nodes[0].QueueID))
	for _, n := range c.nodes {
		id := startOn(t, n.Server, flow, "waits")
		took := servertest.Within(t, "the flow does not go on", func() bool { return queued(n.Server, id) })
		t.Logf("a wait of 1 s took %v", took)
	}
}

// The first server to start owns the instance. When it is killed the other one matches, fires timers and calls
// functions again whose answers died with it, and the desk of the dead server goes on at the other.
func TestAnotherServerTakesOver(t *testing.T) {
	t.Parallel()
	f := newSlowFunction(t)
	c := newCluster(t, 2, "--function", helper+"="+f.URL)
	owner, survivor := c.nodes[0], c.nodes[1]
	flow := c.publish("waits", fmt.Sprintf(waits, 2, owner.QueueID))
	calls := c.publish("calls", fmt.Sprintf(callsFlow, helper, owner.QueueID))
	bob := c.staff("bob")[0]
	desk := owner.SignIn(bob)
	held := owner.StartTask("in hand")
	owner.SetStatus(bob.UserID, "Available")
	desk.Accept(held)
	owner.SetStatus(bob.UserID, "Offline")
	waiting := owner.StartTask("waits for an agent")
	later := startOn(t, owner.Server, flow, "waits for a time")
	called := startOn(t, owner.Server, calls, "waits for a function")
	f.wait(t)
	owner.kill()
	began := time.Now()

	desk = desk.At(survivor.Server)
	if got := desk.State(held); got != "connected" {
		t.Errorf("at the other server the task in hand is %q", got)
	}
	survivor.SetStatus(bob.UserID, "Available") // cancels the status that waits
	servertest.Within(t, "nobody matches", func() bool { return desk.State(waiting) == "connecting" })
	t.Logf("matching went on %v after the kill", time.Since(began))
	servertest.Within(t, "nobody fires timers", func() bool { return queued(survivor.Server, later) })
	t.Logf("timers went on %v after the kill", time.Since(began))
	servertest.Within(t, "nobody calls the function again", func() bool { return queued(survivor.Server, called) })
	t.Logf("the function was called again, and its task went on, %v after the kill", time.Since(began))
	desk.End(held)
	desk.Clear(held)
}

// A server that stops in order hands over at once.
func TestServerThatStopsHandsOver(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2)
	owner, other := c.nodes[0], c.nodes[1]
	other.SetStatus(other.Agent.UserID, "Available")
	db := c.database()
	var holder string
	if err := db.QueryRowContext(t.Context(), "SELECT holder FROM lease").Scan(&holder); err != nil {
		t.Fatal(err)
	}
	owner.signal(syscall.SIGTERM)
	_ = owner.process.Wait()
	owner.process = nil
	var held int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM lease WHERE holder = $1 AND expires_at > 0", holder).Scan(&held); err != nil || held > 0 {
		t.Errorf("the server that has stopped holds %d leases, %v; want none", held, err)
	}
	id := other.StartTask("next")
	desk := other.SignIn(other.Agent)
	took := servertest.Within(t, "nobody matches", func() bool { return desk.State(id) == "connecting" })
	t.Logf("matching went on after %v", took)
}

// Servers that start at the same moment on an empty database make one instance.
func TestServersStartAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	type start struct {
		dir, address string
		process      *exec.Cmd
		ready        chan error
	}
	var starts []*start
	for range 3 {
		s := &start{dir: t.TempDir(), address: freeAddress(t), ready: make(chan error, 1)}
		s.process = exec.Command(os.Args[0], "serve", "--data", s.dir, "--listen", s.address, "--database", url)
		s.process.Env = append(os.Environ(), childVariable+"=1")
		stderr, err := s.process.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.process.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = s.process.Process.Kill()
			_ = s.process.Wait()
		})
		go func() {
			said := ""
			for lines := bufio.NewScanner(stderr); lines.Scan(); {
				if lines.Text() == "Ready." {
					s.ready <- nil
				}
				said += lines.Text() + "\n"
			}
			s.ready <- fmt.Errorf("it ended: %s", said)
		}()
		starts = append(starts, s)
	}
	var first string
	for i, s := range starts {
		select {
		case err := <-s.ready:
			if err != nil {
				t.Fatalf("server %d: %v", i+1, err)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("server %d is not ready", i+1)
		}
		if text, err := os.ReadFile(filepath.Join(s.dir, "bootstrap.json")); err == nil {
			if first != "" {
				t.Error("two servers made the first instance")
			}
			first = strings.TrimSpace(string(text))
		}
	}
	if first == "" {
		t.Error("no server made the first instance")
	}
}

// callsFlow is a flow that has a function called and then transfers to a queue.
const callsFlow = `{"Version":"2019-10-30","StartAction":"call","Actions":[
 {"Identifier":"call","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":%q,"InvocationTimeLimitSeconds":"1"},"Transitions":{"NextAction":"set","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"fail","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"},{"NextAction":"fail","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"fail","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
