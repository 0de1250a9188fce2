"use strict";
// A form that is sent after the session's end would be answered by the sign-in, and what was written would be lost. So the
// session is looked at first: Identity-Aware Proxy answers 401 to what says that it is no navigation.
(() => {
  const notice = document.getElementById("session");
  let checked = false;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || checked) return;
    event.preventDefault();
    const { submitter } = event;
    send(form, submitter);
  });

  async function send(form, submitter) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    try {
      if (await hasEnded()) {
        notice.hidden = false;
        notice.querySelector("a").focus();
        return;
      }
      notice.hidden = true;
      checked = true;
      form.requestSubmit(submitter);
    } finally {
      checked = false;
      form.removeAttribute("aria-busy");
    }
  }

  async function hasEnded() {
    try {
      const answer = await fetch(location.href, {
        method: "HEAD",
        headers: { "x-requested-with": "XMLHttpRequest" },
        redirect: "manual",
        cache: "no-store",
      });
      return answer.status === 401 || answer.type === "opaqueredirect";
    } catch {
      // The browser itself says what is wrong with the connection.
      return false;
    }
  }
})();
