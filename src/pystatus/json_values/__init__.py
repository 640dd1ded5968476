"""Values of the public interface as JSON, and back by their annotations.

Bytes are ``0x`` and hexadecimal digits, a chat key likewise, as in ``--json``; an object of ours is an object with its
fields by their names; of several classes that an annotation allows, ``"class"`` says which one it is. A whole number
that is too large for most readers of JSON is a string of digits. What is read is checked against the annotation, and
nothing but what it names is ever made.
"""

from pystatus.json_values.converters import CLASS as CLASS
from pystatus.json_values.converters import SCHEMAS as SCHEMAS
from pystatus.json_values.converters import Converters as Converters
from pystatus.json_values.converters import NoJson as NoJson
from pystatus.json_values.plain import BadValue as BadValue
from pystatus.json_values.plain import Converter as Converter
from pystatus.json_values.plain import Json as Json
