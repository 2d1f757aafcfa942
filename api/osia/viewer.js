// The token that is typed in stays in this page's memory, and nothing is asked
// of any other host.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#viewer",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
});
