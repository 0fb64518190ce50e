package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// SessionEpoch is the epoch that a user's sessions must be of; ok is false when there is no such user. What another
// server has changed is known within 2 s.
func (e *Engine) SessionEpoch(instance, user string) (epoch int64, ok bool) {
	u, err := e.User(instance, user)
	if err != nil {
		return 0, false
	}
	return u.Value.Epoch, true
}

// SetPassword gives a user another password, of which hash is the hash, and ends their sessions. Whether they must
// change it before they sign in with it is up to the caller. It fails with [fault.NotFound].
func (e *Engine) SetPassword(ctx context.Context, instance, idOrARN, hash string, mustChange bool) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		u.PasswordHash, u.ChangePassword = hash, mustChange
		u.Epoch++
		return nil
	})
}

// ChangePassword puts the hash of another password in the place of an old one, ends the sessions of the user, and
// returns the epoch of the next ones. It fails with [fault.NotFound], and with [fault.Conflict] when the old hash is
// not theirs any more.
func (e *Engine) ChangePassword(ctx context.Context, instance, idOrARN, old, hash string) (epoch int64, err error) {
	err = e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		if u.PasswordHash != old {
			return fault.New(fault.Conflict, "The password has been changed meanwhile")
		}
		u.PasswordHash, u.ChangePassword = hash, false
		u.Epoch++
		epoch = u.Epoch
		return nil
	})
	return epoch, err
}

// AskForNewPassword has a user change their password before they next sign in with it, and ends their sessions.
// It fails with [fault.NotFound].
func (e *Engine) AskForNewPassword(ctx context.Context, instance, idOrARN string) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		u.ChangePassword = true
		u.Epoch++
		return nil
	})
}

// RenewHash puts another hash of the same password in the place of an old one, unless the user has got another
// password meanwhile. It fails with [fault.NotFound].
func (e *Engine) RenewHash(ctx context.Context, instance, idOrARN, old, renewed string) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		if u.PasswordHash != old {
			return errDone
		}
		u.PasswordHash = renewed
		return nil
	})
}

// EndSessions signs a user out everywhere. It fails with [fault.NotFound].
func (e *Engine) EndSessions(ctx context.Context, instance, idOrARN string) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		u.Epoch++
		return nil
	})
}
