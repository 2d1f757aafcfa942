package osia

import "github.com/gofiber/fiber/v2"

// live says that the process answers.
func (s *Server) live(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "live"}) }

// ready says that the index has been loaded, the database is there and faces can
// be extracted. Without the image store it is ready all the same, since it
// verifies and identifies, and says so.
func (s *Server) ready(c *fiber.Ctx) error {
	if s.gate.stopping() {
		render(c.Response(), &Fault{Code: codeNotReady, Detail: "it is being stopped"})
		return nil
	}
	err := s.config.Service.Ready()
	if err == nil && s.config.Alive != nil {
		err = s.config.Alive()
	}
	if err != nil {
		f := faultOf(err)
		render(c.Response(), &Fault{Code: codeNotReady, Detail: f.Detail})
		return nil
	}
	if err := s.config.Service.Impaired(); err != nil {
		return c.JSON(fiber.Map{"status": "impaired", "detail": faultOf(err).Detail})
	}
	return c.JSON(fiber.Map{"status": "ready"})
}
