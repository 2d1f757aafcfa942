package osia

import (
	"context"

	"oblik/api"
	"oblik/models"
)

func verifyFromID(c *call) (work, error) {
	gallery, err := c.gallery()
	if err != nil {
		return nil, err
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	probes, err := decodeBody(c, (*reader).verifyFromIDRequest)
	if err != nil {
		return nil, err
	}
	if err := c.service.CheckVerify(c.by, gallery, c.threshold, probes); err != nil {
		return nil, err
	}
	c.holds.Person = person
	service, by, threshold, scores := c.service, c.by, c.threshold, c.scores
	return func(ctx context.Context) (answer, error) {
		d, err := service.Verify(ctx, by, person, gallery, probes, threshold)
		return verifyResultOf(d, scores, err)
	}, nil
}

func verifyFromBio(c *call) (work, error) {
	q, err := decodeBody(c, (*reader).verifyFromBioRequest)
	if err != nil {
		return nil, err
	}
	if err := c.service.CheckVerify(c.by, "", c.threshold, q.first, q.second); err != nil {
		return nil, err
	}
	service, by, threshold, scores := c.service, c.by, c.threshold, c.scores
	return func(ctx context.Context) (answer, error) {
		d, err := service.VerifyImages(ctx, by, q.first, q.second, threshold)
		return verifyResultOf(d, scores, err)
	}, nil
}

func identify(c *call) (work, error) {
	gallery, err := c.gallery()
	if err != nil {
		return nil, err
	}
	q, err := decodeBody(c, (*reader).identifyRequest)
	if err != nil {
		return nil, err
	}
	o := c.options(q.filter)
	if err := c.service.CheckIdentify(c.by, gallery, o); err != nil {
		return nil, err
	}
	if err := c.service.CheckProbes(q.probes); err != nil {
		return nil, err
	}
	return c.search(func(ctx context.Context, s *api.Service, by api.Caller) (api.Identified, error) {
		return s.Identify(ctx, by, gallery, q.probes, o)
	}), nil
}

func identifyFromID(c *call) (work, error) {
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	return c.identifyStored(models.EncounterKey{Person: person})
}

func identifyFromEncounter(c *call) (work, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	return c.identifyStored(key)
}

// identifyStored searches with what is on record under key; an empty encounter
// stands for all of the person's. The body, a filter, may be left out.
func (c *call) identifyStored(key models.EncounterKey) (work, error) {
	gallery, err := c.gallery()
	if err != nil {
		return nil, err
	}
	filter := api.Filter{}
	if len(c.body) > 0 {
		if filter, err = decodeBody(c, (*reader).filter); err != nil {
			return nil, err
		}
	}
	o := c.options(filter)
	if err := c.service.CheckIdentify(c.by, gallery, o); err != nil {
		return nil, err
	}
	c.holds = key // whom they resemble says something about them
	return c.search(func(ctx context.Context, s *api.Service, by api.Caller) (api.Identified, error) {
		return s.IdentifyStored(ctx, by, gallery, key, o)
	}), nil
}

func (c *call) options(f api.Filter) api.IdentifyOptions {
	return api.IdentifyOptions{Threshold: c.threshold, Max: c.candidates, Filter: f}
}

// search is the work of every identification.
func (c *call) search(f func(context.Context, *api.Service, api.Caller) (api.Identified, error)) work {
	service, by, scores := c.service, c.by, c.scores
	return func(ctx context.Context) (answer, error) {
		found, err := f(ctx, service, by)
		return candidatesOf(found, scores, err)
	}
}

func readGalleries(c *call) (work, error) {
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		all, err := service.ListGalleries(ctx, by)
		if err != nil {
			return answer{}, err
		}
		return marshal(all)
	}, nil
}

func readGalleryContent(c *call) (work, error) {
	gallery, err := c.gallery()
	if err != nil {
		return nil, err
	}
	service, by, page, csv := c.service, c.by, c.page, c.csv
	return func(ctx context.Context) (answer, error) {
		keys, err := service.GalleryContent(ctx, by, gallery, page.offset, page.limit)
		switch {
		case err != nil:
			return answer{}, err
		case csv:
			return csvOf(keys)
		}
		return personIDsOf(keys)
	}, nil
}
