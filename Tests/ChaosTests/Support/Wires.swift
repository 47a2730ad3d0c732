import NIOCore
import NIOPosix
import Synchronization

/// A server that answers every piece it gets with the same bytes in capitals, and remembers them.
final class Shouter: Sendable {
    private let listener: any Channel
    private let memory: Heard

    static func open() async throws -> Shouter {
        let heard = Heard()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(heard)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Shouter(listener, heard)
    }

    private init(_ listener: any Channel, _ memory: Heard) {
        self.listener = listener
        self.memory = memory
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    var text: String { memory.text.withLock { $0 } }

    func close() async throws { try await listener.close() }

    final class Heard: Sendable {
        let text = Mutex("")
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let heard: Heard

        init(_ heard: Heard) { self.heard = heard }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            heard.text.withLock { $0 += text }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text.uppercased())), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// A client that says something and hears what comes back, until the connection ends.
struct Caller: Sendable {
    private let channel: any Channel
    let answers: AsyncStream<String>

    static func connect(to port: Int) async throws -> Caller {
        let (stream, continuation) = AsyncStream<String>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(continuation)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Caller(channel: channel, answers: stream)
    }

    func say(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    /// Everything until the end of the connection.
    func rest() async -> String { await answers.reduce("", +) }

    /// The next piece; nil at the end of the connection.
    func next() async -> String? {
        for await answer in answers { return answer }
        return nil
    }

    func close() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<String>.Continuation

        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(String(buffer: unwrapInboundIn(data)))
        }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
