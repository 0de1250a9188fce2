/** The words for a file or folder that cannot be written: which one, why, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "there is no room left on its disk; make room",
  EDQUOT: "your share of its disk is used up; make room",
  EFBIG: "a file may not grow so large; raise that limit, or name another folder",
  EROFS: "its disk is read-only; name another folder",
  EACCES: "you may not write there; name another folder, or have it made yours",
  EPERM: "you may not write there; name another folder, or have it made yours",
  ENOTDIR: "a file stands where a folder is needed; name another folder",
  EEXIST: "a file stands where a folder is needed; name another folder",
  EISDIR: "a folder stands where a file is needed; name another folder",
  ENOENT: "its folder is gone; run this again",
};

/** An error for people, shown without its stack. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly code: string | undefined;

  /** @param reason why, and what to do. @default in the words for the cause's code */
  constructor(file: string, cause: unknown, reason?: string) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const known = reason ?? (code && REASONS[code]);
    super(`cannot write "${file}": ${known ?? message}${known && code ? ` (${code})` : ""}`);
    this.code = code;
  }

  /** Does it, and tells what the file system says against it in words. */
  static guard<T>(file: string, write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw FileError.of(file, error);
    }
  }

  /** The error itself where it is one already. */
  static of(file: string, error: unknown): FileError {
    return error instanceof FileError ? error : new FileError(file, error);
  }
}
