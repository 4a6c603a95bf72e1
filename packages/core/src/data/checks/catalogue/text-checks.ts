import { quoteText } from '@tidegate/runtime';
import { numberAt, textAt, textsAt, valuesAt } from '../../contract/check-arguments.ts';
import { matches } from '../matches.ts';
import { type ColumnBuilder, does, doesNot, listed, ofValues } from './built.ts';
import { rangeInWords, rangeSql } from './range.ts';

/** Everything that Unicode calls a space, and what RE2 does. */
const space = '[\\s\\p{Z}]';
const oneOf = (parts: readonly string[]): string => `(${parts.join(' OR ')})`;

/** Four groups of hexadecimal digits … eight of them, with one run of zeros left out (RFC 4291, section 2.2); no zone, no embedded IPv4. */
const ipv6 =
  '^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))$';
const ipv4 = '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}$';
const base64 = '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

function shaped(says: string, pattern: string): ColumnBuilder {
  return (target) => ofValues(target, { says, bad: `NOT ${matches(target.sql, pattern)}` });
}

/** Checks of texts, one value at a time. */
export const textChecks = {
  notBlank: (target) =>
    ofValues(target, { says: 'is more than spaces', bad: matches(target.sql, `^${space}*$`), dimension: 'completeness' }),
  trimmed: (target) =>
    ofValues(target, { says: 'begins and ends with no space', bad: matches(target.sql, `^${space}|${space}$`), words: does }),
  lengthBetween: (target, { given }) => {
    const range = { min: numberAt(given, 'min'), max: numberAt(given, 'max') };
    return ofValues(target, {
      says: `has ${rangeInWords(range)} characters`,
      bad: rangeSql(`length(${target.sql})`, range),
      words: doesNot,
    });
  },
  wordsBetween: (target, { given }) => {
    const range = { min: numberAt(given, 'min'), max: numberAt(given, 'max') };
    const words = `len(regexp_extract_all(${target.sql}, ${quoteText('[^\\s\\p{Z}]+')}))`;
    return ofValues(target, { says: `has ${rangeInWords(range)} words`, bad: rangeSql(words, range), words: doesNot });
  },
  matchesAny: (target, { given }) => {
    const patterns = textsAt(given, 'patterns');
    return ofValues(target, {
      says: `matches one of ${listed(patterns)}`,
      bad: `NOT ${oneOf(patterns.map((one) => matches(target.sql, one)))}`,
      words: doesNot,
    });
  },
  doesNotMatch: (target, { given }) =>
    ofValues(target, {
      says: `does not match ${textAt(given, 'pattern')}`,
      bad: matches(target.sql, textAt(given, 'pattern')),
      words: does,
    }),
  startsWith: (target, { given }) => {
    const texts = textsAt(given, 'texts');
    return ofValues(target, {
      says: `starts with ${listed(texts)}`,
      bad: `NOT ${oneOf(texts.map((one) => `starts_with(${target.sql}, ${quoteText(one)})`))}`,
      words: doesNot,
    });
  },
  endsWith: (target, { given }) => {
    const texts = textsAt(given, 'texts');
    return ofValues(target, {
      says: `ends with ${listed(texts)}`,
      bad: `NOT ${oneOf(texts.map((one) => `ends_with(${target.sql}, ${quoteText(one)})`))}`,
      words: doesNot,
    });
  },
  contains: (target, { given }) => {
    const texts = textsAt(given, 'texts');
    return ofValues(target, {
      says: `contains ${listed(texts)}`,
      bad: `NOT ${oneOf(texts.map((one) => `contains(${target.sql}, ${quoteText(one)})`))}`,
      words: doesNot,
    });
  },
  doesNotContain: (target, { given }) => {
    const texts = textsAt(given, 'texts');
    return ofValues(target, {
      says: `does not contain ${listed(texts)}`,
      bad: oneOf(texts.map((one) => `contains(${target.sql}, ${quoteText(one)})`)),
      words: does,
    });
  },
  upperCase: (target) => ofValues(target, { says: 'is in upper case', bad: `${target.sql} <> upper(${target.sql})` }),
  lowerCase: (target) => ofValues(target, { says: 'is in lower case', bad: `${target.sql} <> lower(${target.sql})` }),
  ascii: shaped('is ASCII', '^[\\x00-\\x7F]*$'),
  noControlCharacters: (target) =>
    ofValues(target, {
      says: 'has no control characters',
      bad: matches(target.sql, '\\p{Cc}'),
      words: { one: 'has', many: 'have', instance: true },
    }),
  isNumber: (target) => ofValues(target, { says: 'reads as a number', bad: `try_cast(${target.sql} AS DOUBLE) IS NULL`, words: doesNot }),
  isWholeNumber: shaped('reads as a whole number', '^[+-]?[0-9]+$'),
  isDate: (target, { given }) => {
    const format = textAt(given, 'format') || '%Y-%m-%d';
    return ofValues(target, {
      says: `reads as a date (${format})`,
      bad: `try_strptime(${target.sql}, ${quoteText(format)}) IS NULL`,
      words: doesNot,
    });
  },
  isJson: (target) => ofValues(target, { says: 'is JSON', bad: `NOT json_valid(${target.sql})` }),
  isIpAddress: (target) =>
    ofValues(target, { says: 'is an IP address', bad: `NOT ${oneOf([matches(target.sql, ipv4), matches(target.sql, ipv6)])}` }),
  isHex: shaped('is hexadecimal', '^[0-9a-fA-F]+$'),
  isBase64: shaped('is Base64', base64),
  inSetIgnoringCase: (target, { given }) => {
    const values = valuesAt(given, 'values').map(String);
    return ofValues(target, {
      says: `is one of ${listed(values)} in any case`,
      bad: `lower(${target.sql}) NOT IN (${values.map((one) => `lower(${quoteText(one)})`).join(', ')})`,
    });
  },
} as const satisfies { readonly [name: string]: ColumnBuilder };
