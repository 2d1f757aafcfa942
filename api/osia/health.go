package osia

import "github.com/gofiber/fiber/v2"

// live says that the process answers.
func (s *Server) live(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "live"}) }

// ready says that the index has been loaded and faces can be extracted.
func (s *Server) ready(c *fiber.Ctx) error {
	err := s.config.Service.Ready()
	if err == nil && s.config.Alive != nil {
		err = s.config.Alive()
	}
	if err != nil {
		f := faultOf(err)
		render(c.Response(), &Fault{Code: codeNotReady, Detail: f.Detail})
		return nil
	}
	return c.JSON(fiber.Map{"status": "ready"})
}
