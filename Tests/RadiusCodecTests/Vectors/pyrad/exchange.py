"""Encodes and decodes replies by pyrad, for PyradTests.swift.

Reads lines: `request HEX`, then any of `attribute NAME[:TAG] HEX`, `end` and `reply HEX`. `end` has the reply with the
attributes since then encoded and written; `reply` has one verified, decoded and written as `NAME[:TAG] HEX` and `end`.
"""

import sys
from collections import OrderedDict

from pyrad import tools
from pyrad.dictionary import Dictionary
from pyrad.packet import AuthPacket

dictionary = Dictionary(sys.argv[1])
request = None
reply = None


def decode(octets):
    packet = request.CreateReply(packet=octets)
    packet.request_authenticator = request.authenticator
    if not request.VerifyReply(packet, octets, enforce_ma=True):
        return ["refused"]
    lines = []
    for code in OrderedDict.keys(packet):
        attribute = dictionary.attributes[dictionary.attrindex.GetBackward(code)]
        for value in OrderedDict.__getitem__(packet, code):
            tag, value = packet._SplitTag(attribute, value)
            if attribute.encrypt == 2:
                value = packet.SaltDecrypt(value)
            name = "%s:%d" % (attribute.name, tag) if tag else attribute.name
            lines.append("%s %s" % (name, value.hex()))
    return lines + ["end"]


for line in sys.stdin:
    words = line.split()
    if words[0] == "request":
        request = AuthPacket(packet=bytes.fromhex(words[1]), secret=b"xyzzy5461", dict=dictionary)
        reply = request.CreateReply()
    elif words[0] == "attribute":
        attribute = dictionary.attributes[words[1].partition(":")[0]]
        reply.AddAttribute(words[1], tools.DecodeAttr(attribute.type, bytes.fromhex(words[2])))
    elif words[0] == "end":
        print("reply", reply.ReplyPacket().hex())
    elif words[0] == "reply":
        print("\n".join(decode(bytes.fromhex(words[1]))))
