package awsapi_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// contenders is how many clients change the same thing at the same moment. The client of the tests sends nothing twice.
const contenders = 80

// Of many changes to one task at the same moment none is lost, and none is refused.
func TestAttributesThatManySetAtOnce(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*server.Config){
		"sqlite":   func(*server.Config) {},
		"postgres": func(c *server.Config) { c.Database = pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := servertest.New(t, change)
			task := s.StartTask("Call back")
			s.SetStatus(s.Agent.UserID, "Available")
			var wg sync.WaitGroup
			for i := range contenders {
				wg.Go(func() {
					_, err := s.Client().UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{
						InstanceId: &s.InstanceID, InitialContactId: &task,
						Attributes: map[string]string{fmt.Sprint("key", i): "x"},
					})
					if err != nil {
						t.Errorf("attribute %d: %v", i, err)
					}
				})
				if i%8 == 0 { // the same contact, by another way
					wg.Go(func() {
						name := fmt.Sprint("name ", i)
						_, err := s.Client().UpdateContact(t.Context(), &connect.UpdateContactInput{
							InstanceId: &s.InstanceID, ContactId: &task, Name: &name,
						})
						if err != nil {
							t.Errorf("name %d: %v", i, err)
						}
					})
				}
			}
			wg.Wait()
			out, err := s.Client().GetContactAttributes(t.Context(), &connect.GetContactAttributesInput{
				InstanceId: &s.InstanceID, InitialContactId: &task,
			})
			if err != nil || len(out.Attributes) != contenders {
				t.Errorf("%d attributes are there, want %d: %v", len(out.Attributes), contenders, err)
			}
		})
	}
}

// So it is with configuration.
func TestQueueThatManyChangeAtOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	var wg sync.WaitGroup
	for i := range contenders {
		wg.Go(func() {
			most := int32(i + 1)
			_, err := s.Client().UpdateQueueMaxContacts(t.Context(), &connect.UpdateQueueMaxContactsInput{
				InstanceId: &s.InstanceID, QueueId: &s.QueueID, MaxContacts: &most,
			})
			if err != nil {
				t.Errorf("change %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}
