package wire

import "strings"

// ListRequest is what is read of the request of an operation whose list is empty (see [Operation.Empty]): what it names,
// and not how it filters.
type ListRequest struct {
	InstanceId *string `json:"InstanceId,omitzero"` //nolint:revive // as in the generated requests
	TargetArn  *string `json:"TargetArn,omitzero"`  // of an instance, in its place
	ContactId  *string `json:"-"`                   //nolint:revive // as in the generated requests
	NextToken  *string `json:"NextToken,omitzero"`
	// Labels are what the path names besides the instance, by the name of the label.
	Labels map[string]string `json:"-"`
}

func (l *ListRequest) bind(b *binder) {
	l.Labels = map[string]string{}
	for part := range strings.SplitSeq(b.r.Pattern, "/") {
		label, ok := strings.CutPrefix(part, "{")
		if !ok {
			continue
		}
		label = strings.TrimSuffix(label, "}")
		if value, there := b.label(label); there {
			l.Labels[label] = value
		}
	}
	if id, ok := l.Labels["InstanceId"]; ok {
		l.InstanceId = &id
		delete(l.Labels, "InstanceId")
	}
	bindQuery(b, "InstanceId", &l.InstanceId)
	bindQuery(b, "contactId", &l.ContactId)
	bindQuery(b, "NextToken", &l.NextToken)
	bindQuery(b, "nextToken", &l.NextToken)
}

func (l *ListRequest) check(*checker) {}
