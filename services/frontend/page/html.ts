/** The page: one form, one list of messages, and a line that screen readers read out. */
export const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Chat</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/page.css">
    <script src="/page.js" defer></script>
  </head>
  <body>
    <header>
      <h1>Chat</h1>
      <p>Fixed answers, no language model: they show a stream that arrives word by word.</p>
    </header>
    <main>
      <ol id="messages" aria-label="Conversation"></ol>
      <p id="announcement" class="spoken" aria-live="polite"></p>
      <form id="form">
        <label for="message">Your message</label>
        <textarea id="message" rows="2" maxlength="4000" required autofocus aria-describedby="keys problem"></textarea>
        <p id="problem"></p>
        <p id="keys">Enter sends, Shift and Enter begin a new line, Escape stops an answer.</p>
        <button id="send" type="submit">Send</button>
        <button id="stop" type="button" hidden>Stop</button>
      </form>
      <noscript><p>This page needs JavaScript.</p></noscript>
    </main>
  </body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#1a5fb4" d="M2 2h12v9H8l-4 3v-3H2z"/></svg>
`;
