package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sqlBans lists what no statement may contain, because an engine that we run on lacks it or does otherwise.
var sqlBans = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"LISTEN/NOTIFY", regexp.MustCompile(`(?i)^(UN)?LISTEN\b|^NOTIFY\b|\bpg_notify\b`)},
	{"advisory lock", regexp.MustCompile(`(?i)\bpg_(try_)?advisory_`)},
	{"table lock", regexp.MustCompile(`(?i)^LOCK\b`)},
	{"SKIP LOCKED outside the dialect hook", regexp.MustCompile(`(?i)\bSKIP\s+LOCKED\b`)},
	{"sequence", regexp.MustCompile(`(?i)\b(SMALL|BIG)?SERIAL\b|\bSEQUENCE\b|\b(nextval|currval|setval|lastval)\b|\bAUTOINCREMENT\b|\bAS\s+IDENTITY\b`)},
	{"array", regexp.MustCompile(`(?i)\bARRAY\b|\[|\bANY\s*\(|\bunnest\b`)},
	{"LATERAL", regexp.MustCompile(`(?i)\bLATERAL\b`)},
	{"trigger, procedure or extension", regexp.MustCompile(`(?i)^CREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?(TRIGGER|FUNCTION|PROCEDURE|EXTENSION)\b`)},
	{"temporary table", regexp.MustCompile(`(?i)\bTEMP(ORARY)?\s+TABLE\b`)},
	{"savepoint", regexp.MustCompile(`(?i)\bSAVEPOINT\b|^ROLLBACK\s+TO\b`)},
	{"data-changing CTE", regexp.MustCompile(`(?i)\bAS\s+((NOT\s+)?MATERIALIZED\s+)?\(\s*(INSERT|UPDATE|DELETE)\b`)},
	{"* for columns", regexp.MustCompile(`(?i)(\bSELECT\s+(DISTINCT\s+)?|\bRETURNING\s+|,\s*|\.)\*`)},
	{"division, which some engines do in decimals", regexp.MustCompile(`/`)},
	{"search inside JSON", regexp.MustCompile(`(?i)->|@>|\bjsonb?_\w+\s*\(`)},
	{"the engine's clock; take tx.Now", regexp.MustCompile(`(?i)\bnow\s*\(|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bclock_timestamp\b|\bstrftime\b`)},
	{"an id made by the engine", regexp.MustCompile(`(?i)\bgen_random_uuid\b|\bunique_rowid\b|\blast_insert_rowid\b`)},
	{"placeholder without a number", regexp.MustCompile(`\?`)},
}

// columnTypes are the types that mean the same on every engine: times and numbers are BIGINT, JSON is TEXT.
var columnTypes = []string{"TEXT", "BIGINT", "BOOLEAN", "BYTEA", "DOUBLE PRECISION"}

var (
	sqlNoise  = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'`) // comments and strings
	statement = regexp.MustCompile(`(?s)^(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|LOCK|LISTEN|NOTIFY|SAVEPOINT)\s|` +
		`^(?i:SELECT\s.*\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\s`)
	placeholder = regexp.MustCompile(`\$(\d+)`)
	createTable = regexp.MustCompile(`(?is)^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*)\)`)
	addColumn   = regexp.MustCompile(`(?is)^ALTER\s+TABLE\s+\w+\s+ADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(.*)`)
	primaryKey  = regexp.MustCompile(`(?i)\bPRIMARY\s+KEY\s*\(\s*(\w+)`)
	columnKey   = regexp.MustCompile(`(?i)^(\w+)\b.*\bPRIMARY\s+KEY\b`)
	constraint  = regexp.MustCompile(`(?i)^(PRIMARY|UNIQUE|CHECK|FOREIGN|CONSTRAINT)\b`)
)

