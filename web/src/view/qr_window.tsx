// QR codes: shown, and read from a picture or the camera. The decoder is loaded when it is needed, and no picture leaves
// the page.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../store/client";
import { attempt } from "../store/said";
import { t } from "../texts";
import { closeDialog, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { KeyLine } from "./person_window";

/** Modules of white around a code. */
const MARGIN = 4;

/** A code as squares. */
export function QrCode({ rows, label }: { rows: readonly string[]; label: string }) {
  const size = rows.length + 2 * MARGIN;
  const path = rows.flatMap((row, y) => [...row].map((cell, x) => (cell === "1" ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}

/** Show a link as a code and as text.
 * @param rows its code; without, the server draws it. */
export function showQr(title: string, link: string, rows?: readonly string[]): void {
  void attempt(async () => {
    const code = rows ?? (await call("web_qr", { text: link })).rows;
    showDialog(() => (
      <Dialog title={title} size="small">
        <div class="card">
          <QrCode rows={code} label={t("web.qr_of", { what: link })} />
          <KeyLine label={t("web.link")} value={link} />
        </div>
      </Dialog>
    ));
  });
}

/** Read a code with the camera, or from a picture. */
export function showScanner(found: (text: string) => void): void {
  showDialog(() => <Scanner found={found} />);
}

/** Milliseconds between two looks at what the camera shows. */
const LOOKS = 200;
/** Pixels of the longer edge of what is looked at: more of them cost time and find no more. */
const LOOKED_AT = 800;

function Scanner({ found }: { found: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState("");
  const [runs, setRuns] = useState(false);

  useEffect(() => {
    if (!runs) return undefined;
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setInterval> | undefined;
    let isHere = true;
    void (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        if (!isHere || !video.current) return;
        video.current.srcObject = stream;
        await video.current.play();
        timer = setInterval(async () => {
          const element = video.current;
          const text = element?.videoWidth ? await read(element, element.videoWidth, element.videoHeight) : null;
          if (text && isHere) take(text);
        }, LOOKS);
      } catch {
        setProblem(t("web.no_camera"));
        setRuns(false);
      }
    })();
    const stop = () => {
      isHere = false;
      clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    return stop;
  }, [runs]);

  const take = (text: string) => {
    closeDialog();
    found(text);
  };

  const fromFile = async (file: File) => {
    setProblem("");
    try {
      const bitmap = await createImageBitmap(file);
      const text = await read(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
      if (text) take(text);
      else setProblem(t("web.no_code"));
    } catch {
      setProblem(t("web.no_picture_file"));
    }
  };

  return (
    <Dialog title={t("web.scan")} size="small">
      {runs ? (
        // What a camera shows has no captions.
        // oxlint-disable-next-line jsx-a11y/media-has-caption
        <video ref={video} class="camera" playsInline muted aria-label={t("web.camera")} />
      ) : (
        <button type="button" class="button wide" onClick={() => setRuns(true)}>
          <Icon name="camera" />
          {t("web.use_camera")}
        </button>
      )}
      <label class="button wide file">
        <Icon name="image" />
        {t("web.code_from_picture")}
        <input
          type="file"
          accept="image/*"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) void fromFile(file);
          }}
        />
      </label>
      <div role="alert">{problem && <p class="wrong">{problem}</p>}</div>
      <p class="note">{t("web.stays_here")}</p>
    </Dialog>
  );
}

/** What the code in a picture says; null: there is none that can be read. */
export async function read(source: CanvasImageSource, width: number, height: number): Promise<string | null> {
  const { decodeQR } = await import("qr/decode.js").then((module) => ({ decodeQR: module.default }));
  const scale = Math.min(1, LOOKED_AT / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decodeQR({ width: canvas.width, height: canvas.height, data });
  } catch {
    return null; // the decoder throws where it finds no code
  }
}
