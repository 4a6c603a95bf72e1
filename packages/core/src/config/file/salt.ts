import { shape } from '@tidegate/formats';

/** A text that is part of keys and means nothing; a number is taken as its text, for `salt: 2` is what people write. */
export function salt(description: string): shape.Shape<string> {
  const text = shape.text({ pattern: /\S/, wants: 'a text or a number' });
  const either = shape.either(text, shape.number(), (value) => (typeof value === 'number' ? 'second' : 'first'));
  return shape.described(shape.map(either, String), description);
}