// sqlBreaches returns what a statement, or a piece of one, does that the rules of docs/sql.md forbid.
func sqlBreaches(sql string) []string {
	bare := strings.TrimSpace(sqlNoise.ReplaceAllStringFunc(sql, func(noise string) string {
		if noise[0] == '\'' {
			return "''"
		}
		return " "
	}))
	var found []string
	for _, ban := range sqlBans {
		if ban.pattern.MatchString(bare) {
			found = append(found, ban.what)
		}
	}
	found = append(found, placeholderBreaches(bare)...)
	if m := createTable.FindStringSubmatch(bare); m != nil {
		items := splitTopLevel(m[2])
		found = append(found, typeBreaches(items)...)
		if key := firstKeyColumn(items); key != "instance_id" && !strings.Contains(sql, "-- global:") {
			found = append(found, fmt.Sprintf("primary key of %s begins with %q, not instance_id, and no comment \"-- global: why\"", m[1], key))
		}
	}
	if m := addColumn.FindStringSubmatch(bare); m != nil {
		found = append(found, typeBreaches([]string{m[1]})...)
	}
	return found
}

// placeholderBreaches finds placeholders that do not appear in ascending order: some drivers number them by
// first appearance, whatever their name. One that stood before may stand again, and a piece of a statement
// may begin at any number.
func placeholderBreaches(sql string) []string {
	highest := 0
	for i, m := range placeholder.FindAllStringSubmatch(sql, -1) {
		n, err := strconv.Atoi(m[1])
		switch {
		case err != nil:
			return []string{fmt.Sprintf("placeholder %s is no number", m[0])}
		case i == 0 && !statement.MatchString(sql), n == highest+1:
			highest = n
		case n > highest:
			return []string{fmt.Sprintf("placeholder %s comes before $%d", m[0], highest+1)}
		}
	}
	return nil
}

// typeBreaches finds columns of a type that is not the same on every engine.
func typeBreaches(definitions []string) []string {
	var found []string
	for _, definition := range definitions {
		if constraint.MatchString(definition) {
			continue
		}
		name, rest, _ := strings.Cut(definition, " ")
		rest = strings.Join(strings.Fields(strings.ToUpper(rest)), " ")
		known := slices.ContainsFunc(columnTypes, func(t string) bool { return rest == t || strings.HasPrefix(rest, t+" ") })
		if !known {
			found = append(found, fmt.Sprintf("column %s is %q; types are %s", name, rest, strings.Join(columnTypes, ", ")))
		}
	}
	return found
}

// firstKeyColumn returns the first column of the primary key among the items of a CREATE TABLE.
func firstKeyColumn(items []string) string {
	for _, item := range items {
		if m := primaryKey.FindStringSubmatch(item); m != nil {
			return m[1]
		}
		if m := columnKey.FindStringSubmatch(item); m != nil {
			return m[1]
		}
	}
	return ""
}

// splitTopLevel splits at the commas that are outside of parentheses.
func splitTopLevel(list string) []string {
	var items []string
	depth, start := 0, 0
	for i, r := range list + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			items = append(items, strings.Join(strings.Fields(list[start:i]), " "))
			start = i + 1
		}
	}
	return items
}

