import { ACCOUNT, ACCOUNT_KEY } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { UNKNOWN } from "../given.examples";

export const examples: Examples = {
  compliant: [
    { because: "an account needs no key", type: ACCOUNT, props: { accountId: "order-sa" } },
    { because: "nor does one that is switched off", type: ACCOUNT, props: { accountId: "order-sa", disabled: true } },
    { because: "nor one whose name is computed", type: ACCOUNT, props: { accountId: UNKNOWN } },
  ],
  violating: [
    { because: "Google makes the key", type: ACCOUNT_KEY, props: { serviceAccountId: "order-sa" }, path: "" },
    {
      because: "somebody brings the key",
      type: ACCOUNT_KEY,
      props: { serviceAccountId: "order-sa", publicKeyData: "LS0t" },
      path: "",
    },
    { because: "whose key it is does not matter", type: ACCOUNT_KEY, props: { serviceAccountId: UNKNOWN }, path: "" },
    { because: "whatever is left out", type: ACCOUNT_KEY, props: {}, path: "" },
  ],
  unknown: [],
};
