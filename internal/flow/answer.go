package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxAnswer is how large the answer of a function must stay, in bytes (AG connect-lambda-functions).
const MaxAnswer = 32 * 1024

// ReadAnswer reads the answer of a function: a JSON object of less than [MaxAnswer]. Unless nested is set its members
// are plain values, which are turned to text. It fails with what is wrong.
func ReadAnswer(answer []byte, nested bool) (map[string]any, error) {
	if len(answer) >= MaxAnswer {
		return nil, fmt.Errorf("the answer has %d bytes, it must have less than %d", len(answer), MaxAnswer)
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var data map[string]any
	if err := d.Decode(&data); err != nil || data == nil {
		return nil, errors.New("the answer is not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object of the answer")
	}
	if nested {
		return data, nil
	}
	for _, name := range sortedKeys(data) {
		v := data[name]
		if v == nil {
			continue
		}
		s, ok := text(v)
		if !ok {
			return nil, fmt.Errorf("member %s of the answer is nested, which ResponseValidation STRING_MAP does not allow", name)
		}
		data[name] = s
	}
	return data, nil
}
