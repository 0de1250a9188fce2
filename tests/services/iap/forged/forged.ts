import { assertion, type Claims, google } from "../support";

/**
 * An assertion that must not hold: what is wrong with it, its text, and why it is refused. It differs from one that holds in
 * one respect, and is signed by IAP's own key unless signing is what is wrong, so that no other check can be what refuses it.
 */
export type Forged = readonly [what: string, text: string, message: string];

export const NO_JWT = "it is no JWT";
export const AUDIENCE_OF_OTHERS = "it is meant for another audience";
export const EXPIRED = "it has expired";

/** The parts of an assertion that holds. */
export const [HEAD, PAYLOAD, SIGNATURE] = assertion().split(".") as [string, string, string];

export function claims(changed: Claims): string {
  return assertion({ ...google, ...changed });
}

/** Claims as JSON with something that `JSON.stringify` cannot write. */
export function raw(json: string): string {
  return assertion(`${JSON.stringify(google).slice(0, -1)},${json}}`);
}
