/**
 * What a request got wrong, in the shape in which OpenAI's interface tells it.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";

/** What is told beside the sentence. */
export interface ApiErrorFields {
  /** The field of the request that is meant. */
  readonly param?: string;
  /** A word for programs. */
  readonly code?: string;
  /** Headers of the response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that is a response. */
export class ApiError extends Error {
  /** Its name. */
  override readonly name = "ApiError";
  /** The status of the response. */
  readonly status: number;
  readonly #fields: ApiErrorFields;

  /**
   * Makes the error.
   *
   * @param status The status of the response.
   * @param message The sentence.
   * @param fields What is told beside it.
   */
  constructor(status: number, message: string, fields: ApiErrorFields = {}) {
    super(message);
    this.status = status;
    this.#fields = fields;
  }

  /** The error as JSON has it. */
  toJSON(): { error: { message: string; type: string; param: string | null; code: string | null } } {
    const { param = null, code = null } = this.#fields;
    const type = this.status < 500 ? "invalid_request_error" : "server_error";
    return { error: { message: this.message, type, param, code } };
  }

  /** The error as a response. */
  response(): Response {
    const { headers = {} } = this.#fields;
    return Response.json(this, { status: this.status, headers });
  }
}

/** The error of which nobody is told more. */
export function unknownError(): ApiError {
  return new ApiError(500, "Cannot answer as something went wrong here");
}

/**
 * The error of a field.
 *
 * @param param Its name.
 * @param message The sentence.
 * @returns The error, of status 400.
 */
export function wrong(param: string, message: string): ApiError {
  return new ApiError(400, message, { param });
}

/**
 * What stands in a field that is wrong, for the end of a sentence.
 *
 * @param value The field's value.
 * @returns The value, quoted, or that there is none.
 */
export function currentOf(value: unknown): string {
  return value === undefined ? "it is missing" : `current value is ${quote(value)}`;
}
