// Runs before anything is drawn, so that what needs a script is not first shown without one.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
