// What a call can come to beside a result.
import { t } from "../texts";

/** The server says why not, in a sentence for people. */
export class CallError extends Error {
  readonly kind: string;

  constructor(message: string, kind = "") {
    super(message);
    this.kind = kind;
  }

  static of(error: { message: string; data?: Record<string, unknown> }): CallError {
    return new CallError(error.message, String(error.data?.kind ?? ""));
  }
}

/** The server cannot be reached. */
export class LostError extends Error {
  constructor() {
    super(t("web.lost_call"));
  }
}

/** The sentence of whatever was thrown. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
