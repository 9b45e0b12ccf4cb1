// Only shows: no requests are made from here, so that no key is ever typed into a browser.
SwaggerUIBundle({
  url: "docs/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  showExtensions: true,
});
