import NIOCore
import NIOPosix

/// A TCP server that reads a request and then does something to the connection.
struct CutoffServer {
    enum Conduct: Sendable {
        /// Closes without a word.
        case cut
        /// Never answers.
        case silent
        /// Sends these bytes and leaves the connection as it is.
        case send(String)
        /// Sends these bytes and closes.
        case sendAndCut(String)
    }

    let port: Int

    static func run<Result>(_ conduct: Conduct, _ body: (CutoffServer) async throws -> Result) async throws -> Result {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(conduct)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(CutoffServer(port: server.localAddress?.port ?? 0))
            try await server.close()
            return result
        } catch {
            try? await server.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let conduct: Conduct

        init(_ conduct: Conduct) { self.conduct = conduct }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch conduct {
            case .silent:
                break
            case .cut:
                context.close(promise: nil)
            case .send(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendAndCut(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
