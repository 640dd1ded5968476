import { defineConfig } from "vitest/config";
import { emoji } from "./plugins/emoji.js";
import { icons } from "./plugins/icons.ts";

// The output is the same wherever it is built: exact versions, no dates, no paths, no source maps.
export default defineConfig({
  plugins: [emoji(), icons()],
  base: "/",
  build: {
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
