/** Light and dark, one column, at least 4.5:1 of contrast; motion only for those who have not asked for less. */
export const STYLE = `:root {
  color-scheme: light dark;
  --back: #ffffff;
  --text: #1b1b1f;
  --quiet: #55555f;
  --line: #80808a;
  --mine: #dce9f9;
  --accent: #1a5fb4;
  --on-accent: #ffffff;
  --wrong: #a51d2d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #16161a;
    --text: #ececf1;
    --quiet: #b4b4c0;
    --line: #8a8a96;
    --mine: #22364f;
    --accent: #99c1f1;
    --on-accent: #16161a;
    --wrong: #ff9aa5;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0 auto;
  padding: 1rem;
  max-width: 44rem;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--back);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
main {
  flex: 1;
  display: flex;
  flex-direction: column;
}
h1 {
  margin: 0;
  font-size: 1.5rem;
}
header p,
#keys {
  margin: 0;
  color: var(--quiet);
}
#messages {
  flex: 1;
  margin: 1rem 0;
  padding: 0;
  list-style: none;
}
#messages li {
  margin: 0.5rem 0;
  padding: 0.5rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
#messages li.mine {
  margin-left: 3rem;
  background: var(--mine);
}
#messages li[aria-busy="true"]::after {
  content: "▍";
  animation: blink 1s step-end infinite;
}
#messages strong {
  display: block;
  color: var(--quiet);
  font-size: 0.875rem;
}
label {
  display: block;
  font-weight: 600;
}
textarea {
  width: 100%;
  padding: 0.5rem;
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  background: inherit;
  color: inherit;
  font: inherit;
}
button {
  margin-top: 0.5rem;
  padding: 0.5rem 1.25rem;
  border: 1px solid var(--accent);
  border-radius: 0.5rem;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
}
:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
#problem {
  margin: 0;
  color: var(--wrong);
}
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@keyframes blink {
  50% {
    opacity: 0;
  }
}
@media (prefers-reduced-motion: reduce) {
  #messages li[aria-busy="true"]::after {
    animation: none;
  }
}
`;
