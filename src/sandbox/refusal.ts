/** Fields of a document that the service sends. */
export interface Fields {
  readonly [name: string]: string | number | Fields;
}

/** A refusal in the service's own words. */
export class Refusal extends Error {
  readonly http: number;
  readonly code: string;
  /** Sent beside the usual fields and headers. */
  readonly more: { readonly fields?: Fields; readonly headers?: Readonly<Record<string, string>> };

  constructor(http: number, code: string, message: string, more: Refusal['more'] = {}) {
    super(message);
    this.http = http;
    this.code = code;
    this.more = more;
  }
}

/** The refusal of a timestamp outside of the window. */
export function expired(): Refusal {
  return new Refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
}
