package engine

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
)

// Prompt is an audio file that flows play to callers. Tasks have no use for it: of a prompt there is what the API tells,
// but not the sound.
type Prompt struct {
	Tags map[string]string `json:"tags,omitempty"`
}

// stockPrompts are the names of the prompts that every instance of Amazon Connect has from the start. Programs look them
// up by name, as their ids differ from instance to instance.
var stockPrompts = []string{
	"Beep.wav", "CustomerHold.wav", "CustomerQueue.wav", "Music_Jazz_MyTimetoFly_Inst.wav",
	"Music_Pop_ThisAndThatIsLife_Inst.wav", "Music_Pop_ThrowYourselfInFrontOfIt_Inst.wav",
	"Music_Rock_EverywhereTheSunShines_Inst.wav",
}

// stock puts what every instance has without a row of its own into the catalog: the prompts. Their ids follow from that of
// the instance. One that has got tags has a row with the same id, which takes the place of the one made here.
func (t *tenant) stock() error {
	for _, name := range stockPrompts {
		id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(t.ID+"/"+string(arn.Prompt)+"/"+name)).String()
		r := Resource{Kind: arn.Prompt, ID: id, Name: name, Modified: t.Created, Body: []byte("{}")}
		if err := t.catalog.put(r); err != nil {
			return fmt.Errorf("make the prompts of instance %s: %w", t.ID, err)
		}
	}
	return nil
}

// Prompt finds a prompt. It fails with [fault.NotFound].
func (e *Engine) Prompt(instance, idOrARN string) (Entry[Prompt], error) {
	return lookUp[Prompt](e, instance, arn.Prompt, idOrARN)
}

// Prompts returns all prompts, by name.
func (e *Engine) Prompts(instance string) ([]Entry[Prompt], error) {
	return listAll[Prompt](e, instance, arn.Prompt)
}
