import type { AttributeValue } from 'aws-lambda';
import { pick, type Random, wholeNumber } from './random.ts';

/** `small`: about 660 bytes of JSON per record. `large`: about 1.9 kB, nested. */
export type Profile = 'small' | 'large';

export const PROFILES: readonly Profile[] = ['small', 'large'];

/** An item in the form in which a stream carries it. */
export type Image = Record<string, AttributeValue>;

/** The attributes of an unmarshalled item that handlers and checks read. */
export interface BenchItem {
  customerId: string;
  invoiceId: string;
  status: string;
  /** Counts the changes of the item, so that a checksum shows who read which image. */
  version: number;
}

const STATUSES = ['DRAFT', 'OPEN', 'PAID', 'OVERDUE'] as const;
const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
const CITIES = ['Rotterdam', 'Lisbon', 'Ghent', 'Kraków', 'Malmö'] as const;
const TAGS = ['export', 'reverse-charge', 'recurring', 'priority', 'wholesale'] as const;
const PRODUCTS = ['Anchor bolt M12', 'Cable tray, 3 m', 'Junction box IP65', 'Heat pump filter'] as const;

/** The item key of the item with this number: five invoices per customer. */
export function keysOf(item: number): Image {
  return {
    customerId: { S: `C-${1000 + Math.floor(item / 5)}` },
    invoiceId: { S: `I-${1000 + item}` },
  };
}

/** The state of an item after `version` changes. */
export function imageOf(profile: Profile, random: Random, item: number, version: number): Image {
  const small: Image = {
    ...keysOf(item),
    status: { S: pick(random, STATUSES) },
    total: { N: amount(random) },
    version: { N: String(version) },
  };
  return profile === 'small' ? small : { ...small, ...details(random) };
}

function details(random: Random): Image {
  return {
    currency: { S: pick(random, CURRENCIES) },
    address: {
      M: {
        street: { S: `${wholeNumber(random, 1, 240)} Harbour Road` },
        city: { S: pick(random, CITIES) },
        geo: { M: { lat: { N: degrees(random) }, lon: { N: degrees(random) } } },
      },
    },
    lines: { L: Array.from({ length: 5 }, () => line(random)) },
    tags: { SS: [...new Set([pick(random, TAGS), pick(random, TAGS), pick(random, TAGS)])] },
    instalments: { NS: [String(wholeNumber(random, 1, 500)), String(wholeNumber(random, 501, 999))] },
    paid: { BOOL: random() < 0.5 },
    note: { NULL: true },
    dueAt: { N: String(wholeNumber(random, 1_767_225_600, 1_798_761_600)) },
  };
}

function line(random: Random): AttributeValue {
  return {
    M: {
      product: { S: pick(random, PRODUCTS) },
      quantity: { N: String(wholeNumber(random, 1, 40)) },
      price: { N: amount(random) },
    },
  };
}

function amount(random: Random): string {
  return String(wholeNumber(random, 100, 999_999) / 100);
}

function degrees(random: Random): string {
  return String(wholeNumber(random, -90_000, 90_000) / 1000);
}
