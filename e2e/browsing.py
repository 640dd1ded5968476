"""How Chromium is started: it keeps nothing, asks nobody anything, and looks the same everywhere."""

SWITCHES = (
    "--no-sandbox",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--use-fake-device-for-media-stream",  # a microphone that beeps, and a camera that shows a file
    "--use-fake-ui-for-media-stream",
)
