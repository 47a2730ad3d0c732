import Glibc
import NIOCore

/// One connection through a link, with both its ends on one event loop.
final class Conversation {
    private struct Piece {
        let bytes: ByteBuffer
        let isFromClient: Bool
    }

    private let client: any Channel
    private var server: (any Channel)?
    private let link: Link
    private var fate = Link.Fate.passes
    private var expectsRequest = true
    private var answered = 0
    /// Something was swallowed: whatever comes later would make no sense.
    private var isTorn = false
    private var isOver = false
    /// What waits for the server's connection or for its time, in the order in which it came.
    private var pending: [Piece] = []
    private var scheduled = 0

    init(client: any Channel, link: Link) {
        self.client = client
        self.link = link
    }

    func connected(_ server: any Channel) {
        self.server = server
        guard !isOver else { return reset() }
        if scheduled == 0 { flush(pending.count) }
    }

    func read(_ bytes: ByteBuffer, fromClient: Bool) {
        if link.isBlackHole { isTorn = true }
        if isTorn {
            if !link.isBlackHole { reset() }
            return
        }
        var bytes = bytes
        if fromClient {
            if expectsRequest {
                expectsRequest = false
                answered = 0
                fate = link.nextFate()
            }
            if fate == .cutBefore { return reset() }
        } else {
            expectsRequest = true
            switch fate {
            case .passes, .cutBefore: break
            case .cutAfter: return reset()
            case .cutAfterBytes(let limit):
                let part = min(bytes.readableBytes, max(0, limit - answered))
                answered += part
                if answered >= limit {
                    if let part = bytes.readSlice(length: part), part.readableBytes > 0 {
                        // Sent before the reset: the client sees the beginning of an answer, and then nothing.
                        client.writeAndFlush(part).whenComplete { [bound = bound] _ in bound.value.end() }
                    } else {
                        end()
                    }
                    return
                }
            }
        }
        pass(Piece(bytes: bytes, isFromClient: fromClient))
    }

    /// One end has gone: the other follows, when it has got what is left.
    func closed(byClient: Bool) {
        if byClient { link.forget(client) }
        guard !isOver else { return }
        isOver = true
        if !byClient {
            flush(pending.count)
            client.close(promise: nil)
        } else if let server {
            flush(pending.count)
            server.close(promise: nil)
        }
    }

    /// Resets both ends: no answer, no farewell.
    func reset() {
        isOver = true
        pending = []
        for channel in [client, server].compactMap(\.self) {
            if let options = channel as? any SocketOptionProvider {
                options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
            } else {
                channel.close(promise: nil)
            }
        }
    }

    // MARK: Passing on

    private var bound: NIOLoopBound<Conversation> { NIOLoopBound(self, eventLoop: client.eventLoop) }

    private func end() {
        isOver = true
        pending = []
        client.close(promise: nil)
        server?.close(promise: nil)
    }

    private func pass(_ piece: Piece) {
        pending.append(piece)
        guard server != nil else { return }
        guard let delay = link.delay else {
            // Nothing may overtake what waits.
            if scheduled == 0 { flush(pending.count) }
            return
        }
        scheduled += 1
        client.eventLoop.scheduleTask(in: delay) { [bound = bound] in
            let conversation = bound.value
            conversation.scheduled -= 1
            conversation.flush(conversation.scheduled == 0 ? conversation.pending.count : 1)
        }
    }

    private func flush(_ count: Int) {
        for piece in pending.prefix(count) {
            (piece.isFromClient ? server : client)?.writeAndFlush(piece.bytes, promise: nil)
        }
        pending.removeFirst(min(count, pending.count))
    }
}

/// Hands what one end sends to its conversation.
final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let conversation: Conversation
    private let isClient: Bool

    init(_ conversation: Conversation, isClient: Bool) {
        self.conversation = conversation
        self.isClient = isClient
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        conversation.read(unwrapInboundIn(data), fromClient: isClient)
    }

    func channelInactive(context: ChannelHandlerContext) {
        conversation.closed(byClient: isClient)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        conversation.reset()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Reset else { return context.triggerUserOutboundEvent(event, promise: promise) }
        conversation.reset()
        promise?.succeed()
    }
}
