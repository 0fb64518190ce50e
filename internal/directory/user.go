package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// User is somebody who can sign in: an agent, a supervisor, an administrator.
type User struct {
	ID               string             `json:"-"`
	Username         string             `json:"-"`
	PasswordHash     string             `json:"passwordHash,omitempty"`   // PHC string; empty: cannot sign in with a password
	ChangePassword   bool               `json:"changePassword,omitempty"` // before the next sign-in with it
	Epoch            int64              `json:"epoch,omitempty"`          // of sessions: those of an earlier one have ended
	FirstName        string             `json:"firstName,omitempty"`
	LastName         string             `json:"lastName,omitempty"`
	Email            string             `json:"email,omitempty"`
	SecondaryEmail   string             `json:"secondaryEmail,omitempty"`
	Mobile           string             `json:"mobile,omitempty"`
	DirectoryID      string             `json:"directoryId,omitempty"` // kept and told; empty: the user's id is told
	PhoneType        string             `json:"phoneType,omitempty"`   // kept and told, as the next two; tasks have no phone
	DeskPhone        string             `json:"deskPhone,omitempty"`
	Persistent       bool               `json:"persistent,omitempty"`       // connection of a telephone
	AfterContactWork time.Duration      `json:"afterContactWork,omitempty"` // closes a task by itself; 0: never
	AutoAccept       bool               `json:"autoAccept,omitempty"`       // a task that is offered to the user is theirs at once
	Others           map[string]Setting `json:"others,omitempty"`           // by channel, of those that Tasklane does not have
	RoutingProfile   string             `json:"routingProfile"`
	SecurityProfiles []string           `json:"securityProfiles"`
	Preferences      map[string]string  `json:"preferences,omitempty"` // of the agent panel, such as LOCALE
	HierarchyGroup   string             `json:"hierarchyGroup,omitempty"`
	Proficiencies    []Proficiency      `json:"proficiencies,omitempty"` // at most 10
	Tags             map[string]string  `json:"tags,omitempty"`
	Modified         time.Time          `json:"-"`
}

// TaskChannel is the channel whose settings are fields of a user.
const TaskChannel = "TASK"

// Setting is what holds for a user on one channel; what is nil or empty is not set. Of the channels that Tasklane does
// not have it is kept and told.
type Setting struct {
	AutoAccept         *bool          `json:"autoAccept,omitempty"`
	CallbackAutoAccept *bool          `json:"callbackAutoAccept,omitempty"`
	AfterContactWork   *time.Duration `json:"afterContactWork,omitempty"`
	CallbackWork       *time.Duration `json:"callbackWork,omitempty"`
	PhoneType          string         `json:"phoneType,omitempty"`
	Phone              string         `json:"phone,omitempty"`
	Persistent         *bool          `json:"persistent,omitempty"`
	Enhancement        string         `json:"enhancement,omitempty"`
}

// over is the setting with what another one sets.
func (s Setting) over(by Setting) Setting {
	return Setting{
		AutoAccept: cmp.Or(by.AutoAccept, s.AutoAccept), CallbackAutoAccept: cmp.Or(by.CallbackAutoAccept, s.CallbackAutoAccept),
		AfterContactWork: cmp.Or(by.AfterContactWork, s.AfterContactWork), CallbackWork: cmp.Or(by.CallbackWork, s.CallbackWork),
		PhoneType: cmp.Or(by.PhoneType, s.PhoneType), Phone: cmp.Or(by.Phone, s.Phone),
		Persistent: cmp.Or(by.Persistent, s.Persistent), Enhancement: cmp.Or(by.Enhancement, s.Enhancement),
	}
}

// Set changes settings by channel. Channels and members that are not there stay as they are.
func (u *User) Set(by map[string]Setting) {
	others := map[string]Setting{}
	maps.Copy(others, u.Others)
	for channel, s := range by {
		if channel != TaskChannel {
			others[channel] = others[channel].over(s)
			continue
		}
		if s.AutoAccept != nil {
			u.AutoAccept = *s.AutoAccept
		}
		if s.AfterContactWork != nil {
			u.AfterContactWork = *s.AfterContactWork
		}
	}
	u.Others = others
}

// Phone is the older form of the settings: one for all channels.
type Phone struct {
	Type, Desk       string
	Persistent       bool
	AutoAccept       bool
	AfterContactWork time.Duration
}

// SetPhone replaces the settings of all channels: "will always set the same ACW timeouts to all channels the user handles"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateUserPhoneConfig.html), which are those of their
// routing profile.
func (u *User) SetPhone(p Phone, handles []string) {
	u.PhoneType, u.DeskPhone, u.Persistent = p.Type, p.Desk, p.Persistent
	u.AutoAccept, u.AfterContactWork, u.Others = p.AutoAccept, p.AfterContactWork, nil
	for _, channel := range handles {
		if channel != TaskChannel {
			u.Set(map[string]Setting{channel: {AfterContactWork: &p.AfterContactWork}})
		}
	}
}

// Proficiency is how well a user knows a value of a predefined attribute, such as language, French, 4.
type Proficiency struct {
	Name  string  `json:"name"`
	Value string  `json:"value"`
	Level float64 `json:"level"` // 1 to 5
}

// of reports whether two proficiencies are of the same value of the same attribute.
func (p Proficiency) of(other Proficiency) bool {
	return p.Name == other.Name && p.Value == other.Value
}

// place is where some proficiency is in a list; -1: nowhere.
func (p Proficiency) place(list []Proficiency) int { return slices.IndexFunc(list, p.of) }

// AddProficiencies gives proficiencies to the user; one that they have gets the new level.
// It fails with [fault.Invalid] for one that is listed twice, and with [fault.Limit] when there would be more than most
// (0: any number).
func (u *User) AddProficiencies(added []Proficiency, most int) error {
	if err := noneTwice(added); err != nil {
		return err
	}
	has := slices.DeleteFunc(slices.Clone(u.Proficiencies), func(p Proficiency) bool { return p.place(added) >= 0 })
	has = append(has, added...)
	if most > 0 && len(has) > most {
		return fault.New(fault.Limit, "The user would have %d of at most %d proficiencies", len(has), most)
	}
	slices.SortFunc(has, func(a, b Proficiency) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	u.Proficiencies = has
	return nil
}

// UpdateProficiencies changes the levels of proficiencies that the user has.
// It fails with [fault.NotFound] for one that they do not have, and with [fault.Invalid] for one that is listed twice.
func (u *User) UpdateProficiencies(changed []Proficiency) error {
	if err := noneTwice(changed); err != nil {
		return err
	}
	has := slices.Clone(u.Proficiencies)
	for _, p := range changed {
		i := p.place(has)
		if i < 0 {
			return fault.New(fault.NotFound, "The user has no proficiency in %q of predefined attribute %s", p.Value, p.Name)
		}
		has[i] = p
	}
	u.Proficiencies = has
	return nil
}

// DropProficiencies takes proficiencies from the user, whatever their level; those that they do not have change
// nothing.
func (u *User) DropProficiencies(gone []Proficiency) {
	u.Proficiencies = slices.DeleteFunc(slices.Clone(u.Proficiencies), func(p Proficiency) bool { return p.place(gone) >= 0 })
}

func noneTwice(list []Proficiency) error {
	for i, p := range list {
		if p.place(list[:i]) >= 0 {
			return fault.New(fault.Invalid, "UserProficiencies has %q of predefined attribute %s more than once", p.Value, p.Name)
		}
	}
	return nil
}
