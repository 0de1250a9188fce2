import * as assert from "node:assert/strict";
import { newAsset } from "../../../services/asset-scanning/schema";
import { newCampaign } from "../../../services/marketing-immersion/schema";
import { newTicket } from "../../../services/service-desk/schema";
import { sent } from "../../../services/web-app/forms";

describe("what a form sends", () => {
  const problems = (schema: Parameters<typeof sent>[1], fields: Record<string, string>) =>
    sent(new URLSearchParams(fields), schema).problems?.map(({ path, message }) => `${path}: ${message}`);

  it("is refused where a database keeps no such text", () => {
    const ticket = { title: "a\0b", team: "\0t", priority: "low", body: "a\0" };
    assert.deepEqual(problems(newTicket, ticket), [
      "title: holds a character that is none of a text",
      "team: holds a character that is none of a text",
      "body: holds a character that is none of a text",
    ]);
    const asset = { code: "LT-1", name: "n", kind: "laptop", place: "p\0", team: "" };
    assert.deepEqual(problems(newAsset, asset), ["place: holds a character that is none of a text"]);
  });

  it("is refused where a day is none of a database's", () => {
    const campaign = { title: "t", brief: "b", team: "", starts_on: "0000-01-01" };
    assert.deepEqual(problems(newCampaign, campaign), ["starts_on: allowed: a date such as 2027-03-31"]);
    assert.equal(problems(newCampaign, { ...campaign, starts_on: "0001-01-01" }), undefined);
    assert.equal(problems(newCampaign, { ...campaign, starts_on: "9999-12-31" }), undefined);
  });
});
