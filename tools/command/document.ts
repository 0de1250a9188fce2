/** What a command with `--json` prints on standard output: one document, whole, whatever becomes of the command. */
export class JsonDocument {
  /** Whether it was asked for. */
  readonly isWanted: boolean;
  #content: object = {};
  #isPrinted = false;

  constructor(args: readonly string[] = process.argv) {
    this.isWanted = args.includes("--json");
  }

  /** What is known so far; it is in the document although the command fails later. */
  add(content: object): void {
    this.#content = { ...this.#content, ...content };
  }

  /** Prints the document with this added, once. */
  print(content: object = {}): void {
    if (this.#isPrinted || !this.isWanted) return;
    this.#isPrinted = true;
    this.add(content);
    process.stdout.write(`${JSON.stringify(this.#content, undefined, 2)}\n`);
  }
}
