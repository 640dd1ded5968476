// Pictures that are to be sent, before the server has them: made smaller where they are too large for it. What tells
// where and when they were taken is left out by the server in any case, and here by drawing them anew.
import type { Picture } from "../store/composing";
import { t } from "../texts";

/** Bytes of a file that the server takes. */
export const MAX_FILE = 3 * 1024 * 1024;
/** The most pixels of an edge, as of pictures that the app sends. */
const LONGEST_EDGE = 2_000;
const QUALITY = 0.85;

/** A picture with its size.
 * @throws Error it is none, or too large. */
export async function preparePicture(file: Blob): Promise<Picture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(t("web.no_picture_file"));
  }
  const { width, height } = bitmap;
  const keeps = file.size <= MAX_FILE && (file.type === "image/gif" || Math.max(width, height) <= LONGEST_EDGE);
  const blob = keeps ? file : await smaller(bitmap);
  bitmap.close();
  if (blob.size > MAX_FILE) throw new Error(t("web.picture_too_large"));
  return { blob, url: URL.createObjectURL(blob), width, height };
}

async function smaller(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(t("web.no_picture_file")))), "image/jpeg", QUALITY);
  });
}

/** Bytes as base64. */
export async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}
