//go:build unix

package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// worker is an agent at a panel, who goes on at another server when theirs does not answer.
type worker struct {
	*siege
	user  servertest.User
	at    *node
	token string
}

// work accepts, ends and closes tasks until ctx ends.
func (w *worker) work(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(time.Duration(20+rand.IntN(60)) * time.Millisecond) // a busy agent
		if err := w.look(ctx); err != nil {
			w.token = "" // sign in again, wherever somebody answers
		}
	}
}

// look does what is to be done with each task on the desk.
func (w *worker) look(ctx context.Context) error {
	if w.token == "" {
		if err := w.signIn(ctx); err != nil {
			return err
		}
	}
	var out struct {
		Snapshot struct {
			Contacts []struct {
				ContactID string `json:"contactId"`
				State     struct{ Type string }
			}
		}
	}
	if _, err := w.api(ctx, "GetAgentSnapshot", "", &out); err != nil {
		return err
	}
	for _, c := range out.Snapshot.Contacts {
		operation := map[string]string{
			"connecting": "AcceptContact", "connected": "DestroyConnection", "ended": "ClearContact", "missed": "ClearContact",
		}[c.State.Type]
		if operation == "AcceptContact" && rand.IntN(4) == 0 {
			operation = "RejectContact"
		}
		if operation == "" || rand.IntN(3) == 0 { // it may stay a while
			continue
		}
		status, err := w.api(ctx, operation, c.ContactID, nil)
		if err != nil {
			return err
		}
		if operation == "AcceptContact" && status == http.StatusOK {
			w.worked.Store(c.ContactID, true)
		}
	}
	return nil
}

func (w *worker) signIn(ctx context.Context) error {
	if w.at = w.some(); w.at == nil {
		return fmt.Errorf("nobody is there")
	}
	jar, _ := cookiejar.New(nil) // never fails
	browser := &http.Client{Jar: jar}
	login, _ := json.Marshal(map[string]string{"username": w.user.Username, "password": w.user.Password})
	if _, err := ask(ctx, browser, http.MethodPost, w.at.URL+"/login", login, nil, nil); err != nil {
		return err
	}
	var out struct{ AccessToken string }
	_, err := ask(ctx, browser, http.MethodGet, w.at.URL+"/auth/authorize", nil, nil, &out)
	w.token = out.AccessToken
	return err
}

// api makes a call of the agent's panel. It fails when there is no answer, or one that says nothing about the call.
func (w *worker) api(ctx context.Context, operation, contact string, out any) (status int, err error) {
	body, _ := json.Marshal(map[string]string{"contactId": contact})
	return ask(ctx, http.DefaultClient, http.MethodPost, w.at.URL+"/api", body, map[string]string{
		"X-Amz-Target": "AmazonConnectCTIService." + operation, "X-Amz-Bearer": w.token,
	}, out)
}

func ask(ctx context.Context, client *http.Client, method, url string, body []byte, headers map[string]string, out any) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	res, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode == http.StatusUnauthorized || res.StatusCode >= 500) {
		err = fmt.Errorf("%s: %s", res.Status, text)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	return res.StatusCode, err
}
