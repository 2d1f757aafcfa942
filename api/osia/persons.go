package osia

import (
	"context"

	"oblik/api"
	"oblik/models"
)

func createNoIDs(c *call) (work, error) { return enroll(c, models.EncounterKey{}) }

func createNoID(c *call) (work, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	return enroll(c, models.EncounterKey{Person: person})
}

func create(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	return enroll(c, key)
}

// enroll stores the body under key; an empty id is made up by the service.
func enroll(c *call, key models.EncounterKey) (work, error) {
	e, err := c.encounterOf(key)
	if err != nil {
		return nil, err
	}
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		done, err := service.Enroll(ctx, by, e)
		return idsOf(done, e.Samples, err)
	}, nil
}

// update replaces a record by the body, its photographs too.
func update(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	e, err := c.encounterOf(key)
	if err != nil {
		return nil, err
	}
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		done, err := service.Update(ctx, by, e)
		return idsOf(done, e.Samples, err)
	}, nil
}

// encounterOf is the body as a new record of this key, checked.
func (c *call) encounterOf(key models.EncounterKey) (models.Encounter, error) {
	body, err := decodeBody(c, (*reader).encounter)
	if err != nil {
		return models.Encounter{}, err
	}
	if body.idGiven && key.Encounter != "" && body.id != key.Encounter {
		return models.Encounter{}, &Fault{Code: codeInvalid, Detail: "the body's encounterId is not the path's"}
	}
	body.Key, c.holds = key, key
	return body.Encounter, c.service.CheckEncounter(c.by, body.Encounter)
}

func read(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	c.holds = key
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		e, err := service.Read(ctx, by, key)
		if err != nil {
			return answer{}, err
		}
		body, err := appendEncounter(nil, e)
		return answer{body: body}, err
	}, nil
}

func readAll(c *call) (work, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	c.holds.Person = person
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		all, err := service.ReadAll(ctx, by, person)
		if err != nil {
			return answer{}, err
		}
		body, err := appendEncounters(nil, all)
		return answer{body: body}, err
	}, nil
}

// appendEncounters takes the images out of all as it goes, so that they are in
// memory once.
func appendEncounters(dst []byte, all []models.Encounter) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, e := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendEncounter(dst, e); err != nil {
			return nil, err
		}
		all[i].Samples = nil
	}
	return append(dst, ']'), nil
}

func readTemplates(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	c.holds = key
	service, by, wanted := c.service, c.by, c.wanted
	return func(ctx context.Context) (answer, error) {
		all, err := service.ReadTemplates(ctx, by, key)
		if err != nil {
			return answer{}, err
		}
		return computedOf(all, wanted)
	}, nil
}

func erase(c *call) (work, error) {
	key, err := c.key()
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return service.Erase(ctx, by, key) }), err
}

func erasePerson(c *call) (work, error) {
	person, err := c.person()
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return service.ErasePerson(ctx, by, person) }), err
}

func merge(c *call) (work, error) {
	target, source, err := c.two()
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return service.Merge(ctx, by, target, source) }), err
}

func move(c *call) (work, error) {
	target, source, err := c.two()
	if err != nil {
		return nil, err
	}
	encounter, err := c.encounterID()
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return service.Move(ctx, by, target, source, encounter) }), err
}

// setStatus takes the new status from the query.
func setStatus(c *call) (work, error) {
	key, err := c.key()
	if err == nil && c.status == "" {
		err = badQuery("status is required")
	}
	service, by, status := c.service, c.by, c.status
	return silent(func(ctx context.Context) error { return service.SetStatus(ctx, by, key, status) }), err
}

func setGalleries(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	galleries, err := decodeBody(c, (*reader).galleries)
	if err != nil {
		return nil, err
	}
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return service.SetGalleries(ctx, by, key, galleries) }),
		api.CheckGalleries(by, galleries)
}

// silent is work that is answered without a body.
func silent(f func(context.Context) error) work {
	return func(ctx context.Context) (answer, error) { return answer{}, f(ctx) }
}
