package osia

import (
	"net/url"
	"strings"

	"oblik/models"
)

// id gives a path parameter, unescaped here and not by fiber: an escaped
// slash would otherwise lead to another operation.
func (c *call) id(name string) (string, error) {
	id, err := url.PathUnescape(strings.Clone(c.fiber.Params(name)))
	if err != nil {
		return "", &Fault{Code: codeInvalid, Detail: name + " has a broken escape"}
	}
	return id, nil
}

func (c *call) person() (models.PersonID, error) {
	text, err := c.id("personId")
	if err != nil {
		return "", err
	}
	id := models.PersonID(text)
	return id, id.Validate()
}

func (c *call) gallery() (models.GalleryID, error) {
	text, err := c.id("galleryId")
	if err != nil {
		return "", err
	}
	id := models.GalleryID(text)
	return id, id.Validate()
}

func (c *call) key() (models.EncounterKey, error) {
	person, err := c.person()
	if err != nil {
		return models.EncounterKey{}, err
	}
	text, err := c.id("encounterId")
	if err != nil {
		return models.EncounterKey{}, err
	}
	key := models.EncounterKey{Person: person, Encounter: models.EncounterID(text)}
	return key, key.Validate()
}
