package template

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
)

// FieldType is the type of a field (TaskTemplateFieldType).
type FieldType string

// The types whose value is a member of the task. A template has at most one field of each.
const (
	FieldName          FieldType = "NAME"
	FieldDescription   FieldType = "DESCRIPTION"
	FieldScheduledTime FieldType = "SCHEDULED_TIME" // epoch seconds
	FieldQuickConnect  FieldType = "QUICK_CONNECT"  // id of a quick connect: who gets the task
	FieldSelfAssign    FieldType = "SELF_ASSIGN"    // true or false
	FieldExpiry        FieldType = "EXPIRY_DURATION"
)

// The types whose value is a reference of the field's name.
const (
	FieldText         FieldType = "TEXT"
	FieldTextArea     FieldType = "TEXT_AREA"
	FieldBoolean      FieldType = "BOOLEAN"
	FieldSingleSelect FieldType = "SINGLE_SELECT"
	FieldNumber       FieldType = "NUMBER"
	FieldDateTime     FieldType = "DATE_TIME" // epoch seconds
	FieldURL          FieldType = "URL"
	FieldEmail        FieldType = "EMAIL"
)

// Bounds of values. Those of texts count characters
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateContactTaskTemplate.html,
// https://docs.aws.amazon.com/connect/latest/adminguide/task-templates.html).
const (
	maxName        = 1024
	maxDescription = 4096
	maxText        = 511
	maxTextArea    = 4095
	maxMinutes     = 90 * 24 * 60
	maxEpoch       = 253402300799 // the end of the year 9999; more are milliseconds by mistake
)

// kind is what there is to know of a type of field.
type kind struct {
	reference contact.ReferenceType              // as which its value travels; empty: a member of the task
	wrong     func(f Field, value string) string // what a value that is not empty must be and is not; or empty
}

var kinds = map[FieldType]kind{
	FieldName:          {wrong: atMost(maxName)},
	FieldDescription:   {wrong: atMost(maxDescription)},
	FieldScheduledTime: {wrong: epoch},
	FieldQuickConnect:  {wrong: func(Field, string) string { return "" }}, // the engine looks it up
	FieldSelfAssign:    {wrong: boolean},
	FieldExpiry:        {wrong: minutes},
	FieldText:          {contact.ReferenceString, atMost(maxText)},
	FieldTextArea:      {contact.ReferenceString, atMost(maxTextArea)},
	FieldBoolean:       {contact.ReferenceString, boolean},
	FieldSingleSelect:  {contact.ReferenceString, option},
	FieldNumber:        {contact.ReferenceNumber, number},
	FieldDateTime:      {contact.ReferenceDate, epoch},
	FieldURL:           {contact.ReferenceURL, link},
	FieldEmail:         {contact.ReferenceEmail, address},
}

// reference is the type of the reference that holds the field's value; empty: a member of the task holds it.
func (f Field) reference() contact.ReferenceType { return kinds[f.Type].reference }

// wrong tells what a value must be that it is not; empty: it is a value of the field's type.
func (f Field) wrong(value string) string {
	k, ok := kinds[f.Type]
	if !ok {
		return fmt.Sprintf("has type %q, which is none", f.Type)
	}
	return k.wrong(f, value)
}

func atMost(n int) func(Field, string) string {
	return func(_ Field, value string) string {
		if utf8.RuneCountInString(value) > n {
			return fmt.Sprintf("must have at most %d characters", n)
		}
		return ""
	}
}

func boolean(_ Field, value string) string {
	if value != "true" && value != "false" {
		return "must be true or false"
	}
	return ""
}

func option(f Field, value string) string {
	if !slices.Contains(f.Options, value) {
		return "must be one of: " + strings.Join(f.Options, ", ")
	}
	return ""
}

func minutes(_ Field, value string) string {
	if n, ok := digits(value); !ok || n < 1 || n > maxMinutes {
		return fmt.Sprintf("must be 1 to %d minutes", maxMinutes)
	}
	return ""
}

func epoch(_ Field, value string) string {
	if n, ok := digits(value); !ok || n > maxEpoch {
		return "must be a time in epoch seconds"
	}
	return ""
}

// digits reads a number that is written with digits only.
func digits(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && s[0] != '+' && s[0] != '-'
}

var decimal = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

func number(_ Field, value string) string {
	if !decimal.MatchString(value) {
		return "must be a decimal number"
	}
	return ""
}

func link(_ Field, value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
		return "must be a URL with a scheme"
	}
	return ""
}

func address(_ Field, value string) string {
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
		return "must be an e-mail address"
	}
	return ""
}
