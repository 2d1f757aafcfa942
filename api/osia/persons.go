package osia

import "oblik/models"

func createNoIDs(c *call) (answer, error) { return enroll(c, models.EncounterKey{}) }

func createNoID(c *call) (answer, error) {
	person, err := c.person()
	if err != nil {
		return answer{}, err
	}
	return enroll(c, models.EncounterKey{Person: person})
}

func create(c *call) (answer, error) {
	key, err := c.key()
	if err != nil {
		return answer{}, err
	}
	return enroll(c, key)
}

// enroll stores the body under key; an empty id is made up by the service.
func enroll(c *call, key models.EncounterKey) (answer, error) {
	body, err := decodeBody(c, (*reader).encounter)
	if err != nil {
		return answer{}, err
	}
	if body.idGiven && key.Encounter != "" && body.id != key.Encounter {
		return answer{}, &Fault{Code: codeInvalid, Detail: "the body's encounterId is not the path's"}
	}
	body.Key = key
	done, err := c.service.Enroll(c, c.by, body.Encounter)
	if err != nil {
		return answer{}, err
	}
	return marshal(idsOf(done, body.Samples))
}

func read(c *call) (answer, error) {
	key, err := c.key()
	if err != nil {
		return answer{}, err
	}
	e, err := c.service.Read(c, key)
	if err != nil {
		return answer{}, err
	}
	body, err := appendEncounter(nil, e)
	return answer{body}, err
}

func readAll(c *call) (answer, error) {
	person, err := c.person()
	if err != nil {
		return answer{}, err
	}
	all, err := c.service.ReadAll(c, person)
	if err != nil {
		return answer{}, err
	}
	body := []byte("[")
	for i, e := range all {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = appendEncounter(body, e); err != nil {
			return answer{}, err
		}
		all[i].Samples = nil // the images are in the body now
	}
	return answer{append(body, ']')}, nil
}

func erase(c *call) (answer, error) {
	key, err := c.key()
	if err != nil {
		return answer{}, err
	}
	return answer{}, c.service.Erase(c, c.by, key)
}

func erasePerson(c *call) (answer, error) {
	person, err := c.person()
	if err != nil {
		return answer{}, err
	}
	return answer{}, c.service.ErasePerson(c, c.by, person)
}
