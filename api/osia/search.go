package osia

import "oblik/api"

func verifyFromID(c *call) (answer, error) {
	gallery, err := c.gallery()
	if err != nil {
		return answer{}, err
	}
	person, err := c.person()
	if err != nil {
		return answer{}, err
	}
	probes, err := decodeBody(c, (*reader).verifyFromIDRequest)
	if err != nil {
		return answer{}, err
	}
	d, err := c.service.Verify(c, c.by, person, gallery, probes, c.threshold)
	if err != nil {
		return answer{}, err
	}
	return marshal(verifyResultOf(d))
}

func verifyFromBio(c *call) (answer, error) {
	q, err := decodeBody(c, (*reader).verifyFromBioRequest)
	if err != nil {
		return answer{}, err
	}
	d, err := c.service.VerifyImages(c, q.first, q.second, c.threshold)
	if err != nil {
		return answer{}, err
	}
	return marshal(verifyResultOf(d))
}

func identify(c *call) (answer, error) {
	gallery, err := c.gallery()
	if err != nil {
		return answer{}, err
	}
	q, err := decodeBody(c, (*reader).identifyRequest)
	if err != nil {
		return answer{}, err
	}
	found, err := c.service.Identify(c, c.by, gallery, q.probes, api.IdentifyOptions{
		Threshold: c.threshold, Max: c.candidates, Modalities: q.modalities,
	})
	if err != nil {
		return answer{}, err
	}
	return marshal(candidatesOf(found))
}

func readGalleries(c *call) (answer, error) {
	all, err := c.service.ListGalleries(c)
	if err != nil {
		return answer{}, err
	}
	return marshal(all)
}
