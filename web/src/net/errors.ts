// What a call can come to beside a result.
import { t } from "../texts";

/** The server says why not, in a sentence for people. */
export class CallError extends Error {
  readonly kind: string;
  /** Seconds until it may be tried again; 0: that is not said. */
  readonly retryAfter: number;

  constructor(message: string, kind = "", retryAfter = 0) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  static of(error: { message: string; data?: Record<string, unknown> }): CallError {
    return new CallError(error.message, String(error.data?.kind ?? ""), Number(error.data?.retry_after ?? 0));
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
