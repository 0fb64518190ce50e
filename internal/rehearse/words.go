package rehearse

import (
	"errors"
	"strconv"
	"strings"
)

// word is one word of a line. rest is the text from it to the end of the line.
type word struct{ text, rest string }

// readWords splits a line at its blanks. What stands in double quotes, whole or after an equals sign, is one word; a
// backslash before a quote makes it a plain sign.
func readWords(text string) ([]word, error) {
	var all []word
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		w := word{rest: text[i:]}
		var b strings.Builder
		quoted := false
		for ; i < len(text) && (quoted || text[i] != ' ' && text[i] != '\t'); i++ {
			switch {
			case text[i] == '\\' && i+1 < len(text) && text[i+1] == '"':
				i++
				b.WriteByte('"')
			case text[i] == '"' && (quoted || i == 0 || text[i-1] == ' ' || text[i-1] == '='):
				quoted = !quoted
			default:
				b.WriteByte(text[i])
			}
		}
		if quoted {
			return nil, errors.New("a double quote is not closed")
		}
		w.text = b.String()
		all = append(all, w)
	}
	return all, nil
}

// word is a word of the line; empty when it has none there.
func (l line) word(i int) string {
	if i < len(l.words) {
		return l.words[i].text
	}
	return ""
}

// after are the words from one on.
func (l line) after(i int) []string {
	var all []string
	for k := i; k < len(l.words); k++ {
		all = append(all, l.words[k].text)
	}
	return all
}

// tail reads the words of a line one after the other.
type tail struct {
	line
	at int
}

// from reads the words from one on.
func (l line) from(at int) *tail { return &tail{l, at} }

func (t *tail) more() bool { return t.at < len(t.words) }

// next is the next word; empty when there is none.
func (t *tail) next() string {
	w := t.word(t.at)
	t.at++
	return w
}

// skip reports whether the next word is this one, and reads it.
func (t *tail) skip(w string) bool {
	is := t.more() && t.word(t.at) == w
	if is {
		t.at++
	}
	return is
}

// isNumber reports whether the next word is a whole number, and which.
func (t *tail) isNumber() (int, bool) {
	n, err := strconv.Atoi(t.word(t.at))
	return n, err == nil
}

// number reads a whole number.
func (t *tail) number(what string, least, most int) (int, error) {
	w := t.next()
	n, err := strconv.Atoi(w)
	if err != nil || n < least || n > most {
		return 0, t.mistake("%s %q is no number from %d to %d", what, w, least, most)
	}
	return n, nil
}

// end fails when there are more words, which it names.
func (t *tail) end() error {
	if t.more() {
		return t.mistake("%q is one word too many", t.word(t.at))
	}
	return nil
}

// last passes on what the last words of a line have said, and fails when there are more.
func (t *tail) last(id string, err error) (string, error) {
	if err == nil {
		err = t.end()
	}
	return id, err
}

// is reports whether the words of a line are these from one on; an asterisk stands for any word.
func (l line) is(from int, words ...string) bool {
	if len(l.words) != from+len(words) {
		return false
	}
	for i, w := range words {
		if w != "*" && l.words[from+i].text != w {
			return false
		}
	}
	return true
}
