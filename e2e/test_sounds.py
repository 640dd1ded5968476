"""Sounds: recorded where the browser has an encoder for AAC, taken from a file where not, and played."""

from __future__ import annotations

from playwright.async_api import Page, expect

from e2e.scenes import Scene, message, open_chat, said
from pystatus.client.features.media import Audio, AudioType, Media
from pystatus.media import sounds

SILENCE = bytes.fromhex("fff14c4001bffc00c8008023 80".replace(" ", ""))
"""A frame of AAC with its ADTS header: 1,024 samples of nothing, 48,000 a second."""
ENCODER = """
// Debian's Chromium has no encoder for AAC. This one has heard everything, and says nothing.
class Encoder {
  static isConfigSupported(config) {
    return Promise.resolve({supported: config.codec === "mp4a.40.2" && config.bitrate >= 32000, config});
  }
  constructor({output}) { this.output = output; this.state = "unconfigured"; this.samples = 0; }
  configure(config) { this.state = "configured"; window.encoding = config; }
  encode(sound) {
    for (this.samples += sound.numberOfFrames; this.samples >= 1024; this.samples -= 1024) {
      const bytes = window.frame ?? new Uint8Array(FRAME);
      this.output({byteLength: bytes.length, copyTo: (target) => target.set(bytes)});
    }
  }
  flush() { return Promise.resolve(); }
  close() { this.state = "closed"; }
}
window.AudioEncoder = Encoder;
""".replace("FRAME", str(list(SILENCE)))


async def talking(scene: Scene, *scripts: str) -> tuple[Page, object, object]:
    """Alice's page with Bob's chat open, Bob, and the chat."""
    served = await scene.serve()
    bob = await scene.person("bob")
    chat = await bob.open_chat(served.client.public_key)
    await bob.send_text(chat, "Say something")
    page = await scene.window(served, scripts=scripts, permissions=["microphone"])
    await open_chat(page, bob.name)
    return page, bob, chat


async def test_a_message_is_recorded_heard_and_sent(scene: Scene) -> None:
    page, bob, chat = await talking(scene, ENCODER)
    await page.get_by_role("button", name="Record a message").click()
    bar = page.get_by_role("group", name="Recording")
    await expect(bar).to_contain_text("0:01 / 2:00")
    assert await page.evaluate("window.encoding.bitrate") == 32_000, "the first that the encoder has"
    await bar.get_by_role("button", name="Stop").click()
    heard = page.get_by_label("The recording that will be sent")
    await heard.evaluate("sound => sound.play()")
    await page.wait_for_function("sound => sound.currentTime > 0", arg=await heard.element_handle())
    await page.get_by_label("Message", exact=True).fill("What I said")
    await page.get_by_role("button", name="Send", exact=True).click()
    received = await said(bob, chat, "What I said")
    sound = bob.feature(Media).of(received)
    assert isinstance(sound, Audio)
    assert sound.type is AudioType.AAC
    assert sound.duration_ms >= 900
    player = message(page, "What I said").locator("audio")
    await player.evaluate("sound => sound.play()")
    await page.wait_for_function("sound => sound.currentTime > 0", arg=await player.element_handle())


async def test_a_recording_ends_when_a_message_holds_no_more_and_can_be_thrown_away(scene: Scene) -> None:
    page, _, _ = await talking(scene, ENCODER)
    await page.evaluate("window.frame = new Uint8Array(60000)")
    await page.get_by_role("button", name="Record a message").click()
    await expect(page.get_by_label("The recording that will be sent")).to_be_visible()
    await expect(page.get_by_role("log", name="What comes")).to_contain_text("as long as a message can be")
    await page.get_by_role("button", name="Do not send this recording").click()
    await expect(page.get_by_label("The recording that will be sent")).to_have_count(0)
    await page.evaluate("delete window.frame")
    await page.get_by_role("button", name="Record a message").click()
    await page.get_by_role("group", name="Recording").get_by_role("button", name="Do not send this").click()
    await expect(page.get_by_role("group", name="Recording")).to_have_count(0)
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_where_the_browser_has_no_encoder_that_is_said_and_a_file_is_sent(scene: Scene) -> None:
    page, bob, chat = await talking(scene)
    await page.get_by_role("button", name="Record a message").click()
    await expect(page.get_by_role("alert").first).to_contain_text("cannot record AAC")
    file = {"name": "said.aac", "mimeType": "audio/aac", "buffer": SILENCE * 100}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await expect(page.get_by_label("The recording that will be sent")).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("From a file")
    await page.get_by_label("Message", exact=True).press("Enter")
    received = await said(bob, chat, "From a file")
    sound = bob.feature(Media).of(received)
    assert isinstance(sound, Audio)
    assert sounds.read(sound.data).duration_ms == round(100 * 1_024 / 48)
    wrong = {"name": "noise.aac", "mimeType": "audio/aac", "buffer": b"no sound at all"}
    await page.locator("input[type=file]").set_input_files(wrong)  # type: ignore[arg-type]
    await page.get_by_label("Message", exact=True).press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("no sound of the formats AAC")
