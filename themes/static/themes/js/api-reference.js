// Draws the specification of the interface for programs with Swagger UI, which needs no inline script or style.
const target = document.querySelector("[data-specification]");

window.SwaggerUIBundle({
  url: target.dataset.specification,
  domNode: target,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
