// One press is one payment: the pressed button says what is happening and takes no second press.
"use strict";

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.dataset.busy) return;
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
  for (const each of document.querySelectorAll("button")) each.disabled = true;
});

// A page brought back by «Atrás» must be usable again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const each of document.querySelectorAll("button")) {
    each.disabled = false;
    each.removeAttribute("aria-busy");
    if (each.dataset.idle) each.textContent = each.dataset.idle;
  }
});
