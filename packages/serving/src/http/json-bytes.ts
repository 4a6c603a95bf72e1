import type { IncomingHttpHeaders } from 'node:http';
import { failure } from '@tidegate/formats';

/** What Triton's containers on SageMaker take, where the header is stripped. */
const sagemaker = /^application\/vnd\.sagemaker-triton\.binary\+json\s*;\s*json-header-size\s*=\s*"?(\d+)"?\s*$/i;

/**
 * How many bytes of a body are JSON when binary tensors follow (Open Inference Protocol, "Binary Tensor Data Extension"); null when nothing is said.
 *
 * @param binary whether the path takes such a body @throws TG-SERVING-MEDIA
 */
export function jsonBytesOf(headers: IncomingHttpHeaders, binary: boolean): number | null {
  const said = headers['inference-header-content-length'] ?? sagemaker.exec(headers['content-type'] ?? '')?.[1];
  if (said === undefined) return null;
  if (!binary) throw refusal('binary tensors: this path takes JSON', 'Send them to "/v2/models/NAME/infer"');
  const bytes = typeof said === 'string' && /^\d{1,15}$/.test(said) ? Number(said) : null;
  if (bytes !== null) return bytes;
  throw refusal(
    `a body with ${JSON.stringify(String(said).slice(0, 40))} bytes of JSON`,
    'Send the number of bytes before the first tensor in "Inference-Header-Content-Length"',
  );
}

function refusal(found: string, hint: string): Error {
  return failure('TG-SERVING-MEDIA', `Cannot read ${found}`, hint);
}
