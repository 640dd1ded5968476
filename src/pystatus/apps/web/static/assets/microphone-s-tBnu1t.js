// Hands on what the microphone hears, in blocks of a twentieth of a second or so. It runs in the thread of the sound.
const BLOCK = 2048;

registerProcessor(
  "microphone",
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.block = new Float32Array(BLOCK);
      this.filled = 0;
    }

    process([input]) {
      const [channel] = input;
      if (!channel) return true;
      this.block.set(channel, this.filled);
      this.filled += channel.length;
      if (this.filled >= BLOCK) {
        this.port.postMessage(this.block, [this.block.buffer]);
        this.block = new Float32Array(BLOCK);
        this.filled = 0;
      }
      return true;
    }
  },
);
