"""``wakuext_*`` and ``settings_*``: what programs call that were written for status-go, in its shapes, on a client.

api = WakuextApi(client, folder)
dispatcher = Dispatcher(api.methods)

See docs/wakuext.md.
"""

from pystatus.rpc.wakuext.api import WakuextApi
from pystatus.rpc.wakuext.signals import Signals

__all__ = ["Signals", "WakuextApi"]
