package engine

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// Version is a numbered text of a flow or a module. It never changes, and its number is not given again. Every command
// that makes or removes one also writes the flow or the module, so that two of them cannot pass each other.
type Version struct {
	Of          string `json:"of"` // id of the flow or the module
	Number      int64  `json:"number"`
	Description string `json:"description,omitempty"`
	Content     string `json:"content"`
	Settings    string `json:"settings,omitempty"` // of a module

	program  *flow.Program  // of a module
	contract *flow.Contract // of a module
}

func (v *Version) runs() *flow.Program { return v.program }

func (v *Version) barred() error {
	if v.program == nil {
		return fault.New(fault.Unusable, "Version %d of flow %s cannot be run", v.Number, v.Of)
	}
	return nil
}

// versionName is both id and name of a version.
func versionName(of string, number int64) string { return of + ":" + strconv.FormatInt(number, 10) }

// addVersion writes a new version within a command. When a sum is given, it must be that of the content.
// It fails with [fault.Unusable] when it is another, and with [fault.Limit] when there are as many versions as the
// quota allows (0: any number).
func (t *tenant) addVersion(tx Tx, kind arn.Kind, v *Version, sum string) error {
	if got := flow.Sum(v.Content); sum != "" && sum != got {
		return fault.New(fault.Unusable, "The published content has the checksum %s, not %s", got, sum)
	}
	if n, quota := len(t.versions(kind, v.Of)), t.quotas[QuotaVersions]; quota > 0 && n >= quota {
		return fault.New(fault.Limit, "There are %d of at most %d versions", n, quota)
	}
	name := versionName(v.Of, v.Number)
	return put(tx, Resource{Kind: kind, ID: name, Name: name}, v)
}

// version finds a version of a flow or a module by its number. It fails with [fault.NotFound].
func (t *tenant) version(kind arn.Kind, of string, number int64) (Entry[Version], error) {
	o, ok := t.catalog.get(kind, versionName(of, number))
	if !ok {
		return Entry[Version]{}, fault.New(fault.NotFound, "Version %d of %s does not exist", number, of)
	}
	return entry[Version](t, o), nil
}

// versions are those of a flow or a module, by number.
func (t *tenant) versions(kind arn.Kind, of string) []Entry[Version] {
	mine := slices.DeleteFunc(all[Version](t, kind), func(v Entry[Version]) bool { return v.Value.Of != of })
	slices.SortFunc(mine, func(a, b Entry[Version]) int { return cmp.Compare(a.Value.Number, b.Value.Number) })
	return mine
}

// dropVersions removes all versions of a flow or a module within a command.
func (t *tenant) dropVersions(tx Tx, kind arn.Kind, of string) {
	for _, v := range t.versions(kind, of) {
		tx.DeleteResource(v.Resource)
	}
}

// numberOf reads the number of a version; ok reports whether it is one.
func numberOf(qualifier string) (number int64, ok bool) {
	number, err := strconv.ParseInt(qualifier, 10, 64)
	return number, err == nil && strconv.FormatInt(number, 10) == qualifier
}
