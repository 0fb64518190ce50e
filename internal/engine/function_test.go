package engine_test

import (
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
)

func TestAssociationHoldsForEachQualifierUnlessItNamesOne(t *testing.T) {
	t.Parallel()
	e, _ := local(t)
	const prefix = "arn:aws:lambda:us-east-1:000000000000:function:"
	for _, name := range []string{"lookup", "refund:prod"} {
		if err := e.AssociateFunction(t.Context(), instance, prefix+name, ""); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{
		"lookup": true, "lookup:prod": true, "lookup:$LATEST": true, "lookups": false,
		"refund:prod": true, "refund": false, "refund:test": false,
	} {
		f, err := arn.ParseFunction(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Associated(instance, f); got != want {
			t.Errorf("Associated(%s) = %t, want %t", name, got, want)
		}
		if e.Associated("11111111-1111-4111-8111-000000000000", f) {
			t.Errorf("%s is associated with an unknown instance", name)
		}
	}
	if err := e.DisassociateFunction(t.Context(), instance, prefix+"lookup", ""); err != nil {
		t.Fatal(err)
	}
	if f, _ := arn.ParseFunction(prefix + "lookup"); e.Associated(instance, f) {
		t.Error("a function is still associated")
	}
}
