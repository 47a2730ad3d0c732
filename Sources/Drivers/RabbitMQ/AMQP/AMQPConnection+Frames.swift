import CRabbitMQ

/// Where a message came from, and under which tag it is to be settled.
struct AMQPEnvelope: Sendable {
    var exchange: String
    var routingKey: String
    var deliveryTag: UInt64 = 0
    var redelivered = false
}

/// A message that is arriving: a method frame, a header frame, then body frames, on one channel in this order.
struct AMQPContent {
    enum Kind {
        case deliver
        case get
        case returned(code: UInt16, text: String)
    }

    let kind: Kind
    let envelope: AMQPEnvelope
    var properties: AMQPProperties?
    var missing: UInt64 = 0
    var body: [UInt8] = []
}

extension AMQPConnection {
    func receive(_ frame: amqp_frame_t) {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD: receive(frame.payload.method, on: frame.channel)
        case AMQP_FRAME_HEADER: receiveHeader(frame)
        case AMQP_FRAME_BODY: receiveBody(frame.payload.body_fragment, on: frame.channel)
        default: break
        }
    }

    private func receive(_ method: amqp_method_t, on channel: UInt16) {
        func decoded<Method>(_ type: Method.Type) -> Method { method.decoded.assumingMemoryBound(to: type).pointee }
        switch method.id {
        case AMQP_BASIC_ACK_METHOD:
            let ack = decoded(amqp_basic_ack_t.self)
            confirmed(ack.delivery_tag, multiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = decoded(amqp_basic_nack_t.self)
            refused(nack.delivery_tag, multiple: nack.multiple != 0)
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = decoded(amqp_basic_deliver_t.self)
            begin(.deliver, deliver.exchange, deliver.routing_key, deliver.delivery_tag, deliver.redelivered, on: channel)
        case AMQP_BASIC_GET_OK_METHOD:
            let get = decoded(amqp_basic_get_ok_t.self)
            begin(.get, get.exchange, get.routing_key, get.delivery_tag, get.redelivered, on: channel)
        case AMQP_BASIC_RETURN_METHOD:
            let returned = decoded(amqp_basic_return_t.self)
            let kind = AMQPContent.Kind.returned(code: returned.reply_code, text: String(returned.reply_text))
            begin(kind, returned.exchange, returned.routing_key, 0, 0, on: channel)
        case AMQP_BASIC_GET_EMPTY_METHOD:
            answer(.empty, on: channel)
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let queue = decoded(amqp_queue_declare_ok_t.self)
            answer(.queue(messages: Int(queue.message_count), consumers: Int(queue.consumer_count)), on: channel)
        case AMQP_BASIC_CANCEL_METHOD:
            fail(
                RabbitMQError(
                    .consumerCancelled, "RabbitMQ ended the subscription to queue \(subscription?.queue ?? ""); was it deleted?"))
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = decoded(amqp_channel_close_t.self)
            channelClosed(channel, code: close.reply_code, text: String(close.reply_text))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = decoded(amqp_connection_close_t.self)
            _ = handle?.send(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(), on: 0)
            fail(.lost("the broker closed it", replyCode: close.reply_code, replyText: String(close.reply_text)))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            blocked(String(decoded(amqp_connection_blocked_t.self).reason))
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            unblocked()
        case AMQP_CHANNEL_OPEN_OK_METHOD, AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_EXCHANGE_BIND_OK_METHOD,
            AMQP_QUEUE_BIND_OK_METHOD,
            AMQP_CONFIRM_SELECT_OK_METHOD, AMQP_BASIC_QOS_OK_METHOD, AMQP_BASIC_CONSUME_OK_METHOD, AMQP_BASIC_CANCEL_OK_METHOD,
            AMQP_CONNECTION_CLOSE_OK_METHOD:
            answer(.done, on: channel)
        default:
            fail(.lost("the broker sent a method that nobody asked for (\(String(method.id, radix: 16)))"))
        }
    }

    private func begin(
        _ kind: AMQPContent.Kind, _ exchange: amqp_bytes_t, _ routingKey: amqp_bytes_t, _ tag: UInt64,
        _ redelivered: amqp_boolean_t,
        on channel: UInt16
    ) {
        let envelope = AMQPEnvelope(
            exchange: String(exchange), routingKey: String(routingKey), deliveryTag: tag, redelivered: redelivered != 0)
        contents[channel] = AMQPContent(kind: kind, envelope: envelope)
    }

    private func receiveHeader(_ frame: amqp_frame_t) {
        guard var content = contents[frame.channel], let properties = frame.payload.properties.decoded else {
            return fail(.lost("the broker sent a message header out of turn"))
        }
        content.properties = AMQPProperties(properties.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
        content.missing = frame.payload.properties.body_size
        advance(content, on: frame.channel)
    }

    private func receiveBody(_ fragment: amqp_bytes_t, on channel: UInt16) {
        guard var content = contents.removeValue(forKey: channel), UInt64(fragment.len) <= content.missing else {
            return fail(.lost("the broker sent a message body out of turn"))
        }
        content.body.append(contentsOf: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
        content.missing -= UInt64(fragment.len)
        advance(content, on: channel)
    }

    private func advance(_ content: AMQPContent, on channel: UInt16) {
        guard content.missing == 0, let properties = content.properties else {
            contents[channel] = content
            return
        }
        contents[channel] = nil
        switch content.kind {
        case .returned(let code, let text): returned(properties.publishTag, code: code, text: text, envelope: content.envelope)
        case .deliver: deliver(content.envelope, properties, content.body, on: channel)
        case .get: answer(.message(content.envelope, properties, content.body), on: channel)
        }
    }
}
