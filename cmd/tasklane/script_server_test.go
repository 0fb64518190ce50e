package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/rogpeppe/go-internal/testscript"
)

// process is a server of a script.
type process struct {
	cmd    *exec.Cmd
	url    string
	copied chan struct{} // closed when all of standard error is in its file
}

// servers of a script are kept under this key of its environment's values.
type serversKey struct{}

func serversOf(ts *testscript.TestScript) map[string]*process {
	return ts.Value(serversKey{}).(map[string]*process)
}

func serverOf(ts *testscript.TestScript, name string) *process {
	p := serversOf(ts)[name]
	if p == nil {
		ts.Fatalf("there is no server %s", name)
	}
	return p
}

// serverCommand starts a server and waits until it is ready: server NAME serve|dev ARG... What it writes is in
// NAME.stdout and NAME.stderr.
func serverCommand(ts *testscript.TestScript, _ bool, args []string) {
	name := args[0]
	cmd := exec.Command("tasklane", append(args[1:], "--listen", "127.0.0.1:0")...)
	program, err := built()
	ts.Check(err)
	cmd.Path, cmd.Err, cmd.Dir = program, nil, ts.MkAbs(".")
	stdout, err := os.Create(ts.MkAbs(name + ".stdout"))
	ts.Check(err)
	stderr, err := os.Create(ts.MkAbs(name + ".stderr"))
	ts.Check(err)
	cmd.Stdout = stdout
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	p := &process{cmd: cmd, copied: make(chan struct{})}
	serversOf(ts)[name] = p
	ts.Defer(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	ready := make(chan string, 1)
	go func() {
		defer close(p.copied)
		defer stderr.Close()
		defer stdout.Close()
		lines := bufio.NewScanner(io.TeeReader(pipe, stderr))
		at := ""
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), "Tasklane is at "); ok {
				at = strings.TrimSpace(rest)
			}
			if strings.Contains(lines.Text(), "Ready.") {
				ready <- at
			}
		}
		close(ready)
	}()
	select {
	case url, ok := <-ready:
		if !ok {
			text, _ := os.ReadFile(stderr.Name())
			ts.Fatalf("server %s ended before it was ready: %s", name, text)
		}
		p.url = url
	case <-time.After(time.Minute):
		ts.Fatalf("server %s is not ready after a minute", name)
	}
}

// endCommand ends a server, by -TERM, which it must follow with exit code 0, or by -KILL: end -SIGNAL NAME.
func endCommand(ts *testscript.TestScript, _ bool, args []string) {
	p := serverOf(ts, args[1])
	if args[0] == "-KILL" {
		ts.Check(p.cmd.Process.Kill())
		<-p.copied
		_ = p.cmd.Wait() // it was killed
		return
	}
	ts.Check(p.cmd.Process.Signal(os.Interrupt))
	<-p.copied
	ts.Check(p.cmd.Wait())
}

// tasksCommand starts a number of tasks at a server, or counts those that are there: tasks NAME start|count N DIR. The
// ids of those that were started are in DIR/tasks.
func tasksCommand(ts *testscript.TestScript, _ bool, args []string) {
	p, dir := serverOf(ts, args[0]), ts.MkAbs(args[3])
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	text, err := os.ReadFile(filepath.Join(dir, "bootstrap.json"))
	ts.Check(err)
	var b bootstrap
	ts.Check(json.Unmarshal(text, &b))
	client := connect.New(connect.Options{
		BaseEndpoint: &p.url, Region: b.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey}, nil
		}),
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	started := dir + ".tasks"
	if args[1] == "start" {
		var ids []string
		for range n {
			out, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{
				InstanceId: &b.InstanceID, ContactFlowId: &b.ContactFlowID, Name: aws.String("Call back"),
			})
			ts.Check(err)
			ids = append(ids, *out.ContactId)
		}
		ts.Check(os.WriteFile(started, []byte(strings.Join(ids, "\n")), 0o600))
		return
	}
	list, err := os.ReadFile(started)
	ts.Check(err)
	found := 0
	for id := range strings.FieldsSeq(string(list)) {
		if _, err := client.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &b.InstanceID, ContactId: &id}); err == nil {
			found++
		}
	}
	if found != n {
		ts.Fatalf("%d of the tasks that were started are there, want %d", found, n)
	}
}

// clockCommand moves the clock of a development server: clock NAME SECONDS.
func clockCommand(ts *testscript.TestScript, _ bool, args []string) {
	res, err := http.Post(serverOf(ts, args[0]).url+"/_tasklane/clock", "application/json",
		strings.NewReader(`{"advanceSeconds":`+args[1]+`}`))
	ts.Check(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		ts.Fatalf("the clock: %s", res.Status)
	}
}

// removeCommand removes files that must be there.
func removeCommand(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		ts.Check(os.Remove(ts.MkAbs(file)))
	}
}
