package awsapi

import (
	"context"
	"net/url"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// getFederationToken signs in the user whom the caller's session is named after: their token works in the agent panel's
// protocol, and a browser that opens the URL is signed in, too. At Amazon Connect the name is that of the role session;
// here it is the session token itself, because whoever has an access key may do everything to users anyway.
func (a *API) getFederationToken(ctx context.Context, in *wire.GetFederationTokenRequest) (*wire.GetFederationTokenResponse, error) {
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	name := sessionOf(ctx)
	if name == "" {
		return nil, fault.New(fault.Unusable, "Your credentials name no user: set their session token (AWS_SESSION_TOKEN) to a user name")
	}
	u, err := a.opts.Engine.UserNamed(i.ID, name)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Gone, "User %s does not exist", name)
	}
	if err != nil {
		return nil, err
	}
	opened, err := a.opts.Sessions.Create(ctx, i.ID, u.ID, u.Value.Epoch, directory.ByFederation)
	if err != nil {
		return nil, err
	}
	bearer := auth.Bearer(opened.Token)
	session, _, err := a.opts.Sessions.Find(ctx, bearer)
	if err != nil {
		return nil, err
	}
	ticket, err := a.opts.Sessions.Ticket(ctx, session, directory.SignIn)
	if err != nil {
		return nil, err
	}
	at, expires := a.opts.BaseURL+auth.TicketPath+"?ticket="+url.QueryEscape(ticket), wire.Time(session.Expires)
	return &wire.GetFederationTokenResponse{
		Credentials: &wire.Credentials{
			AccessToken: &bearer, AccessTokenExpiration: expires, RefreshToken: &bearer, RefreshTokenExpiration: expires,
		},
		SignInUrl: &at, UserArn: &u.ARN, UserId: &u.ID,
	}, nil
}
