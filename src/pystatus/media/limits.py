"""How large pictures and sounds may be, all in one place (payloads.md §3.1)."""

MAX_FILE_BYTES = 20 << 20
"""Bytes of a file that somebody wants to send. Ours: photographs of phones have up to 15 MB."""
MAX_MEDIA_BYTES = 224 << 10
"""Bytes of a picture that is sent. Ours: a private payload has 256 KiB if it is sealed for three devices, and 32 KiB
are left for the longest text, which has 16 KiB, and for what is put around it."""
MAX_SIDE = 2_000
"""Pixels of the longest side of a picture that is sent (payloads.md §3.1: as the app)."""
JPEG_QUALITY = 60
"""The quality of what is compressed again (payloads.md §3.1: as the app)."""
MAX_PIXELS = 8_400_000
"""Width times height of a picture: a screen of 3840 x 2160. Ours: 34 MB when it is decoded; the app sends four million
at most."""
MAX_WEBP_PIXELS = 3_000_000
"""The same of a WEBP that is sent: its decoder takes 16 bytes for each, others four. Ours."""
MAX_JPEG_PIXELS = 64_000_000
"""The same of a sequential JPEG that is sent: it is decoded at a half, a quarter or an eighth of its size. Ours:
cameras of phones have 50 million."""
MAX_FRAMES = 1_000
"""Pictures of one animation. Ours: a minute and more of it."""
MAX_PARTS = 20_000
"""Chunks, blocks and segments of a file that are gone through, some 10 ms. Ours: a mebibyte of blocks of 255 bytes has
4,200, and an animation has three or four for each of its pictures."""
MAX_SCANS = 64
"""Passes of a progressive JPEG. Ours: encoders make about ten, and a decoder goes through all pixels in each."""
MAX_PROFILE_BYTES = 1 << 20
"""Bytes of a colour profile that is applied. Ours: cameras and screens have below 10 KB, printers more."""
MAX_SENT_AUDIO_MS = 120_000
"""Milliseconds of a sound that is sent (payloads.md §3.1: as the app)."""
MAX_AUDIO_FRAMES = 50_000
"""Frames of a sound that are gone through, some 20 ms. Ours: a quarter of an hour; the app's two minutes have 6,000."""
