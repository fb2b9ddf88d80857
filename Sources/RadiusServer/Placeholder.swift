import Cryptography
import RadiusCodec
import TokenEngine
