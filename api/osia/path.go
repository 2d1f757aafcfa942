package osia

import (
	"net/url"

	"oblik/models"
)

// id is a path parameter, unescaped; its owner validates it.
func (c *call) id(name string) (string, error) {
	id, err := url.PathUnescape(c.params[name])
	if err != nil {
		return "", &Fault{Code: codeInvalid, Detail: name + " has a broken escape"}
	}
	return id, nil
}

// person is the path's person of this name, validated.
func (c *call) personAs(name string) (models.PersonID, error) {
	text, err := c.id(name)
	if err != nil {
		return "", err
	}
	id := models.PersonID(text)
	return id, id.Validate()
}

func (c *call) person() (models.PersonID, error) { return c.personAs("personId") }

// two are target and source, where one person's encounters become another's.
func (c *call) two() (target, source models.PersonID, err error) {
	if target, err = c.personAs("personIdTarget"); err != nil {
		return "", "", err
	}
	source, err = c.personAs("personIdSource")
	return target, source, err
}

func (c *call) encounterID() (models.EncounterID, error) {
	text, err := c.id("encounterId")
	if err != nil {
		return "", err
	}
	id := models.EncounterID(text)
	return id, id.Validate()
}

// gallery is the path's, validated.
func (c *call) gallery() (models.GalleryID, error) {
	text, err := c.id("galleryId")
	if err != nil {
		return "", err
	}
	id := models.GalleryID(text)
	return id, id.Validate()
}

// key is the path's person and encounter, both validated.
func (c *call) key() (key models.EncounterKey, err error) {
	if key.Person, err = c.person(); err != nil {
		return key, err
	}
	key.Encounter, err = c.encounterID()
	return key, err
}
