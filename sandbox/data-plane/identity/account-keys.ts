/**
 * The keys that Google manages for service accounts: nobody holds them, and IAM signs with them for whoever may have it
 * sign. Source: https://cloud.google.com/iam/docs/service-account-creds#google-managed-keys
 */
import { makeSigningKey, type SigningKey } from "./signing-key";

export class AccountKeys {
  readonly #keys = new Map<string, Promise<SigningKey>>();

  /** The key of the account with this unique id; made when it is first asked for, as that takes a tenth of a second. */
  of(uniqueId: string): Promise<SigningKey> {
    let key = this.#keys.get(uniqueId);
    if (!key) {
      key = makeSigningKey();
      this.#keys.set(uniqueId, key);
    }
    return key;
  }
}
