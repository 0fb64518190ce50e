package lambda

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
)

// maxAnswer is how many bytes an answer must stay below
// (https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html).
const maxAnswer = 32 << 10

// check looks at what a function has answered. Whether its shape suits the flow is for the flow to say.
func check(answer []byte, c engine.Call) ([]byte, error) {
	switch {
	case c.Async:
		return nil, nil // nobody waits for it
	case len(answer) >= maxAnswer:
		return nil, fmt.Errorf("the answer is too large: it must have fewer than %d bytes", maxAnswer)
	case !json.Valid(answer):
		return nil, errors.New("the answer is not JSON")
	}
	return answer, nil
}

// mistake is how a function tells that it has failed
// (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html).
type mistake struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// failure is the error of a function that has failed, with what it says about it.
func failure(answer []byte) error {
	var m mistake
	if json.Unmarshal(answer, &m) != nil || m.Type+m.Message == "" {
		return errors.New("the function failed")
	}
	return fmt.Errorf("the function failed: %s: %s", short(m.Type), short(m.Message))
}

// isMistake reports whether an answer is that of a function that has failed.
func isMistake(answer []byte) bool {
	var m mistake
	return json.Unmarshal(answer, &m) == nil && m.Type != ""
}

// short is the beginning of a text, for a log.
func short(text string) string {
	const enough = 200
	if runes := []rune(text); len(runes) > enough {
		return string(runes[:enough]) + "…"
	}
	return text
}
