// Records what somebody says as AAC with ADTS headers, which is what a message of Status carries. Browsers differ: only
// some have an encoder for it, and what they record by themselves (Opus in WebM) no other client plays.
import microphone from "./microphone.js?url";

/** Seconds of a recording at most, as the app sends and the server takes. */
export const MAX_SECONDS = 120;
/** Bytes of it at most: what fits into one message beside its text, as of pictures. */
export const MAX_BYTES = 224 * 1024;
/** AAC of low complexity. */
const CODEC = "mp4a.40.2";
/** Bits a second: the first of these that the encoder has. Speech needs no more than the first; encoders of Windows begin
 * at 96,000. */
const BITRATES = [24_000, 32_000, 48_000, 64_000, 96_000, 128_000] as const;

/** What the encoder is to do, or null: this browser has none for AAC. */
export async function encoding(sampleRate: number): Promise<AudioEncoderConfig | null> {
  if (!("AudioEncoder" in globalThis)) return null;
  for (const bitrate of BITRATES) {
    const config: AudioEncoderConfig = { codec: CODEC, sampleRate, numberOfChannels: 1, bitrate, aac: { format: "adts" } };
    try {
      const found = await AudioEncoder.isConfigSupported(config);
      if (found.supported && found.config?.aac?.format === "adts") return config;
    } catch {
      return null; // it does not know what is asked
    }
  }
  return null;
}

/** Sample rate by which is asked whether there is an encoder at all: that of nearly all sound cards. */
const USUAL_RATE = 48_000;
/** Whether this browser records what other clients play. */
export const canRecord = async (): Promise<boolean> => (await encoding(USUAL_RATE)) !== null;

export interface Progress {
  readonly seconds: number;
  readonly bytes: number;
  /** How loud it is, from 0 to 1. */
  readonly level: number;
}

/** One recording, from its start on. */
export class Recorder {
  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #encoder: AudioEncoder;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #samples = 0;
  #bytes = 0;
  #isOver = false;

  private constructor(stream: MediaStream, context: AudioContext, onProgress: (now: Progress) => void, onEnd: (error?: unknown) => void) {
    this.#stream = stream;
    this.#context = context;
    this.#encoder = new AudioEncoder({ output: (chunk) => this.#keep(chunk, onEnd), error: (error) => onEnd(error) });
    const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => this.#hear(data, onProgress, onEnd);
    context.createMediaStreamSource(stream).connect(node);
  }

  /** Ask for the microphone, and begin.
   * @param onEnd called when a bound is reached, or with what went wrong.
   * @throws DOMException there is no microphone, or the browser may not use it. */
  static async begin(onProgress: (now: Progress) => void, onEnd: (error?: unknown) => void): Promise<Recorder> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(microphone);
      const config = await encoding(context.sampleRate);
      if (!config) throw new DOMException("no encoder", "NotSupportedError");
      const recorder = new Recorder(stream, context, onProgress, onEnd);
      recorder.#encoder.configure(config);
      return recorder;
    } catch (error) {
      release(stream, context);
      throw error;
    }
  }

  /** End it. @returns what was recorded. */
  async stop(): Promise<Blob> {
    this.#isOver = true;
    release(this.#stream, this.#context);
    if (this.#encoder.state === "configured") {
      await this.#encoder.flush();
      this.#encoder.close();
    }
    return new Blob(this.#chunks, { type: "audio/aac" });
  }

  #hear(block: Float32Array<ArrayBuffer>, onProgress: (now: Progress) => void, onEnd: (error?: unknown) => void): void {
    if (this.#isOver || this.#encoder.state !== "configured") return;
    const { sampleRate } = this.#context;
    const sound = new AudioData({
      format: "f32-planar", sampleRate, numberOfChannels: 1, numberOfFrames: block.length,
      timestamp: Math.round((this.#samples / sampleRate) * 1e6), data: block,
    }); // prettier-ignore
    this.#encoder.encode(sound);
    sound.close();
    this.#samples += block.length;
    const seconds = this.#samples / sampleRate;
    onProgress({ seconds, bytes: this.#bytes, level: loudness(block) });
    if (seconds >= MAX_SECONDS) this.#end(onEnd);
  }

  #keep(chunk: EncodedAudioChunk, onEnd: (error?: unknown) => void): void {
    if (this.#bytes + chunk.byteLength > MAX_BYTES) {
      this.#end(onEnd);
      return;
    }
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  #end(onEnd: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    onEnd();
  }
}

function release(stream: MediaStream, context: AudioContext): void {
  for (const track of stream.getTracks()) track.stop();
  if (context.state !== "closed") void context.close();
}

/** The loudness of a block: its root mean square on a scale on which speech is in the middle. */
function loudness(block: Float32Array): number {
  let sum = 0;
  for (const one of block) sum += one * one;
  return Math.min(1, Math.sqrt(sum / block.length) * 4);
}
