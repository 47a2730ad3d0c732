import Glibc
import NIOCore

/// Thrown to leave a request whose connection was cut without an answer.
struct ConnectionCut: Error {}

extension ConnectionContext {
    /// Resets the connection: with a linger time of zero, closing sends RST, so that the client sees an error at once and
    /// no half answer.
    func cut() async -> ConnectionCut {
        if let options = channel as? any SocketOptionProvider {
            try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close(mode: .all).get()
        return ConnectionCut()
    }
}
