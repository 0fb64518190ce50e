package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
)

// LambdaFunction is an association of an instance with a function that its flows may call. Its name is the
// function's ARN, as it was given: with a version or an alias, or without.
type LambdaFunction struct{}

// AssociateFunction lets the flows of an instance call a function at the Lambda endpoint; whether there is such a
// function is not looked up. A repeated token does it once.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Invalid] for what is not the ARN of a function,
// with [fault.Duplicate] when the function is associated already, with [fault.Quota], and with [fault.Reused].
func (e *Engine) AssociateFunction(ctx context.Context, instance, function, token string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if _, err := arn.ParseFunction(function); err != nil {
		return err
	}
	id := e.newID()
	_, err = e.once(ctx, t, "AssociateLambdaFunction", token, function, func(tx Tx) (string, error) {
		return id, t.add(tx, arn.LambdaFunction, id, function, LambdaFunction{}, e.quotas[QuotaLambdaFunctions])
	})
	return err
}

// Functions returns the functions that an instance is associated with, by ARN. It fails with [fault.NotFound] for an
// unknown instance.
func (e *Engine) Functions(instance string) ([]Entry[LambdaFunction], error) {
	return listAll[LambdaFunction](e, instance, arn.LambdaFunction)
}

// DisassociateFunction ends an association; calls that are under way go on. A repeated token does it once.
// It fails with [fault.NotFound], with [fault.Invalid] for what is not the ARN of a function, and with [fault.Reused].
func (e *Engine) DisassociateFunction(ctx context.Context, instance, function, token string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if _, err := arn.ParseFunction(function); err != nil {
		return err
	}
	_, err = e.once(ctx, t, "DisassociateLambdaFunction", token, function, func(tx Tx) (string, error) {
		old, err := findNamed[LambdaFunction](t, arn.LambdaFunction, function)
		if err != nil {
			return "", err
		}
		tx.DeleteResource(old.Resource)
		return old.ID, nil
	})
	return err
}

// Associated reports whether an instance is associated with a function. A function that was associated without a version
// or an alias is so with each of them; one that was associated with one, is with that one only.
func (e *Engine) Associated(instance string, f arn.Function) bool {
	t, err := e.tenant(instance)
	if err != nil {
		return false
	}
	if _, all := t.catalog.named(arn.LambdaFunction, f.ARN); all {
		return true
	}
	_, qualified := t.catalog.named(arn.LambdaFunction, f.ARN+":"+f.Qualifier)
	return qualified
}
