import * as assert from "node:assert/strict";
import { BlockList } from "node:net";
import * as fc from "fast-check";
import { formatRange, isWithin, overlaps, parseRange, type Range, sizeOf } from "../../google/ranges";

/** Node's own arithmetic, which shares nothing with ours. */
function listOf(text: string): BlockList {
  const [address = "", prefix] = text.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), "ipv4");
  return list;
}

const addressOf = (value: number) => formatRange(value, 32).replace("/32", "");
const ends = ({ base, prefix }: Range) => [addressOf(base), addressOf(base + sizeOf(prefix) - 1)];
/** Around one place, so that many of them meet. */
const near = fc
  .tuple(fc.constantFrom(10, 172, 192, 255), fc.nat(3), fc.nat(3), fc.nat(255), fc.nat(32))
  .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`);
const text = fc.oneof(
  near,
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
);
const parsed = (one: string): Range => {
  const range = parseRange(one);
  assert.ok(range, one);
  return range;
};

describe("an IPv4 range", () => {
  it("holds the addresses that Node's block list says, and no other", () => {
    fc.assert(
      fc.property(text, fc.ipV4(), (written, address) => {
        const list = listOf(written);
        const range = parsed(written);
        for (const end of ends(range)) assert.ok(list.check(end), `${end} of ${written}`);
        const before = range.base - 1;
        const after = range.base + sizeOf(range.prefix);
        if (before >= 0) assert.equal(list.check(addressOf(before)), false);
        if (after < 2 ** 32) assert.equal(list.check(addressOf(after)), false);
        assert.equal(isWithin(parsed(`${address}/32`), range), list.check(address));
      }),
    );
  });

  it("is within another, and overlaps it, where Node's block list says so of their ends", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [a, b] = [parsed(one), parsed(other)];
        const inOther = ends(a).every((end) => listOf(other).check(end));
        const meets = ends(a).some((end) => listOf(other).check(end)) || ends(b).some((end) => listOf(one).check(end));
        assert.equal(isWithin(a, b), inOther);
        assert.equal(overlaps(a, b), meets);
        assert.equal(overlaps(b, a), meets);
      }),
    );
  });

  it("is written as it was read", () => {
    fc.assert(
      fc.property(text, (written) => {
        const { address, prefix } = parsed(written);
        assert.equal(formatRange(address, prefix), written);
      }),
    );
  });

  for (const wrong of ["10.0.0.0", "10.0.0/8", "256.0.0.0/8", "10.0.0.0/33", "10.0.0.0/", "a.b.c.d/8", " 10.0.0.0/8"]) {
    it(`is not "${wrong}"`, () => assert.equal(parseRange(wrong), undefined));
  }
});