func TestSQLRules(t *testing.T) {
	const table = "CREATE TABLE x (instance_id TEXT NOT NULL, id TEXT NOT NULL, "
	const end = ", PRIMARY KEY (instance_id, id))"
	tests := []struct{ sql, want string }{ // want begins the breach; empty means none
		{`SELECT id, state FROM contact WHERE instance_id = $1 AND (state = $2 OR id = $1) LIMIT $3`, ""},
		{`UPDATE contact SET state = $1, version = version + 1 WHERE instance_id = $2 AND id = $3 AND version = $4`, ""},
		{`INSERT INTO kv (instance_id, id) VALUES ($1, $2) ON CONFLICT (instance_id, id) DO UPDATE SET n = excluded.n`, ""},
		{`WITH RECURSIVE up AS (SELECT id FROM g WHERE id = $1) SELECT id FROM up`, ""},
		{`SELECT count(*), n * 2 FROM contact -- a/b? SELECT *`, ""},
		{`SELECT id FROM contact WHERE name = 'LATERAL? it''s [1/2] now()'`, ""},
		{`CREATE INDEX contact_due ON contact (instance_id, due) WHERE due IS NOT NULL`, ""},
		{"-- one row an agent\n" + table + "-- a note, and more\n at BIGINT /* n/a */" + end, ""},
		{` AND state = $3 AND queue = $4`, ""},
		{table + `state TEXT NOT NULL CHECK (state IN ('A', 'B')), at BIGINT, ratio DOUBLE PRECISION, CHECK ((state = 'A') = (at IS NULL))` + end, ""},
		{"CREATE TABLE lease (node TEXT PRIMARY KEY) -- global: nodes serve every instance", ""},
		{`ALTER TABLE contact ADD COLUMN note TEXT NOT NULL DEFAULT ''`, ""},

		{`LISTEN wake`, "LISTEN/NOTIFY"},
		{`SELECT pg_notify($1, $2)`, "LISTEN/NOTIFY"},
		{`SELECT pg_try_advisory_xact_lock($1)`, "advisory lock"},
		{`LOCK TABLE contact`, "table lock"},
		{`SELECT id FROM contact LIMIT $1 FOR UPDATE SKIP LOCKED`, "SKIP LOCKED"},
		{`CREATE SEQUENCE s`, "sequence"},
		{`SELECT nextval('s')`, "sequence"},
		{`SELECT id FROM contact WHERE id = ANY($1)`, "array"},
		{`SELECT id FROM unnest($1)`, "array"},
		{`SELECT a.id FROM a, LATERAL (SELECT 1) b`, "LATERAL"},
		{`CREATE TRIGGER x AFTER INSERT ON contact`, "trigger"},
		{`CREATE OR REPLACE FUNCTION f() RETURNS BIGINT`, "trigger"},
		{`CREATE EXTENSION IF NOT EXISTS pgcrypto`, "trigger"},
		{`CREATE TEMP TABLE x (instance_id TEXT PRIMARY KEY)`, "temporary table"},
		{`SAVEPOINT s`, "savepoint"},
		{`WITH gone AS (DELETE FROM timer WHERE id = $1 RETURNING id) SELECT id FROM gone`, "data-changing CTE"},
		{"SELECT\n\t* FROM contact", "* for columns"},
		{`SELECT c.* FROM contact c`, "* for columns"},
		{`INSERT INTO x (instance_id) VALUES ($1) RETURNING *`, "* for columns"},
		{`SELECT total / n FROM x`, "division"},
		{`SELECT attributes->>'a' FROM contact`, "search inside JSON"},
		{`SELECT json_extract(attributes, $1) FROM contact`, "search inside JSON"},
		{`UPDATE contact SET since = now() WHERE id = $1`, "the engine's clock"},
		{`INSERT INTO x (instance_id) VALUES (gen_random_uuid())`, "an id made by the engine"},
		{`SELECT id FROM contact WHERE id = ?`, "placeholder without a number"},
		{`UPDATE contact SET state = $2 WHERE id = $1`, "placeholder $2 comes before $1"},
		{`SELECT id FROM contact WHERE a = $1 AND b = $3`, "placeholder $3 comes before $2"},
		{` AND state = $4 AND queue = $6`, "placeholder $6 comes before $5"},
		{table + `at TIMESTAMPTZ` + end, `column at is "TIMESTAMPTZ"`},
		{table + `n INTEGER NOT NULL` + end, `column n is "INTEGER NOT NULL"`},
		{table + `body JSONB` + end, `column body is "JSONB"`},
		{table + `name TEXTILE` + end, `column name is "TEXTILE"`},
		{`ALTER TABLE contact ADD note VARCHAR(20)`, `column note is "VARCHAR(20)"`},
		{`CREATE TABLE x (id TEXT PRIMARY KEY, instance_id TEXT)`, "primary key of x"},
		{`CREATE TABLE x (instance_id TEXT, id TEXT, PRIMARY KEY (id, instance_id))`, "primary key of x"},
		{`CREATE TABLE x (instance_id TEXT)`, "primary key of x"},
	}
	for _, tt := range tests {
		got := sqlBreaches(tt.sql)
		right := len(got) == 0 && tt.want == "" || len(got) == 1 && tt.want != "" && strings.HasPrefix(got[0], tt.want)
		if !right {
			t.Errorf("sqlBreaches(%q) = %q, want %q", tt.sql, got, tt.want)
		}
	}
}
