/**
 * What the page does, as the browser gets it. Text enters the page as text only. Screen readers hear an answer once, when
 * it is whole: word by word they would interrupt themselves. The keyboard stays in the field throughout.
 */
export const SCRIPT = String.raw`"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const [form, field, list, problem, spoken, send, stop] =
    ["form", "message", "messages", "problem", "announcement", "send", "stop"].map(byId);
  const history = [];
  let running;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const message = field.value.trim();
    if (message !== "" && !running) ask(message);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") running?.abort();
  });
  stop.addEventListener("click", () => running?.abort());
  const draft = sessionStorage.getItem("draft");
  sessionStorage.removeItem("draft");
  if (draft === null) sessionStorage.removeItem("visited");
  else ask(draft);

  async function ask(message) {
    running = new AbortController();
    const { signal } = running;
    field.value = "";
    busy(true);
    say("Sent. Waiting for the answer.");
    const mine = entry("You", message, "mine");
    const answer = entry("Answer", "", "theirs");
    answer.item.setAttribute("aria-busy", "true");
    try {
      const response = await fetch("/chat", {
        method: "POST",
        headers: { "content-type": "application/json", "x-requested-with": "XMLHttpRequest" },
        body: JSON.stringify({ message, history }),
        signal,
      });
      if (response.status === 401 && response.headers.has("x-goog-iap-generated-response") && visit(message)) return;
      if (!response.ok) throw new Error(await reason(response));
      sessionStorage.removeItem("visited");
      const whole = await read(response.body, (text) => {
        answer.text.append(text);
        answer.item.scrollIntoView({ block: "nearest" });
      });
      if (!whole) throw new Error("The answer broke off. Send the message again.");
      history.push({ role: "user", text: message }, { role: "assistant", text: answer.text.textContent });
      history.splice(0, Math.max(0, history.length - 100));
      say("Answer: " + answer.text.textContent);
    } catch (error) {
      if (signal.aborted) say("Stopped.");
      else {
        fail(error instanceof TypeError ? "The service cannot be reached." : error.message);
        field.value ||= message;
        if (answer.text.textContent === "") mine.item.remove();
      }
      if (answer.text.textContent === "") answer.item.remove();
    } finally {
      answer.item.removeAttribute("aria-busy");
      running = undefined;
      busy(false);
      field.focus();
    }
  }

  // Identity-Aware Proxy has a session for each backend, and begins one where a person goes. /chat sends back here.
  function visit(message) {
    if (sessionStorage.getItem("visited") !== null) return false;
    sessionStorage.setItem("visited", "");
    sessionStorage.setItem("draft", message);
    location.assign("/chat");
    return true;
  }

  async function read(body, onText) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (waiting + part.value).split("\n\n");
      waiting = events.pop();
      for (const event of events) {
        if (/^event: done$/m.test(event)) return true;
        const data = /^data: (.*)$/m.exec(event);
        if (data) onText(JSON.parse(data[1]).text);
      }
    }
    return false;
  }

  async function reason(response) {
    if (response.status === 401) return "Your session has ended. Reload the page to sign in again.";
    const body = await response.json().catch(() => undefined);
    return body?.error?.message ?? "The service answered " + response.status + ".";
  }

  function entry(who, words, kind) {
    const item = document.createElement("li");
    const name = document.createElement("strong");
    const text = document.createElement("span");
    item.className = kind;
    name.textContent = who;
    text.textContent = words;
    item.append(name, text);
    list.append(item);
    item.scrollIntoView({ block: "nearest" });
    return { item, text };
  }

  function busy(is) {
    send.disabled = is;
    if (!is && document.activeElement === stop) field.focus();
    stop.hidden = !is;
  }

  function say(text) {
    problem.textContent = "";
    field.removeAttribute("aria-invalid");
    spoken.textContent = text;
  }

  function fail(text) {
    say(text);
    problem.textContent = text;
    field.setAttribute("aria-invalid", "true");
  }
})();
`;
