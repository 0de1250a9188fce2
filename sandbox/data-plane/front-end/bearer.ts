/** The token of a header with the scheme Bearer, in any case (RFC 9110, 11.1). Other schemes are the container's business. */
export function bearer(value: string | string[] | undefined): string | undefined {
  return /^Bearer +(\S.*?) *$/i.exec([value ?? ""].flat()[0] ?? "")?.[1];
}
